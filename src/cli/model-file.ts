import { load } from '../persistence/load.js'
import type { Persistable } from '../persistence/persistable.js'
import { type SavedInfo, savedInfo } from '../persistence/saved-info.js'
import { reading } from './input-error.js'

/** A saved stage, with what its files tell about themselves. */
export interface SavedStage {
  readonly path: string
  readonly info: SavedInfo
  readonly stage: Persistable
}

/** @throws BadInputError when the path holds no stage that can be loaded. */
export const loadSaved = (path: string): Promise<SavedStage> =>
  reading(async () => ({ path, stage: await load(path), info: await savedInfo(path) }))
