import { PoissonDistribution } from '../../util/random/poisson.js'
import { partitionSeeds } from '../../util/random/samplers.js'
import { plusSeed } from '../../util/random/seed.js'
import { XORShiftRandom } from '../../util/random/xorshift.js'
import type { Batch, ColumnData } from '../batch.js'
import { columnReader } from '../column-reader.js'
import type { Draw, Sampling } from '../plan.js'
import { fieldIndex, type StructType } from '../types.js'

/** The next rows of a column that is drawn. */
export type Drawer = (length: number) => ColumnData

/** Spark's `rand`, `randn`, `monotonically_increasing_id` or `spark_partition_id` over the rows of one partition, in row order. */
export function drawerFor({ kind, seed }: Draw, partition: number): Drawer {
  if (kind === 'partition') return (n) => ({ kind: 'i32', data: new Int32Array(n).fill(partition), valid: null })
  if (kind === 'id') {
    let next = BigInt(partition) << 33n
    return (n) => ({ kind: 'i64', data: BigInt64Array.from({ length: n }, () => next++), valid: null })
  }
  const random = new XORShiftRandom(plusSeed(seed, partition))
  const draw = kind === 'rand' ? () => random.nextDouble() : () => random.nextGaussian()
  return (n) => ({ kind: 'f64', data: Float64Array.from({ length: n }, draw), valid: null })
}

/** How often the next row of a partition, with this number in its batch, is taken. */
export type Sampler = (row: number) => number

/**
 * Spark's sampler for the rows of one partition, one call a row in row order, so that rows can stream.
 * @returns a function that gives the sampler of the next batch.
 * @param partitions number of partitions of the frame; `kFold` and sampling with replacement seed them one after the other.
 */
export function samplerFor(
  sampling: Sampling,
  seed: bigint,
  partition: number,
  partitions: number,
  schema: StructType,
): (batch: Batch) => Sampler {
  if (sampling.kind !== 'stratum') {
    const sampler = plainSampler(sampling, seed, partition, partitions)
    return () => sampler
  }
  const random = new XORShiftRandom(plusSeed(seed, partition))
  const index = fieldIndex(schema, sampling.column)
  return (batch) => {
    const read = columnReader(batch.columns[index], schema.fields[index].dataType)
    return (row) => {
      const x = random.nextDouble()
      return x < (sampling.fractions.get(read(row)) ?? 0) ? 1 : 0
    }
  }
}

function plainSampler(
  sampling: Exclude<Sampling, { kind: 'stratum' }>,
  seed: bigint,
  partition: number,
  partitions: number,
): Sampler {
  switch (sampling.kind) {
    case 'cell':
      return cellSampler(new XORShiftRandom(plusSeed(seed, partition)), sampling.lower, sampling.upper, false)
    case 'fold': {
      const random = new XORShiftRandom(partitionSeeds(seed, partitions)[partition])
      return cellSampler(random, sampling.lower, sampling.upper, sampling.complement)
    }
    case 'poisson': {
      if (sampling.fraction <= 0) return () => 0
      const poisson = new PoissonDistribution(sampling.fraction, partitionSeeds(seed, partitions)[partition])
      return () => poisson.sample()
    }
  }
}

function cellSampler(random: XORShiftRandom, lower: number, upper: number, complement: boolean): Sampler {
  const inside = complement ? 0 : 1
  return () => {
    const x = random.nextDouble()
    return x >= lower && x < upper ? inside : 1 - inside
  }
}
