import { axpy, dot } from '../linalg/float-blas.js'
import { javaExp } from '../util/java-exp.js'
import type { ProgressReporter } from '../util/progress.js'
import { type Seed, seedBigInt } from '../util/random/seed.js'
import { XORShiftRandom } from '../util/random/xorshift.js'
import type { TurnTaker } from '../util/turn-taker.js'

/** Settings of Word2Vec's training, by Spark's names. */
export interface Word2VecSettings {
  readonly vectorSize: number
  readonly windowSize: number
  readonly maxIter: number
  readonly stepSize: number
  readonly numPartitions: number
  readonly seed: Seed
}

/** Where each word lies in a Huffman tree over the counts: the branches from the root on, and the inner nodes that they leave. */
export interface WordCodes {
  readonly codes: readonly Uint8Array[]
  readonly nodes: readonly Int32Array[]
}

/**
 * Huffman codes of words (of Word2Vec's hierarchical softmax): frequent words have short ones.
 * @param counts of the words, largest first.
 */
export function huffmanCodes(counts: readonly number[]): WordCodes {
  const n = counts.length
  const weights = new Float64Array(2 * n).fill(Number.POSITIVE_INFINITY)
  weights.set(counts)
  const parents = new Int32Array(2 * n)
  const branches = new Uint8Array(2 * n)
  // Both the words, from the last on, and the inner nodes, from the first on, come in order of their weights.
  let word = n - 1
  let inner = n
  const lightest = (): number => (word >= 0 && weights[word] < weights[inner] ? word-- : inner++)
  for (let node = n; node < 2 * n - 1; node++) {
    const first = lightest()
    const second = lightest()
    weights[node] = weights[first] + weights[second]
    parents[first] = node
    parents[second] = node
    branches[second] = 1
  }
  const root = 2 * n - 2
  const codes: Uint8Array[] = []
  const nodes: Int32Array[] = []
  for (let w = 0; w < n; w++) {
    const path: number[] = []
    for (let node = w; node !== root; node = parents[node]) path.push(node)
    path.reverse()
    codes.push(Uint8Array.from(path, (node) => branches[node]))
    nodes.push(Int32Array.from(path, (node) => parents[node] - n))
  }
  return { codes, nodes }
}

const TABLE_SIZE = 1000
const MAX_EXPONENT = 6
/** Cells of the table for a unit; an integer division of Spark makes it 83. */
const CELLS = Math.floor(TABLE_SIZE / MAX_EXPONENT) / 2
/** Words between two changes of the learning rate. */
const RATE_INTERVAL = 10_000
const LEAST_RATE = 0.0001

/** The logistic function from -6 to 6, as floats. */
function logisticTable(): Float32Array {
  return Float32Array.from({ length: TABLE_SIZE }, (_, i) => {
    const e = javaExp(((2 * i) / TABLE_SIZE - 1) * MAX_EXPONENT)
    return e / (e + 1)
  })
}

/** The two sides of the model: a vector a word, and one an inner node of the tree. */
interface Weights {
  readonly words: Float32Array
  readonly nodes: Float32Array
}

/**
 * Trains word vectors by skip-gram with hierarchical softmax, as Spark does: the same draws, the same order of updates, floats. Partitions of
 * sentences follow each other, each going on from the weights of the one before, as on one core in one process; then the vectors that
 * the partitions left behind are averaged.
 *
 * @param sentences numbers of words, by Spark's partitions of sentences.
 * @param trainWords how many words the corpus has of the vocabulary.
 * @returns the vectors, one word after the other.
 */
export async function trainWord2Vec(
  sentences: readonly (readonly Int32Array[])[],
  tree: WordCodes,
  trainWords: number,
  settings: Word2VecSettings,
  turns: TurnTaker,
  progress: ProgressReporter,
): Promise<Float32Array> {
  const { vectorSize, maxIter } = settings
  const size = tree.codes.length * vectorSize
  const start = new XORShiftRandom(settings.seed)
  const words = Float32Array.from({ length: size }, () => Math.fround(start.nextFloat() - 0.5) / vectorSize)
  const weights: Weights = { words, nodes: new Float32Array(size) }
  for (let iteration = 1; iteration <= maxIter; iteration++) {
    const before = (iteration - 1) * trainWords
    const average = sentences.length > 1 ? new Average(weights, vectorSize) : undefined
    let done = before
    for (const [p, part] of sentences.entries()) {
      const training = new PartitionTraining(weights, tree, trainWords, settings, iteration, p)
      for (const sentence of part) {
        training.add(sentence)
        if (!turns.due()) continue
        progress.report(done + training.words)
        await turns.take()
      }
      done += training.words
      average?.add(training.changed)
    }
    average?.finish()
    progress.report(iteration * trainWords)
  }
  return weights.words
}

/** Average of each vector over the partitions that changed it, of what each of them left. */
class Average {
  readonly #weights: Weights
  readonly #vectorSize: number
  readonly #sums: Weights
  readonly #counts: { readonly words: Int32Array; readonly nodes: Int32Array }

