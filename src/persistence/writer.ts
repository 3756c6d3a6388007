import { access } from 'node:fs/promises'
import { PersistenceError, UnsupportedError } from '../errors.js'
import { writeFileAtomic } from '../util/atomic-write.js'
import { knownNames, shortText } from '../util/names.js'
import { fileError, requirePath } from './file-errors.js'
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
        param: 'format',
        allowed: knownNames('formats', name, FORMATS),
        received: shortText(name),
        hint: 'Leave format() out for json.',
      })
    }
    return this
  }

  /**
   * Writes aside and renames, so that an interrupted save leaves the old file whole.
   * @throws PersistenceError when the path exists and `overwrite()` was not called, or cannot be written.
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
    const document = toDocument(this.stage)
    await writeFileAtomic(path, document).catch((cause: unknown) => {
      throw fileError('write', path, this.stage.uid, cause)
    })
  }
}
