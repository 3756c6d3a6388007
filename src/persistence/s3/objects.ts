import { setTimeout as sleep } from 'node:timers/promises'
import type { S3ClientLike, StorageOptions } from '../storage-options.js'
import type { StoreEntry } from '../store.js'
import { loadSdk, loadUpload, makeClient, type Sdk } from './client.js'
import { StoreError, storeError } from './errors.js'

/** An object of a bucket. */
export interface S3Object {
  /** Its URL. */
  readonly path: string
  readonly bytes: number
  readonly modified: Date | undefined
}

interface Place {
  readonly Bucket: string
  readonly Key: string
}

const DEFAULT_PART = 16 * 2 ** 20
const DELETE_BATCH = 1000
const BACKOFF_MS = 100

const isSame = (content: Uint8Array, other: Uint8Array | undefined): boolean =>
  other !== undefined && Buffer.compare(content, other) === 0

/** Bucket and key of a URL. @throws StoreError when it names no place in a bucket. */
export function placeOf(path: string): Place {
  const [, Bucket = '', key = ''] = /^s3a?:\/\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  if (Bucket === '' || key === '' || key.split('/').some((part) => part === '.' || part === '..')) {
    throw new StoreError('other', `"${path}" names no place in a bucket`, {
      stage: 'storage',
      param: 'path',
      allowed: 'Allowed: s3://bucket/key, s3a://bucket/key',
      received: path,
      hint: 'Name the bucket and a key in it.',
    })
  }
  return { Bucket, Key: key }
}

/** The objects of buckets by their URLs: the few requests that models need. Errors are `StoreError`s. */
export class S3Objects {
  private readonly options: StorageOptions
  private readonly action: 'read' | 'write'
  private connection: Promise<{ readonly sdk: Sdk; readonly client: S3ClientLike }> | undefined

  constructor(options: StorageOptions, action: 'read' | 'write') {
    this.options = options
    this.action = action
  }

  private connect(): Promise<{ readonly sdk: Sdk; readonly client: S3ClientLike }> {
    this.connection ??= loadSdk().then(async (sdk) => ({
      sdk,
      client: await makeClient(sdk, this.options, this.action),
    }))
    return this.connection
  }

  /** Content of an object, or its first bytes; undefined when there is none. */
  async get(
    path: string,
    range?: { readonly first: number },
  ): Promise<{ content: Uint8Array; bytes: number } | undefined> {
    const place = placeOf(path)
    const { sdk, client } = await this.connect()
    const attempts = this.options.maxAttempts ?? 3
    for (let attempt = 1; ; attempt++) {
      try {
        const Range = range && `bytes=0-${range.first - 1}`
        const answer = await client.send(new sdk.GetObjectCommand({ ...place, Range }))
        const content: Uint8Array = await answer.Body.transformToByteArray()
        const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')
        if (!range && answer.ContentLength !== undefined && content.length !== answer.ContentLength)
          throw Object.assign(new Error('the answer ends early'), { code: 'ECONNRESET' })
        return { content, bytes: total ? Number(total[1]) : content.length }
      } catch (cause) {
        if ((cause as Error).name === 'InvalidRange') return { content: new Uint8Array(), bytes: 0 }
        const error = storeError('read', path, cause)
        if (error.reason === 'noSuchKey') return undefined
        // The SDK tries requests again; a body that breaks off is left to its caller.
        const answered = (cause as { readonly $metadata?: unknown }).$metadata !== undefined
        if (error.reason !== 'network' || answered || attempt >= attempts) throw error
        await sleep(BACKOFF_MS * 2 ** attempt)
      }
    }
  }

