import { partitionSeeds } from './samplers.js'
import type { Seed } from './seed.js'
import { XORShiftRandom } from './xorshift.js'

/** Numbers of the folds of rows; of more folds than a byte tells they take four. */
type Numbers = Uint8Array | Uint32Array

/** What was drawn for one partition so far. */
interface Drawn {
  readonly random: XORShiftRandom
  numbers: Numbers
  length: number
}

/**
 * The fold of each row, as Spark's `MLUtils.kFold` draws it: a number a row, in the order of the rows of a partition, and folds whose
 * borders are computed in 32 bits. Every fold is made of the same draws, so they are drawn once, when the first fold is read, and kept.
 */
export class FoldNumbers {
  readonly #seed: Seed
  /** Where each fold ends. */
  readonly #ends: readonly number[]
  #partitions: Drawn[] = []

  constructor(folds: number, seed: Seed) {
    this.#seed = seed
    this.#ends = Array.from({ length: folds }, (_, fold) => Math.fround((fold + 1) / folds))
  }

  /**
   * Numbers of the folds of rows `start .. end)` of a partition.
   * @param partitions number of partitions, the same in all calls.
   */
  of(partition: number, partitions: number, start: number, end: number): Numbers {
    if (this.#partitions.length === 0) {
      this.#partitions = partitionSeeds(this.#seed, partitions).map((seed) => ({
        random: new XORShiftRandom(seed),
        numbers: new Uint8Array(0),
        length: 0,
      }))
    }
    const drawn = this.#partitions[partition]
    if (drawn.length < end) this.#draw(drawn, end)
    return drawn.numbers.subarray(start, end)
  }

  #draw(drawn: Drawn, end: number): void {
    if (drawn.numbers.length < end) {
      const capacity = Math.max(end, 2 * drawn.numbers.length)
      const larger = this.#ends.length > 256 ? new Uint32Array(capacity) : new Uint8Array(capacity)
      larger.set(drawn.numbers.subarray(0, drawn.length))
      drawn.numbers = larger
    }
    const { random, numbers, length } = drawn
    const draws = random.nextDoubles(new Float64Array(end - length))
    for (let i = 0; i < draws.length; i++) {
      let fold = 0
      while (draws[i] >= this.#ends[fold]) fold++
      numbers[length + i] = fold
    }
    drawn.length = end
  }
}
