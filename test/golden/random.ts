import type { DataFrame } from '../../src/sql/dataframe.js'
import { array_to_vector, vector_to_array } from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'
import {
  murmur3String,
  sparkHashDouble,
  sparkHashFloat,
  sparkHashInt,
  sparkHashLong,
  sparkHashString,
} from '../../src/util/murmur3.js'
import type { RandomSource } from '../../src/util/random/bits-random.js'
import { reservoirSample, takeSample } from '../../src/util/random/fixed-size.js'
import { JavaRandom } from '../../src/util/random/java-random.js'
import { PoissonDistribution } from '../../src/util/random/poisson.js'
import { bernoulliSample, poissonSample, sampledRows } from '../../src/util/random/samplers.js'
import { defaultSeed } from '../../src/util/random/seed.js'
import { Well19937c } from '../../src/util/random/well19937c.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { intKeyOrder } from '../../src/util/scala-map-order.js'
import { differences, plain, type Recorded, type RecordedObject } from '../helpers/compare.js'
import { MissingClass } from './classes.js'
import { decodeLong, decodeNumber } from './decode.js'
import type { Frames } from './frames.js'
import { strict } from './tolerances.js'

/** How recorded random machinery is repeated: differences from what Spark drew. Draws must be equal bit for bit. */
type Adapter = (recorded: RecordedObject, frames: Frames) => Promise<string[]>

const EXACT = { tolerance: 0, scale: 0 }
/** A gaussian takes a logarithm: fdlibm's in Java, not always rounded alike. */
const LAST_PLACE = { tolerance: 4e-16, scale: 0 }

const casesOf = (recorded: RecordedObject): RecordedObject[] => recorded.cases as RecordedObject[]
const idName = (frame: DataFrame): string => (frame.columns.includes('rideId') ? 'rideId' : 'id')
async function ids(frame: DataFrame): Promise<unknown[]> {
  const id = idName(frame)
  return (await frame.select(id).collect()).map((row) => plain(row[id]))
}
/** What was asked, without the answer. */
const titleOf = ({ splits: _s, validation: _v, ids: _i, sample: _a, rand: _r, randn: _n, ...what }: RecordedObject) =>
  JSON.stringify(what)
const inputOf = (c: RecordedObject, dataset = 'ids100') => ({
  dataset: String(c.dataset ?? dataset),
  partitions: c.partitions as number,
})
const seedOf = (c: RecordedObject) => decodeLong(c.seed)

/** Runs `answer` for every recorded case and compares it with the field `name`. */
const eachCase =
  (
    name: string,
    answer: (c: RecordedObject, frames: Frames, all: RecordedObject) => Promise<unknown> | unknown,
  ): Adapter =>
  async (recorded, frames) => {
    const found: string[] = []
    for (const c of casesOf(recorded)) {
      found.push(...differences(titleOf(c), plain(await answer(c, frames, recorded)), c[name], EXACT))
    }
    return found
  }

/** Lengths of the slices that `parallelize` cuts. */
const sliceLengths = (rows: number, partitions: number): number[] =>
  Array.from(
    { length: partitions },
    (_, p) => Math.floor(((p + 1) * rows) / partitions) - Math.floor((p * rows) / partitions),
  )

function rddSample(c: RecordedObject, frames: Frames, all: RecordedObject): unknown {
  const { rows } = frames.dataset(String(all.dataset))
  const lengths = sliceLengths(rows.length, c.partitions as number)
  const seed = seedOf(c)
  if (c.what === 'RDD.takeSample') {
    const taken = takeSample(lengths, c.withReplacement as boolean, c.num as number, seed)
    return Array.from(taken, (row) => rows[row].id)
  }
  const fraction = c.fraction as number
  let start = 0
  return lengths.flatMap((length, p) => {
    const first = start
    start += length
    const counts = c.withReplacement
      ? poissonSample(length, p, fraction, seed, { gaps: true })
      : bernoulliSample(length, p, fraction, seed)
    return Array.from(sampledRows(counts), (row) => rows[first + row].id)
  })
}

const generators: Readonly<Record<string, (seed: number | bigint) => RandomSource>> = {
  XORShiftRandom: (seed) => new XORShiftRandom(seed),
  'java.util.Random': (seed) => new JavaRandom(seed),
}

