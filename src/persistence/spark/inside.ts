import { PersistenceError } from '../../errors.js'
import { shortText } from '../../util/names.js'

/**
 * The name of a folder inside another one. Names of stages are part of it, and whoever makes a file chooses them.
 * @param stage who asks.
 * @throws PersistenceError when the name would lead elsewhere.
 */
export function inside(folder: string, path: string, stage: string): string {
  const parts = folder.split('/')
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part))) return folder
  throw new PersistenceError(`"${path}" names the folder ${shortText(folder)}`, {
    stage,
    allowed: 'Allowed: folders inside it',
    received: shortText(folder),
    hint: 'Names of stages have no slashes: make the stage again with another uid.',
  })
}