  constructor(weights: Weights, vectorSize: number) {
    const vectors = weights.words.length / vectorSize
    this.#weights = weights
    this.#vectorSize = vectorSize
    this.#sums = { words: weights.words.slice(), nodes: weights.nodes.slice() }
    this.#counts = { words: new Int32Array(vectors), nodes: new Int32Array(vectors) }
  }

  /** Takes in what a partition left. */
  add(changed: Changes): void {
    const n = this.#vectorSize
    for (const side of ['words', 'nodes'] as const) {
      const [sums, counts, weights] = [this.#sums[side], this.#counts[side], this.#weights[side]]
      changed[side].forEach((isChanged, v) => {
        if (isChanged === 0) return
        if (counts[v]++ === 0) sums.set(weights.subarray(v * n, (v + 1) * n), v * n)
        else axpy(n, 1, weights, v * n, sums, v * n)
      })
    }
  }

  /** Makes the averages the weights. */
  finish(): void {
    const n = this.#vectorSize
    for (const side of ['words', 'nodes'] as const) {
      const [sums, weights] = [this.#sums[side], this.#weights[side]]
      this.#counts[side].forEach((count, v) => {
        const share = Math.fround(1 / count)
        if (count > 0) for (let i = v * n; i < (v + 1) * n; i++) weights[i] = sums[i] * share
      })
    }
  }
}

/** Which vectors a partition changed. */
interface Changes {
  readonly words: Uint8Array
  readonly nodes: Uint8Array
}

const LOGISTIC = logisticTable()

/** One pass over the sentences of a partition. */
class PartitionTraining {
  readonly #weights: Weights
  /** Which vectors were changed. */
  readonly changed: Changes
  /** Words that were passed. */
  words = 0
  readonly #tree: WordCodes
  readonly #settings: Word2VecSettings
  readonly #random: XORShiftRandom
  readonly #gradient: Float32Array
  /** Words of earlier iterations, and of all of them. */
  readonly #before: number
  readonly #total: number
  #rate: number
  #lastRateAt = 0

  constructor(
    weights: Weights,
    tree: WordCodes,
    trainWords: number,
    settings: Word2VecSettings,
    iteration: number,
    partition: number,
  ) {
    this.#weights = weights
    this.changed = { words: new Uint8Array(tree.codes.length), nodes: new Uint8Array(tree.codes.length) }
    this.#tree = tree
    this.#settings = settings
    const seed = seedBigInt(settings.seed) ^ BigInt((partition + 1) << 16) ^ BigInt((-iteration - 1) << 8)
    this.#random = new XORShiftRandom(BigInt.asIntN(64, seed))
    this.#gradient = new Float32Array(settings.vectorSize)
    this.#before = (iteration - 1) * trainWords
    this.#total = settings.maxIter * trainWords + 1
    this.#rate = settings.stepSize
  }

  /** Learns from one sentence. */
  add(sentence: Int32Array): void {
    if (this.words - this.#lastRateAt > RATE_INTERVAL) this.#lowerRate()
    this.words += sentence.length
    const window = this.#settings.windowSize
    for (let position = 0; position < sentence.length; position++) {
      const cut = this.#random.nextInt(window)
      const first = Math.max(0, position - window + cut)
      const last = Math.min(sentence.length - 1, position + window - cut)
      for (let c = first; c <= last; c++) if (c !== position) this.#learn(sentence[position], sentence[c])
    }
  }

  #lowerRate(): void {
    const { stepSize, numPartitions } = this.#settings
    this.#lastRateAt = this.words
    this.#rate = stepSize * (1 - (numPartitions * this.words + this.#before) / this.#total)
    if (this.#rate < stepSize * LEAST_RATE) this.#rate = stepSize * LEAST_RATE
  }

  /** Moves the vector of a word of the context, and those of the nodes on the path to the word in the middle. */
  #learn(word: number, context: number): void {
    const { vectorSize } = this.#settings
    const { words, nodes } = this.#weights
    const gradient = this.#gradient.fill(0)
    const codes = this.#tree.codes[word]
    const path = this.#tree.nodes[word]
    const at = context * vectorSize
    for (let d = 0; d < codes.length; d++) {
      const node = path[d] * vectorSize
      const score = dot(vectorSize, words, at, nodes, node)
      if (!(score > -MAX_EXPONENT && score < MAX_EXPONENT)) continue
      const value = LOGISTIC[Math.trunc(Math.fround(score + MAX_EXPONENT) * CELLS)]
      const step = Math.fround(Math.fround(1 - codes[d] - value) * this.#rate)
      axpy(vectorSize, step, nodes, node, gradient, 0)
      axpy(vectorSize, step, words, at, nodes, node)
      this.changed.nodes[path[d]] = 1
    }
    axpy(vectorSize, 1, gradient, 0, words, at)
    this.changed.words[context] = 1
  }
}