/** Repeats recorded calls: `nextInt(10)` -> draws. Each list was drawn from a fresh generator. */
function drawDifferences(at: string, make: () => RandomSource, recorded: RecordedObject): string[] {
  return Object.entries(recorded).flatMap(([call, draws]) => {
    const [, method, bound] = /^(\w+)(?:\((\d+)\))?$/.exec(call) as RegExpExecArray
    const source = make()
    const draw = (): unknown => {
      const value =
        method === 'nextInt' && bound ? source.nextInt(Number(bound)) : source[method as keyof RandomSource]()
      return typeof value === 'bigint' ? String(value) : value
    }
    const wanted = (draws as Recorded[]).map((value) => (method === 'nextLong' ? String(value) : value))
    // Floats were recorded by their shortest decimals.
    const expected = method === 'nextFloat' ? wanted.map((value) => Math.fround(value as number)) : wanted
    const nearness = method === 'nextGaussian' ? LAST_PLACE : EXACT
    return differences(`${at}.${call}`, wanted.map(draw), expected, nearness)
  })
}

async function generatorDifferences(recorded: RecordedObject): Promise<string[]> {
  return Object.entries(recorded).flatMap(([text, value]) => {
    const seed = decodeLong(text)
    return Object.entries(value as RecordedObject).flatMap(([name, draws]) => {
      const at = `seed ${text} ${name}`
      if (name in generators) return drawDifferences(at, () => generators[name](seed), draws as RecordedObject)
      const mean = /^PoissonDistribution\((.*)\)$/.exec(name)?.[1]
      if (mean !== undefined) {
        const poisson = new PoissonDistribution(Number(mean), seed)
        return differences(
          at,
          (draws as Recorded[]).map(() => poisson.sample()),
          draws,
          EXACT,
        )
      }
      // A seed that fits an int went through another constructor than Spark's.
      const fitsInt = BigInt.asIntN(32, BigInt(seed)) === BigInt(seed)
      if (name === 'Well19937c' && !fitsInt)
        return drawDifferences(at, () => new Well19937c(seed), draws as RecordedObject)
      return []
    })
  })
}

const longHash = (value: number | bigint): number => {
  const bits = BigInt(value)
  return sparkHashLong(Number(BigInt.asIntN(32, bits >> 32n)), Number(BigInt.asIntN(32, bits)))
}
/** Spark SQL's hash() by the recorded type of the value. */
const hashOf: Readonly<Record<string, (value: Recorded) => number>> = {
  string: (value) => sparkHashString(value as string),
  int: (value) => sparkHashInt(value as number),
  long: (value) => longHash(decodeLong(value)),
  double: (value) => sparkHashDouble(decodeNumber(value)),
  float: (value) => sparkHashFloat(decodeNumber(value)),
  boolean: (value) => sparkHashInt(Number(value)),
}

async function hashDifferences(recorded: RecordedObject): Promise<string[]> {
  const found = Object.entries(hashOf).flatMap(([type, hash]) =>
    (recorded[type] as RecordedObject[])
      .filter(({ value }) => value !== null)
      .flatMap(({ value, murmur3_hash }) => differences(`hash(${type} ${value})`, hash(value), murmur3_hash, EXACT)),
  )
  const terms = recorded['HashingTF.indexOf'] as RecordedObject[]
  for (const { term, n, index } of terms) {
    const size = n as number
    const slot = ((murmur3String(String(term)) % size) + size) % size
    found.push(...differences(`slot of ${term} in ${size}`, slot, index, EXACT))
  }
  return found
}

/** Whether the share of values below each quantile is what was asked for, but for the relative error. */
async function areNear(quantiles: readonly number[], c: RecordedObject, frame: DataFrame): Promise<boolean> {
  const column = String(c.column)
  const values = (await frame.select(column).collect()).map((row) => row[column] as number).filter(Number.isFinite)
  const error = (c.relativeError as number) + 1 / values.length
  return (c.probabilities as number[]).every((probability, i) => {
    const below = values.filter((value) => value < quantiles[i]).length / values.length
    const upTo = values.filter((value) => value <= quantiles[i]).length / values.length
    return below <= probability + error && upTo >= probability - error
  })
}

