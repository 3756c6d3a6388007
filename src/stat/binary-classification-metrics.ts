import { DataError } from '../errors.js'
import { countByScore, mergeCounts, NO_COUNTS, type ScoreCounts } from './score-counts.js'

/** At least so many rows are gathered before they are sorted. */
const GATHERED = 2 ** 16

/** Points of a curve, in order. */
export interface Curve {
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Weights of the rows whose score is at least each threshold. Thresholds descend. */
interface Cumulative {
  readonly thresholds: Float64Array
  readonly positives: Float64Array
  readonly negatives: Float64Array
  readonly totalPositives: number
  readonly totalNegatives: number
  /** Where each part of the sorted scores starts, and the end: sums are formed part by part. */
  readonly bounds: readonly number[]
}

/** What a point of a curve is computed from: weights of rows at or above the threshold, and of all. */
interface Confusion {
  readonly truePositives: number
  readonly falsePositives: number
  readonly positives: number
  readonly negatives: number
}
type Measure = (c: Confusion) => number

const recall: Measure = (c) => (c.positives === 0 ? 0 : c.truePositives / c.positives)
const falsePositiveRate: Measure = (c) => (c.negatives === 0 ? 0 : c.falsePositives / c.negatives)
const precision: Measure = (c) => {
  const predicted = c.truePositives + c.falsePositives
  return predicted === 0 ? 1 : c.truePositives / predicted
}
const fMeasure = (beta: number): Measure => {
  const square = beta * beta
  return (c) => {
    const p = precision(c)
    const r = recall(c)
    return p + r === 0 ? 0 : ((1 + square) * (p * r)) / (square * p + r)
  }
}

/**
 * Curves and areas of a score that tells positive rows (label above 0.5) from negative ones, in one pass and mergeable.
 *
 * Every distinct score is a threshold: rows that have it or more are predicted positive. Rows of one score are taken
 * together, so that the area under the ROC curve is the Mann-Whitney statistic: the chance that a positive row scores
 * higher than a negative one, ties counting one half. Areas are sums of trapezoids.
 *
 * **Down-sampling**: with more than `2 numBins` thresholds, only every `floor(thresholds / numBins)`-th is kept, with the
 * counts of those before it; curves then have about `numBins` points, which lie on the full curve. 0 keeps all. Spark
 * sorts the scores into `numPartitions` parts of equal size and down-samples each on its own; so does this.
 *
 * **NaN**: a NaN score is above all others, as in Spark; a NaN label is negative. **Errors**: DataError for a weight that
 * is negative or NaN, and for every curve and area without rows. **Cost**: rows are gathered, sorted and merged; memory
 * for each distinct score.
 *
 * **Differs from Spark**: where a partition has more than 60 distinct scores Spark estimates the borders of the parts from
 * a random sample, here they are exact. Source: Spark's `mllib.evaluation.BinaryClassificationMetrics`; Fawcett, An
 * introduction to ROC analysis (2006), doi:10.1016/j.patrec.2005.10.010.
 *
 * @example
 * ```ts
 * import { BinaryClassificationMetrics } from 'ridgeline'
 * const metrics = new BinaryClassificationMetrics().add(Float64Array.of(0.9, 0.6, 0.4, 0.2), Float64Array.of(1, 0, 1, 0))
 * console.log(metrics.areaUnderROC) // 0.75
 * console.log([...metrics.roc().x], [...metrics.roc().y]) // [ 0, 0, 0.5, 0.5, 1, 1 ] [ 0, 0.5, 0.5, 1, 1, 1 ]
 * ```
 */
export class BinaryClassificationMetrics {
  #counts = NO_COUNTS
  /** Rows that are not counted yet: scores, and weights with a minus where the row is negative. */
  #scores: Float64Array = new Float64Array(0)
  #weights: Float64Array = new Float64Array(0)
  #gathered = 0
  readonly #numBins: number
  readonly #numPartitions: number
  #cumulative: Cumulative | undefined

