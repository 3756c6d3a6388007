import { DataError } from '../errors.js'
import { balancedClasses } from '../optim/class-weights.js'
import { type InstanceBlock, Instances } from '../optim/instances.js'
import type { Params } from '../param/params.js'
import { type BoolColumn, isValid, type VectorColumn } from '../sql/batch.js'
import { takeColumn } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { fieldOf, type StructType } from '../sql/types.js'
import { TurnTaker } from '../util/turn-taker.js'
import { categoricalArity } from './arity.js'
import { type Boosted, type BoostingControl, type BoostingRows, boost } from './boost.js'
import type { Loss } from './losses.js'
import { instanceColumnsOf } from './stage-columns.js'
import { strategyOf } from './strategy.js'

/** All rows that a boosted learner is given, with its indicator of rows that validate, if there is one. */
export function readRows(stage: Params, data: DataFrame, signal?: AbortSignal): Promise<readonly InstanceBlock[]> {
  return new Instances(data, { ...instanceColumnsOf(stage), extra: indicatorOf(stage) }, signal).collect()
}

const indicatorOf = (stage: Params): string =>
  stage.isDefined('validationIndicatorCol') ? (stage.getOrDefault('validationIndicatorCol') as string) : ''

/**
 * The rows in parts: those to learn from, and those to validate with.
 * @param blocks rows as they were read, with labels as the loss takes them.
 * @throws DataError when either part is empty; SchemaError for a categorical feature of unknown size.
 */
export function boostingRows(stage: Params, schema: StructType, blocks: readonly InstanceBlock[]): BoostingRows {
  const indicator = indicatorOf(stage)
  const learned = indicator === '' ? blocks : rowsWhere(blocks, false, stage, indicator)
  const judged = indicator === '' ? null : rowsWhere(blocks, true, stage, indicator)
  const balanced = stage.hasParam('classWeight') && stage.getOrDefault('classWeight') === 'balanced'
  const field = fieldOf(schema, stage.getOrDefault('featuresCol') as string)
  return {
    training: balanced ? balancedClasses(learned) : learned,
    validation: judged && balanced ? balancedClasses(judged, learned) : judged,
    arity: categoricalArity(field, blocks[0].features.size, stage.uid),
  }
}

/** How a fit is watched and stopped. */
export interface BoostedFitControl extends Pick<BoostingControl, 'onIteration'> {
  readonly signal?: AbortSignal
}

/** Boosts trees by the parameters of a stage. */
export function fitBoosted(
  stage: Params,
  rows: BoostingRows,
  loss: Loss,
  { signal, onIteration }: BoostedFitControl,
): Promise<Boosted> {
  const value = <T>(name: string): T => stage.getOrDefault(name) as T
  const strategy = {
    tree: strategyOf(stage, { impurity: 'variance', numClasses: 0 }),
    loss,
    maxIter: value<number>('maxIter'),
    stepSize: value<number>('stepSize'),
    validationTol: value<number>('validationTol'),
    patience: stage.isSet('patience') ? value<number>('patience') : 1,
  }
  return boost(rows, strategy, { turns: new TurnTaker(signal), onIteration })
}

/** The rows whose indicator is `wanted`; rows without one are left out, as in Spark. */
function rowsWhere(
  blocks: readonly InstanceBlock[],
  wanted: boolean,
  { uid: stage }: Params,
  column: string,
): InstanceBlock[] {
  const kept = blocks.flatMap((block) => {
    const { data, valid } = block.extra as BoolColumn
    const rows = Int32Array.from(data.keys()).filter((row) => isValid(valid, row) && (data[row] !== 0) === wanted)
    return rows.length > 0 ? [blockOf(block, rows)] : []
  })
  if (kept.length > 0) return kept
  throw new DataError(`column "${column}" is ${wanted} in no row`, {
    stage,
    column,
    allowed: 'Allowed: rows with false, to learn from, and rows with true, to validate',
    received: `no row with ${wanted}`,
    hint: 'Correct the column, or clear validationIndicatorCol to learn from all rows.',
  })
}

function blockOf({ features, labels, weights, partition }: InstanceBlock, rows: Int32Array): InstanceBlock {
  return {
    length: rows.length,
    features: takeColumn(features, rows) as VectorColumn,
    labels: Float64Array.from(rows, (row) => labels[row]),
    weights: weights && Float64Array.from(rows, (row) => weights[row]),
    partition,
  }
}
