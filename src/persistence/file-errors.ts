import { PersistenceError } from '../errors.js'
import { fileReason } from '../util/file-error.js'
import { shortText } from '../util/names.js'

/** @throws PersistenceError when the argument is no path; `stage` is who is saved or loaded. */
export function requirePath(path: unknown, stage: string): void {
  if (typeof path === 'string' && path !== '') return
  throw new PersistenceError(`the path is ${shortText(path)}`, {
    stage,
    param: 'path',
    allowed: 'Allowed: the path of a file, a string that is not empty',
    received: shortText(path),
    hint: 'Name a file, for example "model.json".',
  })
}

/** The error of a store as an error of the library. */
export function fileError(action: 'read' | 'write', path: string, stage: string, cause: unknown): PersistenceError {
  if (cause instanceof PersistenceError) return cause
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (action === 'read' && code === 'ENOENT') return nothingSaved(path, stage, cause)
  return new PersistenceError(`cannot ${action} "${path}": ${fileReason(cause)?.reason ?? message}`, {
    stage,
    param: 'path',
    allowed: `Allowed: a file that can be ${action === 'read' ? 'read' : 'written'}`,
    received: path,
    hint: 'Check the path and the rights on it.',
    cause,
  })
}

export const nothingSaved = (path: string, stage: string, cause?: unknown): PersistenceError =>
  new PersistenceError(`nothing is saved at "${path}"`, {
    stage,
    param: 'path',
    allowed: 'Allowed: a file that can be read',
    received: path,
    hint: 'Check the path and the rights on it.',
    cause,
  })
