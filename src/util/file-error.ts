import { PersistenceError, RidgelineError } from '../errors.js'

/** What the operating system says, and what to do about it. */
const REASONS: readonly (readonly [code: string, words: string, reason: string, hint: string])[] = [
  ['ENOSPC', 'No space left on device', 'the disk is full', 'Free some space, or write to another disk'],
  ['EDQUOT', 'Disk quota exceeded', 'the disk quota is used up', 'Free some space, or write to another disk'],
  ['EFBIG', 'File too large', 'the file is larger than the system allows', 'Write several files, or raise the limit'],
  ['EROFS', 'Read-only file system', 'the disk is read-only', 'Write to another disk'],
  ['EACCES', 'Permission denied', 'access is denied', 'Look at the owner and the mode of the path'],
  ['EPERM', 'Operation not permitted', 'access is denied', 'Look at the owner and the mode of the path'],
  ['EISDIR', 'Is a directory', 'it is a folder', 'Give another path'],
  ['ENOTDIR', 'Not a directory', 'a part of the path is no folder', 'Give another path'],
  ['EEXIST', 'File exists', 'a part of the path is no folder', 'Give another path'],
  ['EMFILE', 'Too many open files', 'too many files are open', 'Close some, or raise the limit'],
]

/** Why the system refused a file, by its code, or by its words in the message of another program; undefined for other errors. */
export function fileReason(cause: unknown): { readonly reason: string; readonly hint: string } | undefined {
  if (!(cause instanceof Error)) return undefined
  const { code } = cause as NodeJS.ErrnoException
  const found = REASONS.find(([known, words]) => known === code || cause.message.includes(words))
  return found && { reason: found[2], hint: found[3] }
}

/** An error of writing a path, as one of ours; errors that are not about files stay. */
export function writeError(cause: unknown, path: string): unknown {
  if (cause instanceof RidgelineError && !(cause instanceof PersistenceError)) return cause
  const known = fileReason(cause) ?? fileReason((cause as Error | undefined)?.cause)
  if (!known && typeof (cause as NodeJS.ErrnoException | undefined)?.syscall !== 'string') return cause
  const { reason, hint } = known ?? { reason: (cause as Error).message, hint: 'Look at the path' }
  return new PersistenceError(`cannot write ${path}: ${reason}`, {
    stage: 'write',
    cause,
    file: path,
    hint: `What was there before is whole. ${hint}`,
  })
}
