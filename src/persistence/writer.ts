import { PersistenceError, RidgelineError, UnsupportedError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import { fileError, requirePath } from './file-errors.js'
import { toDocument } from './json.js'
import type { Persistable } from './persistable.js'
import { storePlace } from './place.js'
import { saveSpark } from './spark/save.js'
import { type StorageOption, type StorageOptions, storageFromS3a } from './storage-options.js'

const FORMATS = ['json', 'spark']

/** How a stage is saved (Spark's `MLWriter`): `model.write().overwrite().save(path)`. */
export class StageWriter {
  private replace = false
  private spark = false
  private s3a: Readonly<Record<string, StorageOption>> = {}
  private storageOptions: StorageOptions = {}
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
   * An option of the place by the name of Hadoop's S3A client (Spark's `MLWriter.option`), for `s3://` paths: `option('fs.s3a.endpoint', url)`.
   * Known: fs.s3a.endpoint, endpoint.region, path.style.access, connection.ssl.enabled, access.key, secret.key, session.token,
   * encryption.algorithm, encryption.key, attempts.maximum, connection.timeout, multipart.size; `save` refuses others.
   */
  option(key: string, value: StorageOption): this {
    this.s3a = { ...this.s3a, [key]: value }
    return this
  }

  /** Several such options. */
  options(map: Readonly<Record<string, StorageOption>>): this {
    this.s3a = { ...this.s3a, ...map }
    return this
  }

  /** How a bucket is reached and how it encrypts, for `s3://` paths, where that is not what the environment says. */
  storage(options: StorageOptions): this {
    this.storageOptions = { ...this.storageOptions, ...options }
    return this
  }

  /**
   * Writes to a plain path or `file:` URL aside and renames, so that an interrupted save leaves the old file whole; to `s3://bucket/key` or
   * `s3a://bucket/key` so that readers see the old model until the new one is complete (docs/storage.md).
   * @throws PersistenceError when the path exists and `overwrite()` was not called, or cannot be written; StoreError, which is one, when the
   *   bucket refuses; ParamError for an unknown option; UnsupportedError for what Spark's format cannot hold, and for schemes of other stores.
   */
  async save(path: string): Promise<void> {
    const { uid } = this.stage
    requirePath(path, uid)
    const storage = { ...storageFromS3a(this.s3a), ...this.storageOptions }
    const { store, path: place } = await storePlace(path, storage, 'write', uid)
    try {
      if (!this.replace && (await store.find(place))) {
        throw new PersistenceError(`"${path}" exists already`, {
          stage: uid,
          param: 'path',
          allowed: 'Allowed: a path where nothing stands',
          received: path,
          hint: 'Save to another path, or replace it: write().overwrite().save(path).',
        })
      }
      await (this.spark
        ? store.saveFolder(place, (files, folder) => saveSpark(files, folder, this.stage), this.replace)
        : store.saveFile(place, toDocument(this.stage), this.replace))
    } catch (cause) {
      throw cause instanceof RidgelineError ? cause : fileError('write', path, uid, cause)
    }
  }
}
