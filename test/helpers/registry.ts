import type { PersistableClass } from '../../src/persistence/persistable.js'
import * as library from '../../src/registry.js'

const classesOf = (files: object): Promise<readonly PersistableClass[]> =>
  Promise.all(
    Object.keys(files).map(async (name) => {
      const found = await library.importClass(name)
      if (!found) throw new Error(`the file of ${name} does not export it`)
      return found
    }),
  )

/** Every class of the registry, in its order. */
export const registry = await classesOf(library.registry)

/** Stages that other stages are made of. */
export const innerStages = await classesOf(library.innerStages)
