import { ParamError } from '../errors.js'
import { shortText } from '../util/names.js'
import { FoldNumbers } from '../util/random/fold-numbers.js'
import { splitBorders } from '../util/random/samplers.js'
import { type Seed, seedBigInt } from '../util/random/seed.js'
import { SharedResult } from '../util/shared-result.js'
import { requireTexts } from './arguments.js'
import type { Expression } from './expression/nodes.js'
import { indexOfName } from './names.js'
import type { Plan, Sampling } from './plan.js'
import { wholeNumber } from './planner.js'
import { isOrderable } from './types.js'

const draw = (input: Plan, sampling: Sampling, seed: Seed): Plan => ({
  kind: 'sample',
  schema: input.schema,
  input,
  sampling,
  seed: seedBigInt(seed),
})

/** Whether the rows are made of rows in memory and are no more than those, joins aside. */
function startsInMemory(plan: Plan): boolean {
  switch (plan.kind) {
    case 'localScan':
    case 'streamScan':
      return true
    case 'fileScan':
    case 'join':
    case 'setOperation':
      return false
    case 'union':
      return startsInMemory(plan.left) && startsInMemory(plan.right)
    default:
      return startsInMemory(plan.input)
  }
}

/** A plan whose partitions are sorted by every column that has an order, as `randomSplit` wants it. */
function sortedByAll(plan: Plan): Plan {
  const order = plan.schema.fields.flatMap(({ name, dataType }): Expression[] =>
    isOrderable(dataType)
      ? [{ kind: 'sort', child: { kind: 'attribute', name }, ascending: true, nullsFirst: true }]
      : [],
  )
  const sorted: Plan =
    order.length > 0 ? { kind: 'sort', schema: plan.schema, input: plan, order, global: false } : plan
  // Rows that memory held before are sorted once for all parts; Spark caches, too, when there is nothing to sort by.
  return startsInMemory(plan) || order.length === 0
    ? { kind: 'cache', schema: plan.schema, input: sorted, slot: new SharedResult() }
    : sorted
}

/**
 * `Dataset.sample`: each row with probability `fraction`, or, with replacement, a Poisson number of times.
 * @throws ParamError when the fraction is out of range.
 */
export function sample(input: Plan, withReplacement: boolean, fraction: number, seed: Seed): Plan {
  const max = withReplacement ? Number.MAX_VALUE : 1
  if (!(fraction >= 0 && fraction <= max)) {
    throw new ParamError(`fraction is ${shortText(fraction)}`, {
      stage: 'sample',
      param: 'fraction',
      allowed: withReplacement ? 'Allowed: 0 or more' : 'Allowed: 0 to 1',
      received: shortText(fraction),
    })
  }
  return draw(
    input,
    withReplacement ? { kind: 'poisson', fraction } : { kind: 'cell', lower: 0, upper: fraction },
    seed,
  )
}

/** Shares of rows by the value of a column. A record does for texts; numbers and booleans need a Map. */
export type StratumFractions = ReadonlyMap<unknown, number> | Readonly<Record<string, number>>

/**
 * `stat.sampleBy`: each row with the probability that its value in a column has; values that are not named have none.
 * @throws SchemaError for an unknown column; ParamError for a share that is out of range.
 */
export function sampleBy(input: Plan, column: string, fractions: StratumFractions, seed: Seed): Plan {
  const stage = 'sampleBy'
  requireTexts([column], stage, 'column')
  const { name } = input.schema.fields[indexOfName(input.schema, column, stage)]
  const shares = new Map<unknown, number>(fractions instanceof Map ? fractions : Object.entries(fractions))
  for (const [value, fraction] of shares) {
    if (fraction >= 0 && fraction <= 1) continue
    throw new ParamError(`the fraction of ${shortText(value)} is ${shortText(fraction)}`, {
      stage,
      param: 'fractions',
      allowed: 'Allowed: 0 to 1',
      received: shortText(fraction),
    })
  }
  return draw(input, { kind: 'stratum', column: name, fractions: shares }, seed)
}

/**
 * `Dataset.randomSplit`: parts that are disjoint and complete. Each partition is sorted by all columns first, so that the
 * parts depend on the rows and on the order of the columns, not on the order of the rows within a partition.
 * @throws ParamError when a weight is negative or all are zero.
 */
export function randomSplit(input: Plan, weights: readonly number[], seed: Seed): Plan[] {
  const borders = splitBorders(weights)
  const sorted = sortedByAll(input)
  return weights.map((_, i) => draw(sorted, { kind: 'cell', lower: borders[i], upper: borders[i + 1] }, seed))
}

/** `MLUtils.kFold`: pairs of training and validation rows. */
export function kFold(input: Plan, folds: number, seed: Seed): [training: Plan, validation: Plan][] {
  wholeNumber(folds, 2, 'kFold', 'numFolds')
  const numbers = new FoldNumbers(folds, seed)
  return Array.from({ length: folds }, (_, fold) => {
    const part = (complement: boolean): Plan => draw(input, { kind: 'fold', fold, numbers, complement }, seed)
    return [part(true), part(false)]
  })
}
