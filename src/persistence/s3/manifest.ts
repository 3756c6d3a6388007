import { createHash } from 'node:crypto'
import { shortText } from '../../util/names.js'
import { version } from '../../version.js'
import { StoreError } from './errors.js'

/** Where a saved folder keeps what is not part of Spark's layout. Spark passes over names that begin with `_`. */
export const OWN_FOLDER = '_ridgeline'
export const MANIFEST = `${OWN_FOLDER}/manifest.json`

const FORMAT = 'ridgeline-manifest'
const MANIFEST_VERSION = 1
const MAX_BYTES = 2 ** 26

/** Size and checksum of a file. */
export interface FileEntry {
  readonly bytes: number
  readonly sha256: string
}

/** Which files are one save of a model. It is written in one step, after all of them, and so decides what readers see. */
export interface Manifest {
  /** Where the files stand below the model's path: `''`, or a folder of their own while Spark's layout is being replaced. */
  readonly folder: string
  /** By their paths in Spark's layout. */
  readonly files: ReadonlyMap<string, FileEntry>
}

export const entryOf = (content: Uint8Array): FileEntry => ({
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
})

export function manifestText({ folder, files }: Manifest): string {
  const head = { format: FORMAT, formatVersion: MANIFEST_VERSION, libraryVersion: version, folder }
  return `${JSON.stringify({ ...head, files: Object.fromEntries(files) }, null, 1)}\n`
}

/** @throws StoreError when the text is no manifest: it is untrusted, as every saved file. */
export function parseManifest(content: Uint8Array, path: string): Manifest {
  const damaged = (problem: string, cause?: unknown): never => {
    throw new StoreError('damaged', `the manifest "${path}" ${problem}`, {
      stage: 'load',
      param: 'path',
      received: path,
      hint: 'Save the model again. Without the manifest the folder is read as Spark reads it.',
      cause,
    })
  }
  if (content.length > MAX_BYTES) return damaged('is too long')
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(content))
  } catch (cause) {
    return damaged('is not JSON', cause)
  }
  const { format, formatVersion, folder, files } = (json ?? {}) as Record<string, unknown>
  if (format !== FORMAT || typeof files !== 'object' || files === null) return damaged('was not written by Ridgeline')
  if (formatVersion !== MANIFEST_VERSION)
    return damaged(`has version ${shortText(formatVersion)}; this library reads ${MANIFEST_VERSION}`)
  if (typeof folder !== 'string' || !/^(_ridgeline\/[0-9a-f-]{36})?$/.test(folder))
    return damaged(`names the folder ${shortText(folder)}`)
  const entries = Object.entries(files as Record<string, unknown>).map(([name, entry]): [string, FileEntry] => {
    const { bytes, sha256 } = (entry ?? {}) as Record<string, unknown>
    const fine = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && typeof sha256 === 'string'
    return fine ? [name, { bytes: bytes as number, sha256 }] : damaged(`has no size and checksum of ${shortText(name)}`)
  })
  return { folder, files: new Map(entries) }
}
