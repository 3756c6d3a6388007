import { ParamError } from '../../errors.js'
import { shortText } from '../names.js'
import type { RandomSource } from './bits-random.js'
import type { Seed } from './seed.js'
import { Well19937c } from './well19937c.js'

const MAX_INT = 0x7fffffff

/** From this mean on, the rejection method takes over from the product of uniforms. */
const PIVOT = 40

/** Entry i is the sum of ln(2)^k / k! for k from 1 to i + 1; after 16 terms it is 1 to the last bit. */
function exponentialTable(): number[] {
  const table: number[] = []
  let factorial = 1
  let sum = 0
  for (let k = 1; k <= 16; k++) {
    factorial *= k
    sum += Math.LN2 ** k / factorial
    table.push(sum)
  }
  return table
}

/**
 * Draws from the Poisson distribution exactly as `org.apache.commons.math3.distribution.PoissonDistribution` after
 * `reseedRandomGenerator(seed)`: Spark's bootstrap weights and its sampling with replacement.
 *
 * Sources: for means below 40 the product of uniforms (Knuth, TAOCP vol. 2, 3.4.1); from 40 on L. Devroye, "The computer
 * generation of Poisson random variables", Computing 26 (1981), https://doi.org/10.1007/BF02243478, with the exponential
 * draws of J. H. Ahrens, U. Dieter, CACM 15 (1972), algorithm SA, https://doi.org/10.1145/361604.361607. Logarithms and
 * exponentials are JavaScript's; they can differ from commons-math's in the last digit, which no draw of the tests feels.
 * The first draws of `new PoissonDistribution(1, 42)` are 0 and 2.
 *
 * @throws ParamError (constructor) when the mean is not a finite number above 0, or the seed is not a 64-bit integer.
 */
export class PoissonDistribution {
  private readonly draw: () => number

  constructor(mean: number, seed: Seed) {
    if (!(mean > 0 && mean < Number.POSITIVE_INFINITY)) {
      throw new ParamError(`mean is ${shortText(mean)}`, {
        stage: 'PoissonDistribution',
        param: 'mean',
        allowed: 'Allowed: a finite number above 0',
        received: shortText(mean),
      })
    }
    this.draw = sampler(mean, new Well19937c(seed))
  }

  /** The next draw, an integer from 0 to 2^31 - 1. */
  sample(): number {
    return Math.min(this.draw(), MAX_INT)
  }
}

function sampler(mean: number, random: RandomSource): () => number {
  return mean < PIVOT ? productSampler(mean, random) : rejectionSampler(mean, random)
}

function productSampler(mean: number, random: RandomSource): () => number {
  const floor = Math.exp(-mean)
  const limit = 1000 * mean
  return () => {
    let product = 1
    for (let count = 0; count < limit; count++) {
      product *= random.nextDouble()
      if (product < floor) return count
    }
    return Math.ceil(limit)
  }
}

/** The names are the paper's; y is the distance from the whole part of the mean, v the logarithm of a uniform under the hat. */
function rejectionSampler(mean: number, random: RandomSource): () => number {
  const lambda = Math.floor(mean)
  const fraction = mean - lambda
  const sampleFraction = fraction > 0 ? productSampler(fraction, random) : () => 0
  const exponential = exponentialSampler(random)
  const logFactorial = logFactorials()
  const logLambda = Math.log(lambda)
  const logLambdaFactorial = logFactorial(lambda)
  const delta = Math.sqrt(lambda * Math.log((32 * lambda) / Math.PI + 1))
  const twice = 2 * lambda + delta
  const c1 = 1 / (8 * lambda)
  const normalMass = Math.sqrt(Math.PI * twice) * Math.exp(c1)
  const tailMass = (twice / delta) * Math.exp((-delta * (1 + delta)) / twice)
  const mass = normalMass + tailMass + 1
  const p1 = normalMass / mass
  const p2 = tailMass / mass

  const drawWhole = (): number => {
    for (;;) {
      const u = random.nextDouble()
      let x: number
      let y: number
      let v: number
      if (u <= p1) {
        const n = random.nextGaussian()
        x = n * Math.sqrt(lambda + delta / 2) - 0.5
        if (x > delta || x < -lambda) continue
        y = x < 0 ? Math.floor(x) : Math.ceil(x)
        v = -exponential() - (n * n) / 2 + c1
      } else if (u > p1 + p2) {
        return lambda
      } else {
        x = delta + (twice / delta) * exponential()
        y = Math.ceil(x)
        v = -exponential() - (delta * (x + 1)) / twice
      }
      const below = x < 0 ? 1 : 0
      const t = (y * (y + 1)) / (2 * lambda)
      if (v < -t && below === 0) return lambda + y
      const qr = t * ((2 * y + 1) / (6 * lambda) - 1)
      const qa = qr - (t * t) / (3 * (lambda + below * (y + 1)))
      if (v < qa) return lambda + y
      if (v > qr) continue
      if (v < y * logLambda - logFactorial(y + lambda) + logLambdaFactorial) return lambda + y
    }
  }
  return () => {
    const extra = sampleFraction()
    return extra + drawWhole()
  }
}

function exponentialSampler(random: RandomSource): () => number {
  const table = exponentialTable()
  return () => {
    let whole = 0
    let u = random.nextDouble()
    while (u < 0.5) {
      whole += table[0]
      u *= 2
    }
    u += u - 1
    if (u <= table[0]) return whole + u
    let smallest = random.nextDouble()
    let i = 0
    do {
      i++
      smallest = Math.min(smallest, random.nextDouble())
    } while (i < table.length - 1 && u > table[i])
    return whole + smallest * table[0]
  }
}

/** ln(n!) by summing logarithms; the sums are kept, since a sampler asks for neighbours of its mean again and again. */
function logFactorials(): (n: number) => number {
  const sums = [0, 0]
  return (n) => {
    for (let i = sums.length; i <= n; i++) sums.push(sums[i - 1] + Math.log(i))
    return sums[n]
  }
}
