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
  const draw = (data: Float64Array): Float64Array =>
    kind === 'rand' ? random.nextDoubles(data) : data.map(() => random.nextGaussian())
  return (n) => ({ kind: 'f64', data: draw(new Float64Array(n)), valid: null })
}

/** Rows of the next batch of a partition that are taken, in order, some of them several times. */
export type Sampler = (batch: Batch) => Int32Array

/**
 * Spark's sampler for the rows of one partition: one draw a row in row order, so that rows can stream.
 * @param partitions number of partitions of the frame; `kFold` and sampling with replacement seed them one after the other.
 */
export function samplerFor(
  sampling: Sampling,
  seed: bigint,
  partition: number,
  partitions: number,
  schema: StructType,
): Sampler {
  switch (sampling.kind) {
    case 'cell':
      return cellSampler(new XORShiftRandom(plusSeed(seed, partition)), sampling.lower, sampling.upper)
    case 'fold':
      return foldSampler(sampling, partition, partitions)
    case 'poisson': {
      if (sampling.fraction <= 0) return () => new Int32Array(0)
      const poisson = new PoissonDistribution(sampling.fraction, partitionSeeds(seed, partitions)[partition])
      return ({ length }) => repeatedRows(() => poisson.sample(), length)
    }
    case 'stratum': {
      const random = new XORShiftRandom(plusSeed(seed, partition))
      const index = fieldIndex(schema, sampling.column)
      return ({ columns, length }) => {
        const read = columnReader(columns[index], schema.fields[index].dataType)
        return repeatedRows((row) => (random.nextDouble() < (sampling.fractions.get(read(row)) ?? 0) ? 1 : 0), length)
      }
    }
  }
}

function cellSampler(random: XORShiftRandom, lower: number, upper: number): Sampler {
  return ({ length }) => {
    const draws = random.nextDoubles(new Float64Array(length))
    const rows = new Int32Array(length)
    let taken = 0
    for (let row = 0; row < length; row++) {
      rows[taken] = row
      taken += Number(draws[row] >= lower && draws[row] < upper)
    }
    return rows.subarray(0, taken)
  }
}

function foldSampler(
  { fold, numbers, complement }: Extract<Sampling, { kind: 'fold' }>,
  partition: number,
  partitions: number,
): Sampler {
  let start = 0
  return ({ length }) => {
    const folds = numbers.of(partition, partitions, start, start + length)
    start += length
    const rows = new Int32Array(length)
    let taken = 0
    for (let row = 0; row < length; row++) {
      // Without a branch, which would be foretold wrongly for every third row.
      rows[taken] = row
      taken += Number((folds[row] === fold) !== complement)
    }
    return rows.subarray(0, taken)
  }
}

/** @param times how often the next row, with this number, is taken. */
function repeatedRows(times: (row: number) => number, length: number): Int32Array {
  let rows = new Int32Array(length)
  let taken = 0
  for (let row = 0; row < length; row++) {
    for (let more = times(row); more > 0; more--) {
      if (taken === rows.length) {
        const larger = new Int32Array(2 * taken)
        larger.set(rows)
        rows = larger
      }
      rows[taken++] = row
    }
  }
  return rows.subarray(0, taken)
}
