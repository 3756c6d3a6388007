import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { PersistenceError } from '../errors.js'

const STORAGE = 'https://storage.googleapis.com'
const METADATA = 'metadata.google.internal'
const TOKEN = '/computeMetadata/v1/instance/service-accounts/default/token'
/** Nobody answers at the address of the metadata server outside of Google Cloud. */
const TOKEN_TIMEOUT = 5000

type Env = Readonly<Record<string, string | undefined>>

/** Whether a path is an address of Google Cloud Storage. */
export const isGoogleStorage = (path: string): boolean => path.startsWith('gs://')

/** The name without slashes at its end, since a folder is the prefix of its files. */
function placeOf(uri: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', path = ''] = /^gs:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? []
  const folder = path.replace(/\/+$/, '')
  return { bucket, prefix: folder === '' ? '' : `${folder}/` }
}

/** Headers with a token of the account that the machine runs as; none for an emulator, and outside of Google Cloud, where public buckets can be read. */
async function authorization(env: Env): Promise<Record<string, string>> {
  if (env.STORAGE_EMULATOR_HOST) return {}
  try {
    const answer = await fetch(`http://${env.GCE_METADATA_HOST || METADATA}${TOKEN}`, {
      headers: { 'metadata-flavor': 'Google' },
      signal: AbortSignal.timeout(TOKEN_TIMEOUT),
    })
    const { access_token: token } = (await answer.json()) as { access_token?: string }
    return token === undefined ? {} : { authorization: `Bearer ${token}` }
  } catch {
    return {}
  }
}

/** Copies the files below an address of Google Cloud Storage into a folder. */
class Download {
  readonly #uri: string
  readonly #api: string
  readonly #prefix: string
  readonly #headers: Record<string, string>

  constructor(uri: string, env: Env, headers: Record<string, string>) {
    const { bucket, prefix } = placeOf(uri)
    this.#uri = uri
    this.#prefix = prefix
    this.#headers = headers
    const host = env.STORAGE_EMULATOR_HOST || STORAGE
    this.#api = `${host.includes('://') ? host : `http://${host}`}/storage/v1/b/${encodeURIComponent(bucket)}/o`
  }

  async into(folder: string): Promise<void> {
    const names = await this.#names()
    if (names.length === 0)
      throw this.#failed('it holds no file', 'Check the address, and whether it ends below the bucket.')
    for (const name of names) {
      const path = name.slice(this.#prefix.length)
      // A name may hold anything; what climbs out of the folder is no file of a model.
      if (path.split('/').includes('..')) throw this.#failed(`it holds "${name}", which is no path of a file`)
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      const { body } = await this.#get(`${this.#api}/${encodeURIComponent(name)}?alt=media`)
      await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(file))
    }
  }

  /** Names of all files; those that end with a slash stand for folders. */
  async #names(): Promise<string[]> {
    const names: string[] = []
    let page: string | undefined = ''
    while (page !== undefined) {
      const query = new URLSearchParams({ prefix: this.#prefix, ...(page && { pageToken: page }) })
      const answer = (await (await this.#get(`${this.#api}?${query}`)).json()) as {
        items?: { name: string }[]
        nextPageToken?: string
      }
      names.push(...(answer.items ?? []).map(({ name }) => name))
      page = answer.nextPageToken
    }
    return names.filter((name) => !name.endsWith('/'))
  }

  async #get(url: string): Promise<Response> {
    let answer: Response
    try {
      answer = await fetch(url, { headers: this.#headers })
    } catch (cause) {
      throw this.#failed('Google Cloud Storage does not answer', undefined, cause)
    }
    if (answer.ok) return answer
    const hint = 'The account of the container must be allowed to read it (roles/storage.objectViewer).'
    throw this.#failed(`Google Cloud Storage answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`, hint)
  }

  #failed(problem: string, hint?: string, cause?: unknown): PersistenceError {
    return new PersistenceError(`"${this.#uri}" cannot be copied: ${problem}`, {
      stage: 'serve',
      file: this.#uri,
      hint,
      cause,
    })
  }
}

/**
 * Copies a folder of Google Cloud Storage, where Vertex AI keeps models (`AIP_STORAGE_URI`), to this machine for as long as it is used. The token is that of the
 * machine's own account; `STORAGE_EMULATOR_HOST` and `GCE_METADATA_HOST` name other servers, as they do for Google's libraries.
 * @param use is given the folder, which is removed behind it.
 * @throws PersistenceError when the bucket cannot be read or nothing is there.
 */
export async function withGoogleFolder<T>(
  uri: string,
  use: (folder: string) => Promise<T>,
  env: Env = process.env,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-model-'))
  try {
    await new Download(uri, env, await authorization(env)).into(folder)
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