  /**
   * @param numBins about how many thresholds the curves keep, see the class; 0: all.
   * @param numPartitions how many parts the scores are sorted into; matters for down-sampling only.
   */
  constructor(numBins = 1000, numPartitions = 1) {
    this.#numBins = numBins
    this.#numPartitions = numPartitions
  }

  /**
   * Adds rows.
   * @param weights one weight a row, 0 or more; null or absent: all 1.
   * @throws DataError for a weight that is negative or NaN.
   */
  add(scores: Float64Array, labels: Float64Array, weights: Float64Array | null = null): this {
    this.#cumulative = undefined
    const count = labels.length
    this.#makeRoom(count)
    this.#scores.set(scores.subarray(0, count), this.#gathered)
    for (let row = 0; row < count; row++) {
      const weight = weights ? weights[row] : 1
      if (!(weight >= 0))
        throw new DataError(`weight ${weight} is negative or NaN`, { row, allowed: 'Weights are 0 or more' })
      this.#weights[this.#gathered + row] = labels[row] > 0.5 ? weight : -weight
    }
    this.#gathered += count
    return this
  }

  /** Adds the rows that another instance has seen. */
  merge(other: BinaryClassificationMetrics): this {
    this.#cumulative = undefined
    this.#counts = mergeCounts(this.#count(), other.#count())
    return this
  }

