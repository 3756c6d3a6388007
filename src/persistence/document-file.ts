import type { Stats } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { PersistenceError } from '../errors.js'
import { fileError } from './file-errors.js'

/** Bytes of the longest document: a text of more characters cannot be held. */
const MAX_BYTES = 500_000_000

/**
 * The text of a saved document. What is no ordinary file, such as a device that never ends, and what is too long is not read.
 * @throws PersistenceError naming the path.
 */
export async function readDocument(path: string, info: Stats, stage: string): Promise<string> {
  const refuse = (problem: string, allowed: string): never => {
    throw new PersistenceError(`"${path}" ${problem}`, {
      stage,
      param: 'path',
      allowed: `Allowed: ${allowed}`,
      received: path,
      hint: 'Name a file that save() wrote.',
    })
  }
  if (!info.isFile()) refuse('is no file', 'a file')
  if (info.size > MAX_BYTES) refuse(`has ${info.size} bytes`, `a document of up to ${MAX_BYTES} bytes`)
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw fileError('read', path, stage, cause)
  })
}
