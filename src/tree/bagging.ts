import { PoissonDistribution } from '../util/random/poisson.js'
import { plusSeed, type Seed } from '../util/random/seed.js'
import { XORShiftRandom } from '../util/random/xorshift.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { TreeStrategy } from './strategy.js'
import type { TreeRows } from './tree-rows.js'

/** Rows drawn between two looks at the clock. */
const STEP = 1024

/**
 * How often each row is in the bag of each tree (Spark's `BaggedPoint`): with replacement a Poisson draw of mean
 * `subsamplingRate`, without it a row is in with that probability. Each partition has its own generator, which draws for the
 * trees in turn, row by row.
 *
 * @returns for each tree the count of each row; null: every row once in every bag.
 */
export async function drawBags(
  { numRows, partitions, partitionStarts }: TreeRows,
  { bootstrap, subsamplingRate }: TreeStrategy,
  numTrees: number,
  seed: Seed,
  turns: TurnTaker,
): Promise<Uint8Array[] | null> {
  if (!bootstrap && subsamplingRate === 1) return null
  const bags = Array.from({ length: numTrees }, () => new Uint8Array(numRows))
  for (const [p, partition] of partitions.entries()) {
    const draw = drawer(bootstrap, subsamplingRate, plusSeed(seed, partition + 1))
    for (let row = partitionStarts[p]; row < partitionStarts[p + 1]; row++) {
      for (const bag of bags) bag[row] = draw()
      if (row % STEP === 0 && turns.due()) await turns.take()
    }
  }
  return bags
}

/** Counts stay far below 256: the mean is at most 1. */
function drawer(bootstrap: boolean, rate: number, seed: Seed): () => number {
  if (bootstrap) {
    const poisson = new PoissonDistribution(rate, seed)
    return () => poisson.sample()
  }
  const random = new XORShiftRandom(seed)
  return () => (random.nextDouble() < rate ? 1 : 0)
}
