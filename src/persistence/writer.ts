import { access } from 'node:fs/promises'
import { PersistenceError, RidgelineError, UnsupportedError } from '../errors.js'
import { writeFileAtomic, writeFolderAtomic } from '../util/atomic-write.js'
import { knownNames, shortText } from '../util/names.js'
import { fileError, requirePath } from './file-errors.js'
import { toDocument } from './json.js'
import type { Persistable } from './persistable.js'
import { saveSpark } from './spark/save.js'
import { fileStore } from './store.js'

const FORMATS = ['json', 'spark']

/** How a stage is saved (Spark's `MLWriter`): `model.write().overwrite().save(path)`. */
export class StageWriter {
  private replace = false
  private spark = false
  private readonly stage: Persistable

  constructor(stage: Persistable) {
    this.stage = stage
  }

  /** Replaces what stands at the path, once the new file is complete. */
  overwrite(): this {
    this.replace = true
    return this
  }

  /**
   * Format: `json`, one readable document, which is the default; or `spark`, the folder that Spark 3.0 and newer load.
   * @throws UnsupportedError for another name.
   */
  format(name: string): this {
    if (!FORMATS.includes(name)) {
      throw new UnsupportedError(`format ${shortText(name)} cannot be written`, {
        stage: this.stage.uid,
        param: 'format',
        allowed: knownNames('formats', name, FORMATS),
        received: shortText(name),
        hint: 'Leave format() out for json; write "spark" for a folder that Spark loads.',
      })
    }
    this.spark = name === 'spark'
    return this
  }

  /**
   * Writes aside and renames, so that an interrupted save leaves the old file whole.
   * @throws PersistenceError when the path exists and `overwrite()` was not called, or cannot be written; UnsupportedError for what Spark's format
   *   cannot hold.
   */
  async save(path: string): Promise<void> {
    requirePath(path, this.stage.uid)
    if (!this.replace) {
      const exists = await access(path).then(
        () => true,
        () => false,
      )
      if (exists) {
        throw new PersistenceError(`"${path}" exists already`, {
          stage: this.stage.uid,
          param: 'path',
          allowed: 'Allowed: a path where nothing stands',
          received: path,
          hint: 'Save to another path, or replace it: write().overwrite().save(path).',
        })
      }
    }
    const write = this.spark
      ? writeFolderAtomic(path, (aside) => saveSpark(fileStore, aside, this.stage))
      : writeFileAtomic(path, toDocument(this.stage))
    await write.catch((cause: unknown) => {
      throw cause instanceof RidgelineError ? cause : fileError('write', path, this.stage.uid, cause)
    })
  }
}
