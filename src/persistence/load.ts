import { stat } from 'node:fs/promises'
import { ParamError, PersistenceError } from '../errors.js'
import { shortClassName } from '../param/params.js'
import { knownNames } from '../util/names.js'
import { classLookup } from './classes.js'
import { readDocument } from './document-file.js'
import { fileError, requirePath } from './file-errors.js'
import { fromDocument } from './json.js'
import type { Persistable, PersistableClass } from './persistable.js'
import { loadSpark } from './spark/load.js'
import { fileStore } from './store.js'

export interface LoadOptions {
  /** The user's own stage classes that the file may hold beside those of the library. */
  readonly classes?: readonly PersistableClass[]
  /** `false` accepts a file whose content no longer fits its checksum. Default true. */
  readonly verify?: boolean
}

const OPTIONS = ['classes', 'verify', 'expected']

/**
 * Loads any saved stage, model, pipeline or tuner; its class is what the file says. A path is a file that `save` wrote, or a folder that Spark did (2.4 and
 * newer), or `write().format('spark')`.
 * @throws ParamError for an unknown option; PersistenceError when the file is missing, truncated, foreign, too new, altered, or not of the `expected` class.
 */
export async function load(
  path: string,
  options: LoadOptions & { readonly expected?: string } = {},
): Promise<Persistable> {
  const what = options.expected === undefined ? 'load' : shortClassName(options.expected)
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new ParamError(`option "${unknown}" does not exist`, {
      stage: what,
      param: unknown,
      allowed: knownNames('options', unknown, OPTIONS),
      received: unknown,
      hint: 'Remove it, or correct its name.',
    })
  }
  requirePath(path, what)
  const info = await stat(path).catch((cause: unknown) => {
    throw fileError('read', path, what, cause)
  })
  const classes = await classLookup(options.classes)
  const stage = info.isDirectory()
    ? await loadSpark(fileStore, path, classes)
    : fromDocument(await readDocument(path, info, what), path, classes, options.verify ?? true)
  const found = stage.definition.sparkClass
  if (options.expected !== undefined && found !== options.expected) {
    throw new PersistenceError(
      `"${path}" holds a ${shortClassName(found)}, not a ${shortClassName(options.expected)}`,
      {
        stage: what,
        received: found,
        allowed: `Allowed: ${options.expected}`,
        hint: `Load it with ${shortClassName(found)}.load(path).`,
      },
    )
  }
  return stage
}
