import { ParamMap } from '../../src/param/param.js'
import { Params } from '../../src/param/params.js'
import type { Persistable, PersistableClass } from '../../src/persistence/persistable.js'
import { differences, type Nearness, plain, type Recorded } from './compare.js'

/** Values of a kind that holds stages, each with its place. */
function stagesIn(value: unknown, path: string): [path: string, stage: Persistable][] {
  if (value instanceof Params) return [[path, value as Persistable]]
  if (Array.isArray(value)) return value.flatMap((item, i) => stagesIn(item, `${path}[${i}]`))
  return []
}

/** A value without its stages, which are compared on their own: they become their uid. */
function withoutStages(value: unknown): unknown {
  if (value instanceof Params) return value.uid
  if (value instanceof ParamMap) {
    return value.toArray().map(({ param, value: set }) => [param.toString(), plain(set)])
  }
  return Array.isArray(value) ? value.map(withoutStages) : plain(value)
}

function valueDifferences(path: string, actual: unknown, expected: unknown, nearness: Nearness): string[] {
  if ((actual === undefined) !== (expected === undefined)) {
    return [`${path}: ${actual === undefined ? 'is missing' : 'should not be there'}`]
  }
  const [ours, theirs] = [stagesIn(actual, path), stagesIn(expected, path)]
  const own = differences(path, withoutStages(actual), withoutStages(expected) as Recorded, nearness)
  if (own.length > 0) return own
  return ours.flatMap(([place, stage], i) => stageDifferences(stage, theirs[i][1], nearness, `${place}.`))
}

const EXACT: Nearness = { tolerance: 0, scale: 0 }

/**
 * Differences between two stages in everything that their tables declare: class, uid, set values, defaults, fitted state,
 * and the same of the stages inside. None: the stages are equal.
 */
export function stageDifferences(actual: Persistable, expected: Persistable, nearness = EXACT, path = ''): string[] {
  const declared = expected.constructor as unknown as PersistableClass
  if (actual.constructor !== expected.constructor) {
    return [`${path}class: ${actual.constructor.name}, expected ${expected.constructor.name}`]
  }
  const [ours, theirs] = [actual, expected].map((stage) => stage as unknown as Record<string, unknown>)
  const group = (name: string, a: Readonly<Record<string, unknown>>, e: Readonly<Record<string, unknown>>): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(e)])].flatMap((key) =>
      valueDifferences(`${path}${name}.${key}`, a[key], e[key], nearness),
    )
  return [
    ...(actual.uid === expected.uid ? [] : [`${path}uid: ${actual.uid}, expected ${expected.uid}`]),
    ...group('set', actual.explicitValues(), expected.explicitValues()),
    ...group('default', actual.defaultValues(), expected.defaultValues()),
    ...Object.keys(declared.state).flatMap((key) =>
      valueDifferences(`${path}state.${key}`, ours[key], theirs[key], nearness),
    ),
  ]
}
