import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ParamError, PersistenceError, RidgelineError, UnsupportedError } from '../../src/errors.js'
import { load } from '../../src/persistence/load.js'
import { storePlace } from '../../src/persistence/place.js'
import { makeClient } from '../../src/persistence/s3/client.js'
import { placeOf } from '../../src/persistence/s3/objects.js'
import { checkStorageOptions, storageFromS3a } from '../../src/persistence/storage-options.js'
import { Settings, toys } from './toy.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline places-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a path', () => {
  it('may be a file: URL', async () => {
    const url = pathToFileURL(join(folder, 'a b.json')).href
    await new Settings({ text: 'x' }).save(url)
    expect(await readdir(folder)).toEqual(['a b.json'])
    expect(((await load(url.replace('file:///', 'file:/'), toys)) as Settings).getText()).toBe('x')
  })

  it.each(['file:model.json', 'file://elsewhere/model.json'])('%s names no file here', async (path) => {
    for (const work of [load(path), new Settings().save(path)]) {
      const error = await work.then(undefined, (cause: unknown) => cause)
      expect(error).toBeInstanceOf(PersistenceError)
    }
  })

  it.each(['hdfs://host/model', 'dbfs:/model', 'gs://bucket/model'])(
    '%s is of a store that is not known',
    async (path) => {
      await expect(new Settings().save(path)).rejects.toThrow(UnsupportedError)
      await expect(load(path)).rejects.toThrow(/Allowed: plain paths.*s3:/)
    },
  )

  it.each(['C:/models/m.json', 'models/a:b/m.json', './x:/m.json'])('%s is a plain path', async (path) => {
    expect((await storePlace(path)).path).toBe(path)
  })

  it.each(['s3://', 's3://bucket', 's3a://bucket/', 's3://bucket/a/../b'])(
    '%s names no place in a bucket',
    async (path) => {
      const error = await load(path).catch((cause: unknown) => cause)
      expect(error).toMatchObject({
        name: 'StoreError',
        message: expect.stringContaining('names no place in a bucket'),
      })
    },
  )

  it('in a bucket has a bucket and a key', () => {
    expect(placeOf('s3a://rides/a b/ü=1')).toEqual({ Bucket: 'rides', Key: 'a b/ü=1' })
  })
})

describe('options of a store', () => {
  it('have the names of S3A, with Spark in front or not, older ones too', () => {
    expect(
      storageFromS3a({
        'fs.s3a.endpoint': '127.0.0.1:9000',
        'fs.s3a.connection.ssl.enabled': false,
        'spark.hadoop.fs.s3a.path.style.access': 'true',
        'fs.s3a.endpoint.region': 'eu-west-3',
        'fs.s3a.access.key': 'a',
        'fs.s3a.secret.key': 'b',
        'fs.s3a.server-side-encryption-algorithm': 'SSE-KMS',
        'fs.s3a.server-side-encryption.key': 'key',
        'fs.s3a.attempts.maximum': '5',
        'fs.s3a.connection.timeout': '20s',
        'fs.s3a.multipart.size': '64M',
      }),
    ).toEqual({
      endpoint: 'http://127.0.0.1:9000',
      pathStyle: true,
      region: 'eu-west-3',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      sse: 'aws:kms',
      sseKmsKeyId: 'key',
      maxAttempts: 5,
      timeout: 20_000,
      multipartSize: 64 * 2 ** 20,
    })
  })

  it.each([
    [{ 'fs.s3a.endpont': 'x' }, /Did you mean "fs.s3a.endpoint"/],
    [{ 'fs.s3a.path.style.access': 'yes' }, /Allowed: true, false/],
    [{ 'fs.s3a.multipart.size': '1M' }, /5242880 or more/],
    [{ 'fs.s3a.multipart.size': 'big' }, /64M/],
    [{ 'fs.s3a.connection.timeout': 'long' }, /60s/],
    [{ 'fs.s3a.attempts.maximum': '' }, /a number/],
    [{ 'fs.s3a.encryption.algorithm': 'SSE-C' }, /SSE-KMS, AES256/],
    [{ 'fs.s3a.access.key': 'a' }, /accessKeyId and secretAccessKey/],
  ])('refuse %j', async (options, message) => {
    expect(() => storageFromS3a(options as never)).toThrow(message)
    const writer = new Settings().write().options(options as never)
    await expect(writer.save('s3://b/k')).rejects.toThrow(ParamError)
  })

  it.each([
    [{ endpont: 'http://x' }, /Did you mean "endpoint"/],
    [{ endpoint: 'x:9000' }, /a URL/],
    [{ region: 3 }, /a string/],
    [{ sse: 'KMS' }, /AES256, aws:kms/],
    [{ sse: 'AES256', sseKmsKeyId: 'k' }, /where a KMS key is given/],
    [{ maxAttempts: 0 }, /1 or more/],
    [{ headers: { a: 1 } }, /a string/],
    [{ client: {} }, /an S3Client/],
    [{ client: { send: () => undefined }, headers: { a: 'b' } }, /client of your own/],
    [{ credentials: { accessKeyId: 'SECRET' } }, /^(?!.*SECRET)/],
  ])('refuse %j as well', async (storage, message) => {
    expect(() => checkStorageOptions(storage as never)).toThrow(message)
    await expect(load('s3://b/k', { storage } as never)).rejects.toThrow(RidgelineError)
  })
})

describe('the client', () => {
  afterEach(() => vi.unstubAllEnvs())
  const made = async (options: object) => {
    const sdk = await import('@aws-sdk/client-s3')
    const { config } = (await makeClient(sdk, options, 'read')) as InstanceType<typeof sdk.S3Client>
    const { hostname } = (await config.endpoint?.()) ?? {}
    return {
      region: await config.region(),
      pathStyle: config.forcePathStyle,
      hostname,
      tries: await config.maxAttempts(),
    }
  }
  const clean = () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'])
      vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'))
  }

  it('takes region and endpoint from the environment, as the users of AWS know it', async () => {
    clean()
    expect(await made({})).toMatchObject({ region: 'us-east-1', pathStyle: false, tries: 3 })
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-1')
    expect((await made({})).region).toBe('eu-west-1')
    vi.stubEnv('AWS_REGION', 'eu-west-3')
    expect((await made({})).region).toBe('eu-west-3')
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:9000')
    expect(await made({})).toMatchObject({ pathStyle: true })
  })

  it('takes what is given before that', async () => {
    clean()
    vi.stubEnv('AWS_REGION', 'eu-west-3')
    const options = { region: 'us-west-2', endpoint: 'http://127.0.0.1:9000', pathStyle: false, maxAttempts: 7 }
    expect(await made(options)).toEqual({ region: 'us-west-2', hostname: '127.0.0.1', pathStyle: false, tries: 7 })
  })
})
