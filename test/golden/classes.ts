import { ParamMap } from '../../src/param/param.js'
import { shortClassName } from '../../src/param/params.js'
import { nestedStages } from '../../src/persistence/nested.js'
import type { Persistable, PersistableClass } from '../../src/persistence/persistable.js'
import type { Recorded, RecordedObject } from '../helpers/compare.js'
import { registry } from '../helpers/registry.js'
import { decodeParam } from './decode.js'

/** A recorded case needs a class, or an adapter, that does not exist. */
export class MissingClass extends Error {
  readonly className: string

  constructor(className: string) {
    super(`class ${className} is not in the registry`)
    this.className = className
  }
}

const byName = new Map(registry.map((stageClass) => [shortClassName(stageClass.sparkClass), stageClass]))

export const isRegistered = (className: string): boolean => byName.has(className)

export function classNamed(className: string): PersistableClass {
  const found = byName.get(className)
  if (!found) throw new MissingClass(className)
  return found
}

/** A recorded stage inside a parameter: its class and, where they were recorded, its parameters. */
interface RecordedStage {
  readonly class: string
  readonly uid?: string
  readonly params?: RecordedObject
}

/** One entry of a recorded grid; `parent` is the class of the stage that it belongs to. */
interface RecordedPair {
  readonly parent: string
  readonly name: string
  readonly value: Recorded
}

/** Makes a stage of recorded parameters; `uids` are given to the stages inside, in order. */
export function buildStage(
  className: string,
  params: RecordedObject,
  uid?: string,
  uids: readonly string[] = [],
): Persistable {
  const stageClass = classNamed(className)
  const inner = (value: Recorded, childUid?: string): Persistable => {
    const stage = value as unknown as RecordedStage
    return buildStage(stage.class, stage.params ?? {}, stage.uid ?? childUid)
  }
  const decode = (name: string, value: Recorded): unknown => {
    const kind = stageClass.params[name]?.kind
    if (kind === 'stage') return inner(value)
    if (kind === 'stageArray') return (value as Recorded[]).map((child, i) => inner(child, uids[i]))
    return kind === undefined ? value : decodeParam(kind, value)
  }
  const isGrid = (name: string): boolean => stageClass.params[name]?.kind === 'paramMaps'
  const plain = Object.entries(params).filter(([name]) => !isGrid(name))
  const stage = new stageClass(Object.fromEntries(plain.map(([name, value]) => [name, decode(name, value)])), uid)
  for (const [name, value] of Object.entries(params)) {
    if (isGrid(name)) stage.set(name, gridOver(stage, value as unknown as RecordedPair[][]))
  }
  return stage
}

/** Parameter maps over the stages inside a tuner. */
function gridOver(tuner: Persistable, maps: readonly (readonly RecordedPair[])[]): ParamMap[] {
  const stages = [...nestedStages(tuner)]
  const pair = ({ parent, name, value }: RecordedPair) => {
    const owner = stages.find((stage) => shortClassName(stage.definition.sparkClass) === parent)
    if (!owner) throw new Error(`the grid names ${parent}, which is not inside ${tuner.uid}`)
    return { param: owner.getParam(name), value: decodeParam(owner.getParam(name).row.kind, value) }
  }
  return maps.map((map) => new ParamMap(map.map(pair)))
}

/** Names of all classes that a recorded case needs, those of stages inside included. */
export function classesOf(className: string, params: RecordedObject = {}): string[] {
  const names = [className]
  for (const value of Object.values(params).flat()) {
    const child = value as unknown as RecordedStage | null
    if (typeof child === 'object' && child !== null && typeof child.class === 'string') {
      names.push(...classesOf(child.class, child.params))
    }
  }
  return names
}
