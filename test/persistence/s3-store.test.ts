import { beforeEach, describe, expect, it } from 'vitest'
import { Binarizer } from '../../src/feature/binarizer.js'
import { classLookup } from '../../src/persistence/classes.js'
import { load } from '../../src/persistence/load.js'
import { StoreError } from '../../src/persistence/s3/errors.js'
import { S3Store } from '../../src/persistence/s3/s3-store.js'
import { savedInfo } from '../../src/persistence/saved-info.js'
import { loadSpark } from '../../src/persistence/spark/load.js'
import { PipelineModel } from '../../src/pipeline/pipeline.js'
import { loadScorer } from '../../src/scoring/load-scorer.js'
import { FakeS3, s3Failure } from '../helpers/fake-s3.js'
import { memoryStore } from '../helpers/memory-store.js'

const PATH = 's3://models/rides/v1'
/** Two models with the same names of stages, so that a mixture of them would not be noticed by names. */
const modelOf = (threshold: number) =>
  new PipelineModel(
    { stages: [new Binarizer({ inputCol: 'x', outputCol: 'y', threshold }, 'Binarizer_1')] },
    'PipelineModel_1',
  )
const thresholdOf = (model: unknown): number => ((model as PipelineModel).stages[0] as Binarizer).getThreshold()

let s3: FakeS3
beforeEach(() => {
  s3 = new FakeS3()
})
const save = (threshold: number, format: string, replace = true) => {
  const writer = modelOf(threshold).write().format(format).storage({ client: s3.client })
  return (replace ? writer.overwrite() : writer).save(PATH)
}
const loaded = async (): Promise<number> => thresholdOf(await load(PATH, { storage: { client: s3.client } }))
const keys = (): string[] => [...s3.files.keys()].sort()

async function refusal(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => expect.fail('was accepted'),
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(StoreError)
  return error as StoreError
}

/** What Spark would load: it passes over our folder. Undefined where it finds no metadata. */
async function sparksView(): Promise<number | undefined> {
  const plain = new Map([...s3.files].filter(([key]) => !key.includes('_ridgeline/')))
  if (!plain.has('models/rides/v1/metadata/part-00000')) return undefined
  return thresholdOf(await loadSpark(memoryStore(plain), 'models/rides/v1', classLookup()))
}

const LAYOUT = [
  'models/rides/v1/_ridgeline/manifest.json',
  'models/rides/v1/metadata/_SUCCESS',
  'models/rides/v1/metadata/part-00000',
  'models/rides/v1/stages/0_Binarizer_1/metadata/_SUCCESS',
  'models/rides/v1/stages/0_Binarizer_1/metadata/part-00000',
]