  /** Writes an object: in one step for readers, however large it is. @param onlyNew refuses to replace one. */
  async put(path: string, content: Uint8Array, onlyNew = false): Promise<void> {
    const place = placeOf(path)
    const { sdk, client } = await this.connect()
    const partSize = this.options.multipartSize ?? DEFAULT_PART
    const params = { ...place, ...this.encryption(), Body: content, ...(onlyNew ? { IfNoneMatch: '*' } : {}) }
    try {
      if (content.length <= partSize) {
        await client.send(new sdk.PutObjectCommand({ ...params, ContentLength: content.length }))
      } else {
        const { Upload } = await loadUpload()
        await new Upload({ client: client as never, params, partSize }).done()
      }
    } catch (cause) {
      const error = storeError('write', path, cause)
      // A request that is sent again, because its answer was lost, finds what it has written itself.
      if (error.reason !== 'exists' || !isSame(content, (await this.get(path))?.content)) throw error
    }
  }

  private encryption(): { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string } {
    const { sseKmsKeyId, sse = sseKmsKeyId === undefined ? undefined : 'aws:kms' } = this.options
    return {
      ...(sse === undefined ? {} : { ServerSideEncryption: sse }),
      ...(sseKmsKeyId === undefined ? {} : { SSEKMSKeyId: sseKmsKeyId }),
    }
  }

  /** Copies an object inside its bucket, on the server. */
  async copy(from: string, to: string): Promise<void> {
    const { sdk, client } = await this.connect()
    const { Bucket, Key } = placeOf(from)
    const CopySource = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`
    try {
      await client.send(new sdk.CopyObjectCommand({ ...placeOf(to), ...this.encryption(), CopySource }))
    } catch (cause) {
      throw storeError('write', to, cause)
    }
  }

  /** The objects below a folder, in order of their keys. */
  async under(folder: string): Promise<S3Object[]> {
    return (await this.listing(folder)).objects
  }

  /** What stands in a folder itself. */
  async entries(folder: string): Promise<StoreEntry[]> {
    const { objects, folders } = await this.listing(folder, '/')
    const name = (path: string): string => path.slice(folder.length + 1)
    return [
      ...folders.map((path) => ({ name: name(path).slice(0, -1), isFolder: true })),
      ...objects.map(({ path }) => ({ name: name(path), isFolder: false })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  private async listing(folder: string, Delimiter?: string): Promise<{ objects: S3Object[]; folders: string[] }> {
    const { Bucket, Key } = placeOf(`${folder}/`)
    const root = folder.slice(0, folder.length + 1 - Key.length)
    const { sdk, client } = await this.connect()
    const objects: S3Object[] = []
    const folders: string[] = []
    let ContinuationToken: string | undefined
    do {
      const answer = await client
        .send(new sdk.ListObjectsV2Command({ Bucket, Prefix: Key, Delimiter, ContinuationToken }))
        .catch((cause: unknown) => {
          throw storeError('read', folder, cause)
        })
      for (const { Key: key, Size, LastModified } of answer.Contents ?? []) {
        // Consoles and Hadoop make empty objects that stand for folders.
        if (!key.endsWith('/')) objects.push({ path: `${root}${key}`, bytes: Size ?? 0, modified: LastModified })
      }
      for (const { Prefix } of answer.CommonPrefixes ?? []) folders.push(`${root}${Prefix}`)
      ContinuationToken = answer.IsTruncated ? answer.NextContinuationToken : undefined
    } while (ContinuationToken !== undefined)
    return { objects, folders }
  }

  /** Removes objects; what is not there is no error. */
  async remove(paths: readonly string[]): Promise<void> {
    const { sdk, client } = await this.connect()
    for (let start = 0; start < paths.length; start += DELETE_BATCH) {
      const batch = paths.slice(start, start + DELETE_BATCH)
      const Objects = batch.map((path) => ({ Key: placeOf(path).Key }))
      const { Bucket } = placeOf(batch[0])
      try {
        const { Errors = [] } = await client.send(
          new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        )
        if (Errors.length > 0) throw Object.assign(new Error(Errors[0].Message), { Code: Errors[0].Code })
      } catch (cause) {
        throw storeError('write', batch[0], cause)
      }
    }
  }
}
