import { createHash } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'

interface Command {
  readonly constructor: { readonly name: string }
  readonly input: Record<string, unknown>
}

const failure = (name: string, message = name): Error => Object.assign(new Error(message), { name, $metadata: {} })

/** A bucket in memory behind the SDK's `send`, whose requests can fail before or after they took effect. */
export class FakeS3 {
  /** By `bucket/key`. */
  readonly files = new Map<string, Uint8Array>()
  readonly modified = new Map<string, Date>()
  /** What came, as `GetObject key`. */
  log: string[] = []
  inputs: Record<string, unknown>[] = []
  /** Called before a request is answered. */
  onSend: (request: string, count: number) => Promise<void> | void = () => undefined
  /** Called after it was. */
  onSent: (request: string, count: number) => Promise<void> | void = () => undefined
  /** Objects in an answer of a listing. */
  pageSize = 1000
  readonly client = Object.assign(
    new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
    {
      send: (command: Command) => this.send(command),
    },
  )

  private readonly uploads = new Map<string, Map<number, Uint8Array>>()

  private async send(command: Command): Promise<unknown> {
    const { input } = command
    const name = command.constructor.name.replace(/Command$/, '')
    const request = `${name} ${input.Key ?? input.Prefix ?? ''}`.trim()
    this.log.push(request)
    this.inputs.push(input)
    const count = this.log.length
    await this.onSend(request, count)
    const answer = this.answer(name, input)
    await this.onSent(request, count)
    return answer
  }

  private put(path: string, content: Uint8Array, input: Record<string, unknown>): void {
    if (input.IfNoneMatch === '*' && this.files.has(path)) throw failure('PreconditionFailed')
    this.files.set(path, content)
    this.modified.set(path, new Date())
  }

  private answer(name: string, input: Record<string, unknown>): unknown {
    const path = `${input.Bucket}/${input.Key}`
    const bytes = (): Uint8Array =>
      this.files.get(path) ??
      (() => {
        throw failure('NoSuchKey')
      })()
    switch (name) {
      case 'PutObject':
        return this.put(path, Buffer.from(input.Body as Uint8Array), input)
      case 'GetObject': {
        const all = bytes()
        if (input.Range === undefined)
          return { ContentLength: all.length, Body: { transformToByteArray: async () => all } }
        if (all.length === 0) throw failure('InvalidRange')
        const part = all.subarray(0, Number(/-(\d+)$/.exec(String(input.Range))?.[1]) + 1)
        return {
          ContentRange: `bytes 0-${part.length - 1}/${all.length}`,
          Body: { transformToByteArray: async () => part },
        }
      }
      case 'CopyObject': {
        const source = this.files.get(decodeURIComponent(String(input.CopySource)))
        if (!source) throw failure('NoSuchKey')
        return this.put(path, source, input)
      }
      case 'DeleteObjects': {
        for (const { Key } of (input.Delete as { Objects: { Key: string }[] }).Objects)
          this.files.delete(`${input.Bucket}/${Key}`)
        return {}
      }
      case 'ListObjectsV2':
        return this.page(input)
      case 'CreateMultipartUpload': {
        const UploadId = String(this.uploads.size)
        this.uploads.set(UploadId, new Map())
        return { UploadId }
      }
      case 'UploadPart': {
        this.uploads.get(String(input.UploadId))!.set(Number(input.PartNumber), Buffer.from(input.Body as Uint8Array))
        return {
          ETag: createHash('md5')
            .update(input.Body as Uint8Array)
            .digest('hex'),
        }
      }
      case 'CompleteMultipartUpload': {
        const parts = [...this.uploads.get(String(input.UploadId))!].sort(([a], [b]) => a - b)
        return this.put(path, Buffer.concat(parts.map(([, part]) => part)), input)
      }
      case 'AbortMultipartUpload':
        return this.uploads.delete(String(input.UploadId))
      default:
        throw failure('NotImplemented', name)
    }
  }

  private page({ Bucket, Prefix, Delimiter, ContinuationToken }: Record<string, unknown>): unknown {
    const from = Number(ContinuationToken ?? 0)
    const keys = [...this.files.keys()]
      .filter((path) => path.startsWith(`${Bucket}/${Prefix}`))
      .map((path) => path.slice(String(Bucket).length + 1))
      .sort()
    const rest = (key: string): string => key.slice(String(Prefix).length)
    const isBelow = (key: string): boolean => Delimiter !== undefined && rest(key).includes('/')
    const page = keys.slice(from, from + this.pageSize)
    const folders = new Set(page.filter(isBelow).map((key) => `${Prefix}${rest(key).split('/')[0]}/`))
    return {
      Contents: page
        .filter((key) => !isBelow(key))
        .map((Key) => ({
          Key,
          Size: this.files.get(`${Bucket}/${Key}`)!.length,
          LastModified: this.modified.get(`${Bucket}/${Key}`),
        })),
      CommonPrefixes: [...folders].map((folder) => ({ Prefix: folder })),
      IsTruncated: from + this.pageSize < keys.length,
      NextContinuationToken: String(from + this.pageSize),
    }
  }
}

/** An error as the SDK gives it. */
export const s3Failure = failure
