import { PersistenceError } from '../errors.js'
import { shortClassName } from '../param/params.js'
import { knownNames, shortText } from '../util/names.js'
import type { PersistableClass } from './persistable.js'

/** Finds the class of a saved stage by its Spark class name. @throws PersistenceError when nobody knows it. */
export type ClassLookup = (sparkClass: string) => Promise<PersistableClass>

/**
 * Lookup over every class of the library and over the user's own ones. The registry sees all folders, so it is imported
 * when something is loaded, not before: this is the one import that points up (docs/adr/0002-registry-import.md).
 */
export function classLookup(own: readonly PersistableClass[] = []): ClassLookup {
  const given = new Map(own.map((stageClass) => [stageClass.sparkClass, stageClass]))
  return async (sparkClass) => {
    const { classNames, importClass } = await import('../registry.js')
    const found = given.get(sparkClass) ?? (await importClass(shortClassName(sparkClass)))
    if (found?.sparkClass === sparkClass) return found
    throw new PersistenceError(`class ${shortText(sparkClass, 200)} is not known`, {
      received: shortText(sparkClass, 200),
      allowed: knownNames('classes', shortClassName(sparkClass), [...classNames, ...given.keys()], 8),
      hint: 'Pass your own stage classes: load(path, { classes: [MyStage] }).',
    })
  }
}
