import { DataError } from '../errors.js'
import { balancedClasses } from '../optim/class-weights.js'
import { type InstanceBlock, Instances } from '../optim/instances.js'
import type { Params } from '../param/params.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { type BoolColumn, isValid, type VectorColumn } from '../sql/batch.js'
import { takeColumn } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { fieldOf } from '../sql/types.js'
import { ProgressReporter } from '../util/progress.js'
import { TurnTaker } from '../util/turn-taker.js'
import { categoricalArity } from './arity.js'
import { type Boosted, boost } from './boost.js'
import type { Loss } from './losses.js'
import { instanceColumnsOf } from './stage-columns.js'
import { strategyOf } from './strategy.js'

/** What `fit` of a boosted learner finds. */
export interface BoostedFit extends Boosted {
  readonly numFeatures: number
}

/** Checks labels and gives what is learned from: numbers, or classes as -1 and 1. @param firstRow number of the first one. */
export type ReadLabels = (labels: Float64Array, firstRow: number) => Float64Array

/**
 * Boosts trees on the rows of a frame.
 * @param stage has the parameters of boosting.
 * @throws DataError as `Instances` does, by `readLabels`, and when no rows are to be learned from, or none to validate.
 */
export async function fitBoosted(
  stage: Params,
  data: DataFrame,
  { signal, onProgress }: FitOptions,
  loss: Loss,
  readLabels: ReadLabels,
): Promise<BoostedFit> {
  const value = <T>(name: string): T => stage.getOrDefault(name) as T
  const indicator = stage.isDefined('validationIndicatorCol') ? value<string>('validationIndicatorCol') : ''
  const columns = { ...instanceColumnsOf(stage), extra: indicator }
  const rows = readBlocks(await new Instances(data, columns, signal).collect(), readLabels)
  const learned = indicator === '' ? rows : rowsWhere(rows, false, stage, indicator)
  const judged = indicator === '' ? null : rowsWhere(rows, true, stage, indicator)
  const balanced = stage.hasParam('classWeight') && value('classWeight') === 'balanced'
  const training = balanced ? balancedClasses(learned) : learned
  const validation = judged && balanced ? balancedClasses(judged, learned) : judged
  const numFeatures = rows[0].features.size
  const arity = categoricalArity(fieldOf(data.schema, columns.features), numFeatures, stage.uid)
  const maxIter = value<number>('maxIter')
  const progress = new ProgressReporter(stage.uid, maxIter, onProgress)
  const boosted = await boost(
    { training, validation, arity },
    {
      tree: strategyOf(stage, { impurity: 'variance', numClasses: 0 }),
      loss,
      maxIter,
      stepSize: value('stepSize'),
      validationTol: value('validationTol'),
      patience: stage.isSet('patience') ? value('patience') : 1,
    },
    {
      turns: new TurnTaker(signal),
      onIteration: (done, meanLoss) => {
        if (onProgress) progress.report(done, { loss: meanLoss() })
      },
    },
  )
  return { ...boosted, numFeatures }
}

function readBlocks(blocks: readonly InstanceBlock[], readLabels: ReadLabels): InstanceBlock[] {
  let firstRow = 0
  return blocks.map((block) => {
    const labels = readLabels(block.labels, firstRow)
    firstRow += block.length
    return { ...block, labels }
  })
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
