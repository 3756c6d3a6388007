import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import {
  createDataFrame,
  type LinearRegression,
  load,
  ParamMap,
  type Pipeline,
  PipelineModel,
  StoreError,
} from 'ridgeline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'
import { S3Store } from '../../src/persistence/s3/s3-store.js'
import type { StorageOptions } from '../../src/persistence/storage-options.js'
import { ridesCrossValidator, ridesRows } from './rides.js'
import { installS3a, MINIO_USER, type S3Server, startCutter, startMinio, startMoto } from './s3-servers.js'
import { askSpark } from './spark.js'

const rides = createDataFrame(ridesRows, 'rideId BIGINT, city STRING, distanceKm DOUBLE, hour BIGINT, price DOUBLE', {
  numPartitions: 2,
})
const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-s3-'))
const MB = 2 ** 20
const [first, second] = await Promise.all([fitted(0.1), fitted(0.5)])

/** The rides pipeline; the models differ in what they learned only. */
function fitted(regParam: number): Promise<PipelineModel> {
  const pipeline = ridesCrossValidator().getEstimator() as Pipeline
  const regression = pipeline.getStages().at(-1) as LinearRegression
  return pipeline.fit(rides, new ParamMap().put(regression.regParam, regParam))
}
const predictions = async (model: PipelineModel): Promise<number[]> =>
  (await model.transform(rides).select('prediction').collect()).map((row) => row.prediction as number)

async function refusal(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => expect.fail('was accepted'),
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(StoreError)
  return error as StoreError
}

