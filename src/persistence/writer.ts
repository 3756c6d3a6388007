import { access } from 'node:fs/promises'
import { PersistenceError, UnsupportedError } from '../errors.js'
import { writeFileAtomic } from '../util/atomic-write.js'
import { knownNames, shortText } from '../util/names.js'
import { toDocument } from './json.js'
import type { Persistable } from './persistable.js'

const FORMATS = ['json']

/** How a stage is saved (Spark's `MLWriter`): `model.write().overwrite().save(path)`. */
export class StageWriter {
  private replace = false
  private readonly stage: Persistable

  constructor(stage: Persistable) {
    this.stage = stage
  }

  /** Replaces what stands at the path, once the new file is complete. */
  overwrite(): this {
    this.replace = true
    return this
  }

  /** File format: `json`, one readable document. @throws UnsupportedError for another name. */
  format(name: string): this {
    if (!FORMATS.includes(name)) {
      throw new UnsupportedError(`format ${shortText(name)} cannot be written`, {
        stage: this.stage.uid,
        allowed: knownNames('formats', name, FORMATS),
      })
    }
    return this
  }

  /**
   * Writes aside and renames, so that an interrupted save leaves the old file whole.
   * @throws PersistenceError when the path exists and `overwrite()` was not called.
   */
  async save(path: string): Promise<void> {
    if (!this.replace) {
      const exists = await access(path).then(
        () => true,
        () => false,
      )
      if (exists) {
        throw new PersistenceError(`"${path}" exists already`, {
          stage: this.stage.uid,
          hint: 'Save to another path, or replace it: write().overwrite().save(path).',
        })
      }
    }
    await writeFileAtomic(path, toDocument(this.stage))
  }
}
