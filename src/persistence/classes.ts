import { PersistenceError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import type { PersistableClass } from './persistable.js'

/** Finds the class of a saved stage by its Spark class name. */
export type ClassLookup = (sparkClass: string) => PersistableClass

/**
 * Lookup over every class of the library and over the user's own ones. The registry sees all folders, so it is imported
 * when something is loaded, not before: this is the one import that points up (docs/adr/0002-registry-import.md).
 */
export async function classLookup(own: readonly PersistableClass[] = []): Promise<ClassLookup> {
  const { innerStages, registry } = await import('../registry.js')
  const all = new Map<string, PersistableClass>()
  for (const stageClass of [...registry, ...innerStages, ...own]) all.set(stageClass.sparkClass, stageClass)
  return (sparkClass) => {
    const found = all.get(sparkClass)
    if (!found) {
      throw new PersistenceError(`class ${shortText(sparkClass, 200)} is not known`, {
        received: shortText(sparkClass, 200),
        allowed: knownNames('classes', sparkClass, [...all.keys()], 8),
        hint: 'Pass your own stage classes: load(path, { classes: [MyStage] }).',
      })
    }
    return found
  }
}