  /** Thresholds of the curves, descending. @throws DataError without rows, as all that follow. */
  thresholds(): Float64Array {
    return this.#read().thresholds.slice()
  }
  /** ROC curve: recall (the true positive rate) over the false positive rate, from (0, 0) to (1, 1). */
  roc(): Curve {
    return { x: this.#measure(falsePositiveRate, [0], [1]), y: this.#measure(recall, [0], [1]) }
  }
  /** Precision over recall; the first point has recall 0 and the precision of the point after it. */
  pr(): Curve {
    const [first] = this.#measure(precision)
    return { x: this.#measure(recall, [0]), y: this.#measure(precision, [first]) }
  }
  /** F-measure over the threshold. @param beta how much more recall counts than precision. */
  fMeasureByThreshold(beta = 1): Curve {
    return { x: this.thresholds(), y: this.#measure(fMeasure(beta)) }
  }
  /** Precision over the threshold. */
  precisionByThreshold(): Curve {
    return { x: this.thresholds(), y: this.#measure(precision) }
  }
  /** Recall over the threshold. */
  recallByThreshold(): Curve {
    return { x: this.thresholds(), y: this.#measure(recall) }
  }

  /** Area under the ROC curve: 1 is perfect, 0.5 no better than chance. */
  get areaUnderROC(): number {
    return this.#area(this.roc(), 1)
  }
  /** Area under the precision-recall curve: 1 is perfect, the part of positive rows no better than chance. */
  get areaUnderPR(): number {
    return this.#area(this.pr(), 0)
  }

  /** Space for more rows; when many were gathered, they are counted first. */
  #makeRoom(rows: number): void {
    // No fewer than there are scores already, so that merging costs no more than sorting.
    if (this.#gathered >= Math.max(GATHERED, this.#counts.scores.length)) this.#count()
    const needed = this.#gathered + rows
    if (needed <= this.#scores.length) return
    const grown = (from: Float64Array): Float64Array => {
      const larger = new Float64Array(Math.max(needed, 2 * from.length))
      larger.set(from.subarray(0, this.#gathered))
      return larger
    }
    this.#scores = grown(this.#scores)
    this.#weights = grown(this.#weights)
  }

  /** The counts of all rows so far. */
  #count(): ScoreCounts {
    const gathered = this.#gathered
    if (gathered > 0) {
      const counts = countByScore(this.#scores.subarray(0, gathered), this.#weights.subarray(0, gathered))
      this.#counts = mergeCounts(this.#counts, counts)
      this.#scores = this.#weights = new Float64Array(0)
      this.#gathered = 0
    }
    return this.#counts
  }

  #read(): Cumulative {
    this.#cumulative ??= this.#accumulate()
    return this.#cumulative
  }

  /** The measure at every threshold, between the values `before` and `after`. */
  #measure(measure: Measure, before: readonly number[] = [], after: readonly number[] = []): Float64Array {
    const { thresholds, positives, negatives, totalPositives, totalNegatives } = this.#read()
    const values = new Float64Array(before.length + thresholds.length + after.length)
    values.set(before)
    for (let i = 0; i < thresholds.length; i++) {
      values[before.length + i] = measure({
        truePositives: positives[i],
        falsePositives: negatives[i],
        positives: totalPositives,
        negatives: totalNegatives,
      })
    }
    values.set(after, before.length + thresholds.length)
    return values
  }

  /**
   * Area under a curve with one more point before those of the thresholds and `after` more behind: the trapezoids of each
   * part are summed on their own, then those that join two parts.
   */
  #area({ x, y }: Curve, after: number): number {
    const trapezoid = (i: number, j: number): number => ((x[j] - x[i]) * (y[j] + y[i])) / 2
    const bounds = this.#read().bounds.map((bound, part, all) => {
      if (part === 0) return 0
      return bound + 1 + (part === all.length - 1 ? after : 0)
    })
    let area = 0
    let joints = 0
    for (let part = 0; part + 1 < bounds.length; part++) {
      let sum = 0
      for (let i = bounds[part] + 1; i < bounds[part + 1]; i++) sum += trapezoid(i - 1, i)
      area += sum
      if (part > 0) joints += trapezoid(bounds[part] - 1, bounds[part])
    }
    return area + joints
  }

  #accumulate(): Cumulative {
    const counts = this.#count()
    const { scores } = counts
    const count = scores.length
    if (count === 0) {
      throw new DataError('there is nothing to measure: there are no rows', {
        hint: 'An empty part of the data, such as an empty fold, is the usual cause.',
      })
    }
    const group = this.#numBins === 0 ? 1 : Math.max(1, Math.floor(count / this.#numBins))
    const thresholds: number[] = []
    const positives: number[] = []
    const negatives: number[] = []
    const bounds = [0]
    let totalPositives = 0
    let totalNegatives = 0
    let end = count
    for (const start of partStarts(count, this.#numPartitions)) {
      // Totals of the parts before, and of the rows of this part: added up in the order in which Spark's parts do.
      let partPositives = 0
      let partNegatives = 0
      let cumulativePositives = totalPositives
      let cumulativeNegatives = totalNegatives
      for (let last = end; last > start; ) {
        const next = Math.max(start, last - group)
        let binPositives = 0
        let binNegatives = 0
        while (last > next) {
          binPositives += counts.positives[--last]
          binNegatives += counts.negatives[last]
        }
        partPositives += binPositives
        partNegatives += binNegatives
        cumulativePositives += binPositives
        cumulativeNegatives += binNegatives
        thresholds.push(scores[next])
        positives.push(cumulativePositives)
        negatives.push(cumulativeNegatives)
      }
      totalPositives += partPositives
      totalNegatives += partNegatives
      bounds.push(thresholds.length)
      end = start
    }
    return {
      thresholds: Float64Array.from(thresholds),
      positives: Float64Array.from(positives),
      negatives: Float64Array.from(negatives),
      totalPositives,
      totalNegatives,
      bounds,
    }
  }
}

/**
 * Where the parts of `count` ascending scores start, the highest part first: Spark's range partitioner, which goes through
 * the scores upwards and ends a part at the first one that fills the next `1 / parts` of them.
 */
function partStarts(count: number, parts: number): number[] {
  const step = count / parts
  const starts = [0]
  let target = step
  for (let i = 1; i <= count && starts.length < parts; i++) {
    if (i < target) continue
    starts.push(i)
    target += step
  }
  return starts.reverse()
}