/** What both servers must do. */
function savesAndLoads(place: () => { readonly endpoint: string; readonly storage: StorageOptions }): void {
  it.each(['json', 'spark'])('saves, loads, refuses and replaces %s', async (format) => {
    const { storage } = place()
    const path = `s3a://models/${format}/rides model=1`
    const saveTo = (model: PipelineModel, overwrite: boolean) => {
      const writer = model.write().format(format).storage(storage)
      return (overwrite ? writer.overwrite() : writer).save(path)
    }
    await saveTo(first, false)
    expect(await predictions(await PipelineModel.load(path, { storage }))).toEqual(await predictions(first))
    await expect(saveTo(second, false)).rejects.toThrow('exists already')
    await saveTo(second, true)
    expect(await predictions(await PipelineModel.load(path, { storage }))).toEqual(await predictions(second))
  })

  it('lets one of two first saves win', async () => {
    const { storage } = place()
    for (const format of ['json', 'spark']) {
      const path = `s3://models/race-${format}`
      const saves = [first, second].map((model) => model.write().format(format).storage(storage).save(path))
      const outcomes = await Promise.allSettled(saves)
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const winner = outcomes[0].status === 'fulfilled' ? first : second
      expect(await predictions(await PipelineModel.load(path, { storage }))).toEqual(await predictions(winner))
    }
  })

  it('sends large files in parts', async () => {
    const { storage } = place()
    const store = new S3Store({ ...storage, multipartSize: 5 * MB }, 'write')
    const large = 'abcdefgh'.repeat(12 * 2 ** 17)
    await store.saveFile('s3://models/large', large, false)
    expect(new TextDecoder().decode(await store.read('s3://models/large')) === large).toBe(true)
    expect(new TextDecoder().decode(await store.head('s3://models/large', 8))).toBe('abcdefgh')
    expect(await store.find('s3://models/large')).toEqual({ kind: 'file', bytes: 12 * MB })
    expect((await refusal(store.saveFile('s3://models/large', `${large}!`, false))).reason).toBe('exists')
  })

  it('says why it cannot', async () => {
    const { storage } = place()
    const once = { ...storage, maxAttempts: 1 }
    expect((await refusal(first.write().storage(storage).save('s3://nothing/m'))).reason).toBe('noSuchBucket')
    expect((await refusal(load('s3://nothing/m', { storage }))).reason).toBe('noSuchBucket')
    await expect(load('s3://models/nothing', { storage })).rejects.toThrow('nothing is saved at "s3://models/nothing"')
    const closed = { ...once, endpoint: 'http://127.0.0.1:1' }
    expect((await refusal(load('s3://models/m', { storage: closed }))).reason).toBe('network')
  })

  it('is known to the command line, by the environment of AWS', async () => {
    const { endpoint, storage } = place()
    const { accessKeyId, secretAccessKey } = storage.credentials!
    Object.assign(process.env, { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'us-east-1' })
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
    try {
      const local = join(scratch, 'local.json')
      await first.write().overwrite().save(local)
      const printed = async (...argv: string[]) => {
        let text = ''
        const write = (chunk: string) => {
          text += chunk
        }
        const code = await run(argv, { stdout: { write }, stderr: { write } })
        return { code, text }
      }
      const there = 's3://models/cli/rides'
      expect(await printed('convert', local, there, '--to', 'spark', '--overwrite')).toMatchObject({ code: 0 })
      expect(await printed('diff', local, there)).toEqual({ code: 0, text: 'no difference\n' })
      expect((await printed('inspect', there)).text).toMatch(/spark, written by Spark .*kB/)
      expect(await printed('inspect', 's3://models/none')).toMatchObject({ code: 3 })
    } finally {
      for (const name of ['ENDPOINT_URL_S3', 'REGION', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'])
        delete process.env[`AWS_${name}`]
    }
  })
}

const clientOf = (storage: StorageOptions): S3Client =>
  new S3Client({ ...(storage as object), region: 'us-east-1', forcePathStyle: true })

describe('moto', () => {
  let server: S3Server
  let storage: StorageOptions
  beforeAll(async () => {
    server = await startMoto()
    storage = { endpoint: server.endpoint, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } }
    await clientOf(storage).send(new CreateBucketCommand({ Bucket: 'models' }))
  })
  afterAll(() => server?.stop())
  savesAndLoads(() => ({ endpoint: server.endpoint, storage }))
})

describe('MinIO', () => {
  let server: S3Server & { readonly data: string }
  let storage: StorageOptions
  let client: S3Client
  beforeAll(async () => {
    server = await startMinio()
    storage = { endpoint: server.endpoint, credentials: MINIO_USER }
    client = clientOf(storage)
    await client.send(new CreateBucketCommand({ Bucket: 'models' }))
  }, 1_800_000)
  afterAll(async () => {
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })
  savesAndLoads(() => ({ endpoint: server.endpoint, storage }))

  it('encrypts with the KMS key every file of a model, and takes the headers of a save', async () => {
    const options = {
      'fs.s3a.endpoint': server.endpoint,
      'fs.s3a.access.key': MINIO_USER.accessKeyId,
      'fs.s3a.secret.key': MINIO_USER.secretAccessKey,
      'fs.s3a.encryption.algorithm': 'SSE-KMS',
      'fs.s3a.encryption.key': 'rides-key',
    }
    const headers = { 'x-amz-meta-team': 'rides' }
    await first.write().options(options).storage({ headers }).save('s3a://models/kms/m.json')
    await first.write().format('spark').options(options).save('s3a://models/kms/spark')
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'models', Prefix: 'kms/' }))
    expect(Contents.length).toBeGreaterThan(20)
    for (const { Key } of Contents) {
      const head = await client.send(new HeadObjectCommand({ Bucket: 'models', Key }))
      expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: expect.stringContaining('rides-key') })
      expect(head.Metadata?.team).toBe(Key === 'kms/m.json' ? 'rides' : undefined)
    }
    expect(await predictions(await PipelineModel.load('s3a://models/kms/spark', { options }))).toEqual(
      await predictions(first),
    )
    const onDisk = readdirSync(server.data, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && entry.parentPath.includes('kms'),
    )
    // What the disk holds does not tell the model.
    for (const entry of onDisk) expect(readFileSync(join(entry.parentPath, entry.name)).includes('cityIdx')).toBe(false)
    const other = { ...storage, sseKmsKeyId: 'no-such-key' }
    for (const format of ['json', 'spark'])
      expect((await refusal(first.write().format(format).storage(other).save('s3://models/other'))).reason).toBe(
        'kmsKey',
      )
  })

  it('checks signatures', async () => {
    const as = (accessKeyId: string, secretAccessKey: string) => ({
      ...storage,
      credentials: { accessKeyId, secretAccessKey },
    })
    for (const [credentials, reason] of [
      [as('test', 'wrong-secret'), 'wrongSignature'],
      [as('nobody', 'testtest'), 'badCredentials'],
    ] as const) {
      expect((await refusal(load('s3://models/json/rides model=1', { storage: credentials }))).reason).toBe(reason)
      expect((await refusal(first.write().overwrite().storage(credentials).save('s3://models/x'))).reason).toBe(reason)
    }
  })

  it('keeps the old model, or has the new one, wherever the wire is cut', async () => {
    const cutter = await startCutter(server.endpoint)
    try {
      const cut = { ...storage, endpoint: cutter.endpoint, maxAttempts: 1, timeout: 2000 }
      const tries = { ...cut, maxAttempts: 3 }
      for (const format of ['json', 'spark']) {
        const path = `s3://models/cut-${format}`
        const saveBy = (model: PipelineModel, by: StorageOptions) =>
          model.write().overwrite().format(format).storage(by).save(path)
        const now = async () => predictions(await PipelineModel.load(path, { storage }))
        cutter.cutAfter(Number.POSITIVE_INFINITY)
        await saveBy(first, cut)
        const all = cutter.passed()
        let failures = 0
        for (let i = 0; i < 12; i++) {
          await saveBy(first, storage)
          cutter.cutAfter(Math.floor((all * (i + 0.5)) / 12))
          const failed = await saveBy(second, cut).catch((error: unknown) => error)
          if (failed) failures++
          if (failed) expect(failed).toMatchObject({ name: 'StoreError', reason: 'network' })
          const found = await now()
          const olds = failed ? [await predictions(first)] : []
          expect([...olds, await predictions(second)]).toContainEqual(found)
        }
        expect(failures).toBeGreaterThan(6)
        // A connection that breaks once is made again.
        await saveBy(first, storage)
        cutter.cutAfter(Math.floor(all / 2), { once: true })
        await saveBy(second, tries)
        expect(await now()).toEqual(await predictions(second))
      }
    } finally {
      await cutter.stop()
    }
  })

  it('holds what Spark loads through S3A, and loads what Spark saved there', async () => {
    const s3a = {
      'fs.s3a.endpoint': server.endpoint,
      'fs.s3a.endpoint.region': 'us-east-1',
      'fs.s3a.path.style.access': 'true',
      'fs.s3a.access.key': MINIO_USER.accessKeyId,
      'fs.s3a.secret.key': MINIO_USER.secretAccessKey,
    }
    const [here, there] = ['s3a://models/for-spark', 's3a://models/by-spark']
    for (const model of [first, second]) await model.write().overwrite().format('spark').options(s3a).save(here)
    const ask = (read: string, written: string) =>
      askSpark<number[]>('s3_model.py', [installS3a(), JSON.stringify(s3a), read, written])
    const expected = await predictions(second)
    // Sums in another order round elsewhere.
    for (const [i, value] of ask(here, there).entries())
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-12 * Math.abs(value))
    expect(await predictions(await PipelineModel.load(there, { options: s3a }))).toEqual(expected)
    // Each replaces what the other has saved: no manifest is left, and none is believed that does not fit.
    await first.write().overwrite().format('spark').options(s3a).save(there)
    expect(await predictions(await PipelineModel.load(there, { options: s3a }))).toEqual(await predictions(first))
    ask(here, there)
    expect(await predictions(await PipelineModel.load(there, { options: s3a }))).toEqual(expected)
  })
})
