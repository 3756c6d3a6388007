import { ParamError, PersistenceError } from '../errors.js'
import { shortClassName } from '../param/params.js'
import { knownNames } from '../util/names.js'
import { classLookup } from './classes.js'
import { readDocument } from './document-file.js'
import { fileError, nothingSaved, requirePath } from './file-errors.js'
import { fromDocument } from './json.js'
import type { Persistable, PersistableClass } from './persistable.js'
import { storePlace } from './place.js'
import { type StorageOption, type StorageOptions, storageFromS3a } from './storage-options.js'

export interface LoadOptions {
  /** The user's own stage classes that the file may hold beside those of the library. */
  readonly classes?: readonly PersistableClass[]
  /** `false` accepts a file whose content no longer fits its checksum. Default true. */
  readonly verify?: boolean
  /** How a bucket is reached, for `s3://` paths, where that is not what the environment says. */
  readonly storage?: StorageOptions
  /** The same by the names of Hadoop's S3A client: `{ 'fs.s3a.endpoint': 'http://127.0.0.1:9000' }`. */
  readonly options?: Readonly<Record<string, StorageOption>>
}

const OPTIONS = ['classes', 'verify', 'storage', 'options', 'expected']

/**
 * Loads any saved stage, model, pipeline or tuner; its class is what the file says. A path is a file that `save` wrote, or a folder that Spark did (2.4 and
 * newer), or `write().format('spark')`; on disk (also as a `file:` URL), or in a bucket (`s3://bucket/key`, `s3a://`).
 * @throws ParamError for an unknown option; PersistenceError when the file is missing, truncated, foreign, too new, altered, or not of the `expected` class;
 *   StoreError, which is one, when the bucket cannot be read.
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
  const { store, path: place } = await storePlace(
    path,
    { ...storageFromS3a(options.options ?? {}), ...options.storage },
    'read',
    what,
  )
  const info = await store.find(place).catch((cause: unknown) => {
    throw fileError('read', path, what, cause)
  })
  if (!info) throw nothingSaved(path, what)
  const classes = classLookup(options.classes)
  const stage =
    info.kind === 'folder'
      ? await store.readFolder(place, async (files) => {
          const { loadSpark } = await import('./spark/load.js')
          return loadSpark(files, place, classes)
        })
      : await fromDocument(await readDocument(store, place, info, what), path, classes, options.verify ?? true)
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
