import { readFile, stat } from 'node:fs/promises'
import { PersistenceError, UnsupportedError } from '../errors.js'
import { shortClassName } from '../param/params.js'
import { classLookup } from './classes.js'
import { fromDocument } from './json.js'
import type { Persistable, PersistableClass } from './persistable.js'

export interface LoadOptions {
  /** The user's own stage classes that the file may hold beside those of the library. */
  readonly classes?: readonly PersistableClass[]
  /** `false` accepts a file whose content no longer fits its checksum. Default true. */
  readonly verify?: boolean
}

/**
 * Loads any saved stage, model, pipeline or tuner; its class is what the file says.
 * @throws PersistenceError when the file is missing, truncated, foreign, too new, altered, or not of the `expected` class.
 */
export async function load(
  path: string,
  options: LoadOptions & { readonly expected?: string } = {},
): Promise<Persistable> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new PersistenceError(`nothing is saved at "${path}"`, { cause, hint: 'Check the path.' })
  })
  if (info.isDirectory()) {
    throw new UnsupportedError(`"${path}" is a folder; reading Spark's model format is not part of this version`, {
      hint: 'Name a file that save() wrote.',
    })
  }
  const classes = await classLookup(options.classes)
  const stage = fromDocument(await readFile(path, 'utf8'), path, classes, options.verify ?? true)
  const found = stage.definition.sparkClass
  if (options.expected !== undefined && found !== options.expected) {
    throw new PersistenceError(
      `"${path}" holds a ${shortClassName(found)}, not a ${shortClassName(options.expected)}`,
      {
        received: found,
        allowed: options.expected,
        hint: `Load it with ${shortClassName(found)}.load(path).`,
      },
    )
  }
  return stage
}
