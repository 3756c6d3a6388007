import { RidgelineError } from '../../src/errors.js'
import type { BucketedRandomProjectionLSHModel } from '../../src/feature/bucketed-random-projection-lsh.js'
import type { MinHashLSHModel } from '../../src/feature/min-hash-lsh.js'
import type { Word2VecModel } from '../../src/feature/word2vec.js'
import { shortClassName } from '../../src/param/params.js'
import type { CategoryMaps } from '../../src/param/state.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { DataFrame } from '../../src/sql/dataframe.js'
import { javaDoubleText } from '../../src/util/java-text.js'
import { differences, plain, type Recorded, type RecordedObject } from '../helpers/compare.js'
import { conditioning, toleranceAt } from './tolerances.js'
import { encodeTrees } from './tree-nodes.js'

type Reader = (model: never) => unknown

/** Attributes that the generator reads in a way of its own, by class and name of the recording. */
const special: Readonly<Record<string, Reader>> = {
  'Bucketizer.splits': (model: { isSet(name: string): boolean; getSplits(): unknown; getSplitsArray(): unknown }) =>
    model.isSet('splits') ? model.getSplits() : model.getSplitsArray(),
  'OneVsRestModel.models': ({ models }: { models: readonly { coefficients: unknown; intercept: number }[] }) =>
    models.map(({ coefficients, intercept }) => ({ coefficients, intercept })),
  'LogisticRegressionModel.coefficients': (model: { isMultinomial: boolean; coefficients: unknown }) =>
    model.isMultinomial ? null : model.coefficients,
  'LogisticRegressionModel.intercept': (model: { isMultinomial: boolean; intercept: unknown }) =>
    model.isMultinomial ? null : model.intercept,
  'RFormulaModel.resolvedFormula': (model: { resolvedFormula: object }) => String(model.resolvedFormula),
  'TargetEncoderModel.stats': (model: Record<'categories' | 'counts' | 'targets', readonly (readonly number[])[]>) =>
    model.categories.map((categories, index) => ({
      index,
      categories,
      counts: model.counts[index],
      stats: model.targets[index],
    })),
  'Word2VecModel.vectors': (model: Word2VecModel) => model.getVectors().orderBy('word').collect(),
  'MinHashLSHModel.randCoefficients': ({ randCoefficients }: MinHashLSHModel) => [{ randCoefficients }],
  // As the columns of the saved file, which has one row.
  'BucketedRandomProjectionLSHModel.randMatrix': ({ randUnitVectors }: BucketedRandomProjectionLSHModel) => {
    const { numRows, numCols, colPtrs, rowIndices, values, isTransposed } = randUnitVectors
    return [{ randUnitVectors: { type: 1, numRows, numCols, colPtrs, rowIndices, values, isTransposed } }]
  },
  'VectorIndexerModel.categoryMaps': ({ categoryMaps }: { categoryMaps: CategoryMaps }) =>
    new Map(
      Array.from(categoryMaps, ([feature, indices]) => [
        feature,
        new Map(Array.from(indices, ([value, index]) => [javaDoubleText(value), index])),
      ]),
    ),
}

/** Attributes that the generator reads in the same way of every class that has them. */
const common: Readonly<Record<string, Reader>> = { tree: encodeTrees, ensemble: encodeTrees }

/** Classes whose instances name other classes in a pipeline: the type that pyspark prints. */
const typeName = (stage: Persistable): string => shortClassName(stage.definition.sparkClass)

const isObject = (value: unknown): value is RecordedObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isUnavailable = (value: Recorded): boolean => isObject(value) && 'unavailable' in value

/** What an object answers under a recorded name: a property, a method without arguments, or a getter of a parameter. */
async function read(owner: object, name: string): Promise<unknown> {
  const members = owner as Record<string, unknown>
  const getter = `get${name[0].toUpperCase()}${name.slice(1)}`
  const member = name in members ? members[name] : members[getter]
  if (member === undefined && !(name in members)) throw new Error(`there is no member "${name}"`)
  const value = await (typeof member === 'function' ? (member as () => unknown).call(owner) : member)
  return value instanceof DataFrame ? value.collect() : value
}

/** What a collinear problem leaves undetermined. */
const SOLUTION: ReadonlySet<string> = new Set([
  'coefficients',
  'intercept',
  'coefficientStandardErrors',
  'tValues',
  'pValues',
])

/**
 * Differences between the recorded attributes of a model (or of a summary) and ours.
 * @param rounding what rounding alone does to a solution of the recorded problem, see `conditioning`.
 */
export async function attributeDifferences(
  id: string,
  owner: object,
  recorded: RecordedObject,
  path: string,
  rounding = conditioning(isObject(recorded.summary) ? recorded.summary.coefficientStandardErrors : undefined),
): Promise<string[]> {
  const found: string[] = []
  for (const [name, expected] of Object.entries(recorded)) {
    found.push(...(await oneAttribute(id, owner, name, expected, `${path}.${name}`, rounding)))
  }
  return found
}

async function oneAttribute(
  id: string,
  owner: object,
  name: string,
  expected: Recorded,
  path: string,
  rounding: number,
): Promise<string[]> {
  if (name === 'summary') return summaryDifferences(id, owner, expected, path, rounding)
  if (name === 'stages') return stageDifferences(id, owner, expected as Recorded[], path)
  const className = 'definition' in owner ? typeName(owner as Persistable) : ''
  const reader = special[`${className}.${name}`] ?? common[name]
  try {
    const value = reader ? await reader(owner as never) : await read(owner, name)
    if (isUnavailable(expected)) return [`${path}: ${JSON.stringify(plain(value))}, expected an error`]
    const tolerance = Math.max(toleranceAt(id, path), SOLUTION.has(name) ? rounding : 0)
    return differences(path, plain(value), expected, { tolerance, scale: 0 })
  } catch (error) {
    return isUnavailable(expected) && error instanceof RidgelineError ? [] : [`${path}: ${String(error)}`]
  }
}

async function summaryDifferences(
  id: string,
  owner: object,
  expected: Recorded,
  path: string,
  rounding: number,
): Promise<string[]> {
  const { hasSummary, summary } = owner as { hasSummary?: unknown; summary?: object }
  if (expected === null) return hasSummary === true ? [`${path}: is there, expected none`] : []
  if (!summary) return [`${path}: is missing`]
  return attributeDifferences(id, summary, expected as RecordedObject, path, rounding)
}

async function stageDifferences(id: string, owner: object, expected: Recorded[], path: string): Promise<string[]> {
  const { stages } = owner as { stages: readonly Persistable[] }
  if (stages.length !== expected.length) return [`${path}: ${stages.length} stages, expected ${expected.length}`]
  const found: string[] = []
  for (const [i, recorded] of expected.entries()) {
    const { type, uid, attrs } = recorded as { type: string; uid: string; attrs: RecordedObject }
    const stage = stages[i]
    const at = `${path}[${i}]`
    if (typeName(stage) !== type) found.push(`${at}: is a ${typeName(stage)}, expected ${type}`)
    else if (stage.uid !== uid) found.push(`${at}: uid ${stage.uid}, expected ${uid}`)
    else found.push(...(await attributeDifferences(id, stage, attrs, at)))
  }
  return found
}