const adapters: Readonly<Record<string, Adapter>> = {
  approxQuantile: async (recorded, frames) => {
    const all = casesOf(recorded)
    const quantiles = eachCase('quantiles', async (c) => {
      const frame = frames.frame(inputOf(c))
      const answer = await frame.approxQuantile(
        String(c.column),
        c.probabilities as number[],
        c.relativeError as number,
      )
      // Spark merges the sketches of three and more partitions in the order in which they are ready: elsewhere than in the
      // packed corpus, which was recorded in their order, both answers need only be as near as was asked for.
      const free = !strict && (c.partitions as number) > 2
      return free && (await areNear(answer, c, frame)) ? c.quantiles : answer
    })
    const found = await quantiles({ cases: all.filter((c) => 'quantiles' in c) }, frames)
    // The quantiles of SQL are exact here, whatever the accuracy that they are asked for.
    const exact = eachCase('percentile_approx_10000', async () => {
      const text = 'percentile_approx(exp, array(0.1D, 0.5D, 0.9D), 10000) AS q'
      const row = await frames.frame({ dataset: 'quant', partitions: 1 }).selectExpr(text).first()
      return row?.q
    })
    found.push(...(await exact({ cases: all.filter((c) => 'percentile_approx_10000' in c) }, frames)))
    return found
  },
  functions_vector_array: async (recorded, frames) => {
    const vectors = frames.frame({ dataset: 'vecs', partitions: 1 })
    const arrays = vectors.select('id', vector_to_array('v').alias('a'), vector_to_array('v', 'float32').alias('f'))
    const numbers = createDataFrame([
      { id: 1, a: [1, 0, 2] },
      { id: 2, a: [] },
    ])
    const made = numbers.select('id', array_to_vector('a').alias('v'))
    return [
      ...differences('to array', plain(await arrays.limit(6).collect()), recorded.vector_to_array, EXACT),
      ...differences('to vector', plain(await made.collect()), recorded.array_to_vector, EXACT),
    ]
  },
  default_seeds: eachCase('getSeed', (c) => defaultSeed(String(c.class))),
  generators: generatorDifferences,
  hashes: hashDifferences,
  kFold: eachCase('validation', async (c, frames) =>
    Promise.all(
      frames
        .frame(inputOf(c))
        .kFold(c.numFolds as number, seedOf(c))
        .map(([, validation]) => ids(validation)),
    ),
  ),
  randomSplit: eachCase('splits', async (c, frames) =>
    Promise.all(
      frames
        .frame(inputOf(c))
        .randomSplit(c.weights as number[], seedOf(c))
        .map(ids),
    ),
  ),
  randomSplit_column_order: eachCase('splits', async (c, frames) => {
    const frame = frames.frame(inputOf(c)).select(...(c.columns as string[]))
    return Promise.all(frame.randomSplit([0.5, 0.5], seedOf(c)).map(ids))
  }),
  rand_randn: eachCase('rand', (c, frames) => {
    const { rows } = frames.dataset(String(c.dataset))
    return sliceLengths(rows.length, c.partitions as number).flatMap((length, p) => {
      const random = new XORShiftRandom(BigInt(seedOf(c)) + BigInt(p))
      return Array.from({ length }, () => random.nextDouble())
    })
  }),
  rdd_sample_takeSample: eachCase('ids', rddSample),
  scala_int_map_order: eachCase('order', (c) => intKeyOrder(Array.from({ length: c.n as number }, (_, key) => key))),
  reservoirSample: eachCase('sample', (c) => Array.from(reservoirSample(c.n as number, c.k as number, seedOf(c)))),
  sample: (recorded, frames) =>
    eachCase('ids', async (c) => {
      const frame = frames.frame(inputOf(c, String(recorded.dataset)))
      return ids(
        c.sampleBy
          ? frame.stat.sampleBy('s', c.sampleBy as Record<string, number>, seedOf(c))
          : frame.sample(c.withReplacement as boolean, c.fraction as number, seedOf(c)),
      )
    })(recorded, frames),
}

/** Differences between recorded random machinery and ours. */
export async function randomDifferences(name: string, recorded: RecordedObject, frames: Frames): Promise<string[]> {
  const adapter = adapters[name]
  if (!adapter) throw new MissingClass(`random/${name}`)
  return adapter(recorded, frames)
}