describe('a model in a bucket', () => {
  it.each(['json', 'spark'])('is saved as %s, told about, replaced, and refused where one stands', async (format) => {
    await save(1, format, false)
    expect(await loaded()).toBe(1)
    expect(await savedInfo(PATH, { client: s3.client })).toMatchObject({ format, bytes: expect.any(Number) })
    const error = await save(2, format, false).catch((cause: Error) => cause)
    expect(error).toMatchObject({ code: 'PERSISTENCE', message: expect.stringContaining('exists already') })
    expect(await loaded()).toBe(1)
    await save(2, format)
    expect(await loaded()).toBe(2)
    const score = await loadScorer(PATH, { storage: { client: s3.client } })
    expect([score({ x: 1.5 }), score({ x: 2.5 })]).toEqual([{ y: 0 }, { y: 1 }])
    expect(keys()).toEqual(format === 'json' ? ['models/rides/v1'] : LAYOUT)
  })

  it('takes the place of one in the other format only as on disk', async () => {
    await save(1, 'json')
    await save(2, 'spark')
    expect([await loaded(), keys()]).toEqual([2, LAYOUT])
    expect((await refusal(save(3, 'json'))).message).toContain('it is a folder')
    expect(await loaded()).toBe(2)
  })

  it('replaces no folder that holds something else', async () => {
    s3.files.set('models/rides/v1/data.csv', new Uint8Array(3))
    expect((await refusal(save(1, 'spark'))).message).toContain('holds no model')
    expect(keys()).toEqual(['models/rides/v1/data.csv'])
  })

  it('is read as Spark left it, in pages', async () => {
    await save(1, 'spark')
    s3.files.delete(LAYOUT[0])
    s3.files.set('models/rides/v1/metadata/', new Uint8Array())
    s3.pageSize = 1
    expect(await loaded()).toBe(1)
    await save(2, 'spark')
    expect([await loaded(), await sparksView()]).toEqual([2, 2])
  })

  it('is found by who may not list the bucket', async () => {
    await save(1, 'spark')
    s3.onSend = (request) => {
      const key = `models/${request.split(' ')[1]}`
      if (!request.startsWith('GetObject') || !s3.files.has(key)) throw s3Failure('AccessDenied')
    }
    expect(await loaded()).toBe(1)
  })

  it('is encrypted with the key, whatever request makes an object', async () => {
    const key = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'rides-key' }
    const s3a = { 'fs.s3a.encryption.algorithm': 'SSE-KMS', 'fs.s3a.encryption.key': 'rides-key' }
    await modelOf(1).write().format('spark').options(s3a).storage({ client: s3.client }).save(PATH)
    const makes = (request: string): boolean => /^(Put|Copy)Object|^CreateMultipart/.test(request)
    const made = s3.inputs.filter((_, i) => makes(s3.log[i]))
    expect(made).toHaveLength(10)
    for (const input of made) expect(input).toMatchObject(key)
    const store = new S3Store({ client: s3.client, sseKmsKeyId: 'rides-key', multipartSize: 5 * 2 ** 20 }, 'write')
    s3.log = []
    s3.inputs = []
    const large = 'x'.repeat(11 * 2 ** 20)
    await store.saveFile('s3a://models/large', large, false)
    expect(s3.log.map((request) => request.split(' ')[0]).sort()).toEqual(
      ['CompleteMultipartUpload', 'CreateMultipartUpload', 'UploadPart', 'UploadPart', 'UploadPart'].sort(),
    )
    expect(s3.inputs[0]).toMatchObject(key)
    expect(Buffer.from(s3.files.get('models/large')!).toString() === large).toBe(true)
    expect((await refusal(store.saveFile('s3a://models/large', 'y'.repeat(6 * 2 ** 20), false))).reason).toBe('exists')
  })
})

describe('a save that fails', () => {
  const MODES = ['before', 'after', 'dead'] as const

  it.each(MODES.flatMap((mode) => ['json', 'spark'].map((format) => [format, mode] as const)))(
    'as %s, at any request (%s it took effect), leaves the old model or the new one',
    async (format, mode) => {
      for (let at = 1; ; at++) {
        await save(0, format)
        s3.log = []
        const fail = (_: string, count: number): void => {
          if (count === at || (mode === 'dead' && count > at)) throw s3Failure('ECONNRESET')
        }
        Object.assign(s3, mode === 'after' ? { onSent: fail } : { onSend: fail })
        const outcome = await save(1, format).catch((error: unknown) => error)
        const requests = s3.log.slice(0, at)
        Object.assign(s3, { onSend: () => undefined, onSent: () => undefined })
        if (outcome !== undefined) expect(outcome).toMatchObject({ reason: 'network' })
        expect(outcome === undefined ? [1] : [0, 1], `request ${at}: ${requests.at(-1)}`).toContain(await loaded())
        if (format === 'spark') expect([undefined, 0, 1]).toContain(await sparksView())
        await save(2, format)
        expect(await loaded()).toBe(2)
        if (format === 'spark') expect(await sparksView()).toBe(2)
        if (requests.length < at) break
      }
    },
  )

  it('leaves files that a save removes after a day', async () => {
    await save(1, 'spark')
    const left = 'models/rides/v1/_ridgeline/00000000-0000-4000-8000-000000000000/metadata/part-00000'
    for (const hours of [1, 25]) {
      s3.files.set(left, new Uint8Array(9))
      s3.modified.set(left, new Date(Date.now() - hours * 3600 * 1000))
      await save(2, 'spark')
      expect(s3.files.has(left)).toBe(hours === 1)
    }
  })

  it('does not count as there when only its parts are', async () => {
    s3.files.set(
      'models/rides/v1/_ridgeline/00000000-0000-4000-8000-000000000000/metadata/part-00000',
      new Uint8Array(9),
    )
    await save(1, 'spark', false)
    expect(await loaded()).toBe(1)
  })
})

