import { PersistenceError } from '../errors.js'
import { fileError } from './file-errors.js'
import type { Found, StoreReader } from './store.js'

/** Bytes of the longest document: a text of more characters cannot be held. */
const MAX_BYTES = 500_000_000

/**
 * The text of a saved document. What is no ordinary file, such as a device that never ends, and what is too long is not read.
 * @throws PersistenceError naming the path.
 */
export async function readDocument(store: StoreReader, path: string, info: Found, stage: string): Promise<string> {
  const refuse = (problem: string, allowed: string): never => {
    throw new PersistenceError(`"${path}" ${problem}`, {
      stage,
      param: 'path',
      allowed: `Allowed: ${allowed}`,
      received: path,
      hint: 'Name a file that save() wrote.',
    })
  }
  if (info.kind !== 'file') refuse('is no file', 'a file')
  if (info.bytes > MAX_BYTES) refuse(`has ${info.bytes} bytes`, `a document of up to ${MAX_BYTES} bytes`)
  const bytes = await store.read(path).catch((cause: unknown) => {
    throw fileError('read', path, stage, cause)
  })
  return new TextDecoder().decode(bytes)
}