describe('readers and writers at the same time', () => {
  it('a reader whose model is replaced sees the new one', async () => {
    await save(1, 'spark')
    for (const withManifest of [true, false]) {
      if (!withManifest) s3.files.delete(LAYOUT[0])
      // In the middle of reading, after the first file.
      let parts = 0
      s3.onSend = async (request) => {
        if (!request.startsWith('GetObject') || !request.includes('part-') || ++parts !== 1) return
        s3.onSend = () => undefined
        await save(7, 'spark')
      }
      expect(await loaded(), String(withManifest)).toBe(7)
      await save(1, 'spark')
    }
  })

  it('of two first saves one is refused, and the other is whole', async () => {
    const both = await Promise.allSettled([save(1, 'spark', false), save(2, 'spark', false)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await loaded()).toBe(both[0].status === 'fulfilled' ? 1 : 2)
    expect(keys()).toEqual(LAYOUT)
  })

  it('a request that is sent again, because its answer was lost, is no conflict', async () => {
    s3.onSent = () => {
      s3.onSent = () => undefined
      // What the SDK does: the same request once more.
      throw s3Failure('PreconditionFailed')
    }
    const store = new S3Store({ client: s3.client }, 'write')
    await store.saveFile(PATH, 'text', false)
    expect(keys()).toEqual(['models/rides/v1'])
  })
})

describe('what is loaded from a bucket is whole', () => {
  const put = (key: string, text: string) => s3.files.set(key, new TextEncoder().encode(text))
  beforeEach(() => save(1, 'spark'))

  it('a file was altered, cut or removed', async () => {
    const part = 'models/rides/v1/stages/0_Binarizer_1/metadata/part-00000'
    const text = new TextDecoder().decode(s3.files.get(part))
    for (const changed of [text.replace('1.0', '2.0'), text.slice(0, 20), '']) {
      put(part, changed)
      expect(await refusal(loaded()), changed).toMatchObject({ reason: 'damaged' })
    }
    s3.files.delete(part)
    expect(await refusal(loaded())).toMatchObject({ reason: 'damaged', message: expect.stringContaining('is missing') })
  })

  it.each([
    ['is cut', '{"format":'],
    ['is of another kind', '[]'],
    ['is newer', '{"format":"ridgeline-manifest","formatVersion":2,"folder":"","files":{}}'],
    ['leads elsewhere', '{"format":"ridgeline-manifest","formatVersion":1,"folder":"../x","files":{}}'],
    ['has no sizes', '{"format":"ridgeline-manifest","formatVersion":1,"folder":"","files":{"a":{"bytes":-1}}}'],
  ])('the manifest %s', async (_, text) => {
    put(LAYOUT[0], text)
    expect(await refusal(loaded())).toMatchObject({ reason: 'damaged' })
  })

  it('an answer that ends early is asked for again', async () => {
    const { send } = s3.client
    const cut = new Set<string>()
    s3.client.send = (async (command: never) => {
      const answer = (await send(command)) as { Body?: { transformToByteArray(): Promise<Uint8Array> } } | undefined
      const { Key } = (command as { input: { Key: string } }).input
      if (!answer?.Body || cut.has(Key)) return answer
      cut.add(Key)
      const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
      return { ...answer, Body: { transformToByteArray: () => Promise.reject(reset) } }
    }) as never
    expect(await loaded()).toBe(1)
  })
})

it.each([
  ['NoSuchBucket', 'noSuchBucket'],
  ['AccessDenied', 'accessDenied'],
  ['InvalidAccessKeyId', 'badCredentials'],
  ['CredentialsProviderError', 'badCredentials'],
  ['ExpiredToken', 'badCredentials'],
  ['SignatureDoesNotMatch', 'wrongSignature'],
  ['KMS.NotFoundException', 'kmsKey'],
  ['kms:KeyNotFound', 'kmsKey'],
  ['PermanentRedirect', 'wrongRegion'],
  ['ECONNREFUSED', 'network'],
  ['TimeoutError', 'network'],
  ['SlowDown', 'network'],
  ['Strange', 'other'],
])('the error %s of a server has the reason %s', async (name, reason) => {
  s3.onSend = () => {
    throw s3Failure(name, 'what the server says')
  }
  for (const work of [save(1, 'json'), save(1, 'spark'), loaded()]) {
    expect(await refusal(work)).toMatchObject({ reason, message: expect.stringContaining('what the server says') })
  }
})

it('says so when nothing is there', async () => {
  expect((await loaded().catch((error: Error) => error)) as Error).toMatchObject({
    code: 'PERSISTENCE',
    message: expect.stringContaining(`nothing is saved at "${PATH}"`),
  })
})
