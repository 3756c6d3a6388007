import { dot } from '../linalg/blas.js'
import { addColumns, addDots, addOuterProduct, addTransposedProduct, axpy } from '../linalg/java-blas.js'
import type { ClassSpace, LossPass } from '../optim/class-cost.js'
import { type ClassLoss, classLoss, type WeightSums } from '../optim/class-losses.js'
import type { InstanceBlock } from '../optim/instances.js'
import type { MarginLoss } from '../optim/margin-losses.js'
import { addMargins, addRows } from '../optim/row-products.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { PlainRows } from './plain-rows.js'
import { scaledBlocks } from './scaled-blocks.js'

/**
 * Few rows, whose sums are those of Spark to the last bit: an iteration stops, a search takes another step, and coefficients that the data
 * leave open go one way or another by what rounding decides. Sources: Spark's `BinaryLogisticBlockAggregator`, `HingeBlockAggregator` and
 * `MultinomialLogisticBlockAggregator`.
 */
export class ExactRows extends PlainRows {
  override pass(loss: ClassLoss, space: ClassSpace): LossPass {
    const blocks = scaledBlocks(this.blocks, space.features.inverseStds)
    const sums = { weight: 0, multipliers: new Float64Array(space.sets) }
    const pass = { space, sums, loss: classLoss[loss](sums) }
    const add = loss === 'softmax' ? addSoftmaxBlock : addBinaryBlock
    return async (point, gradient, turns) =>
      sumOfBlocks(blocks, gradient, turns, (block, to) => add(pass, point, block, to))
  }
}

interface Pass {
  readonly space: ClassSpace
  readonly loss: MarginLoss
  /** What the loss counts in one block. */
  readonly sums: WeightSums
}
/** Loss and weight of a block, whose gradient is added. */
type AddBlock = (block: InstanceBlock, gradient: Float64Array) => { loss: number; weight: number }

async function sumOfBlocks(
  blocks: readonly InstanceBlock[],
  gradient: Float64Array,
  turns: TurnTaker,
  add: AddBlock,
): Promise<{ loss: number; weight: number }> {
  gradient.fill(0)
  const total = { loss: 0, weight: 0 }
  let part = { loss: 0, weight: 0, gradient: new Float64Array(gradient.length) }
  const mergePart = (): void => {
    total.loss += part.loss
    total.weight += part.weight
    for (let i = 0; i < gradient.length; i++) gradient[i] += part.gradient[i]
    part = { loss: 0, weight: 0, gradient: new Float64Array(gradient.length) }
  }
  for (const [i, block] of blocks.entries()) {
    if (turns.due()) await turns.take()
    if (i > 0 && block.partition !== blocks[i - 1].partition) mergePart()
    const { loss, weight } = add(block, part.gradient)
    part.loss += loss
    part.weight += weight
  }
  mergePart()
  return total
}

/** One linear function. */
function addBinaryBlock(
  { space, sums, loss }: Pass,
  point: Float64Array,
  block: InstanceBlock,
  gradient: Float64Array,
) {
  const { features, fitIntercept, centred } = space
  const { features: x, length } = block
  const numFeatures = features.stds.length
  const coefficients = point.subarray(0, numFeatures)
  const shift = centred ? dot(coefficients, features.scaledMeans) : 0
  const products = new Float64Array(length)
  if (x.offsets) addMargins(x, 0, length, coefficients, products)
  else addDots(numFeatures, length, x.values, coefficients, products)
  const offset = fitIntercept ? point[numFeatures] - shift : 0
  const margins = products.map((product) => product + offset)

  const found = lossOf({ sums, loss }, [margins], block)
  if (margins.every((multiplier) => multiplier === 0)) return found
  if (x.offsets) addRows(x, 0, length, margins, gradient)
  else addColumns(numFeatures, length, 1, x.values, margins, gradient)
  if (centred) axpy(numFeatures, -sums.multipliers[0], features.scaledMeans, gradient)
  if (fitIntercept) gradient[numFeatures] += sums.multipliers[0]
  return found
}

/** A linear function a class. */
function addSoftmaxBlock(
  { space, sums, loss }: Pass,
  point: Float64Array,
  block: InstanceBlock,
  gradient: Float64Array,
) {
  const { sets, features, fitIntercept, centred } = space
  const { features: x, length } = block
  const numFeatures = features.stds.length
  const coefficients = point.subarray(0, numFeatures * sets)
  const offsets = fitIntercept ? point.slice(numFeatures * sets) : new Float64Array(sets)
  if (centred) addColumns(sets, numFeatures, -1, coefficients, features.scaledMeans, offsets)
  const products = new Float64Array(length * sets)
  const columns = Array.from(offsets, (_, k) => products.subarray(k * length, (k + 1) * length))
  if (x.offsets) {
    columns.forEach((column, k) => {
      const ofClass = Float64Array.from({ length: numFeatures }, (_, j) => coefficients[j * sets + k])
      addMargins(x, 0, length, ofClass, column)
    })
  } else addTransposedProduct([length, sets, numFeatures], x.values, coefficients, products)
  columns.forEach((column, k) => {
    for (let row = 0; row < length; row++) column[row] += offsets[k]
  })

  const found = lossOf({ sums, loss }, columns, block)
  if (x.offsets) {
    columns.forEach((column, k) => {
      const sum = new Float64Array(numFeatures)
      addRows(x, 0, length, column, sum)
      for (let j = 0; j < numFeatures; j++) gradient[j * sets + k] += sum[j]
    })
  } else addTransposedProduct([sets, numFeatures, length], products, x.values, gradient)
  if (centred) addOuterProduct(-1, sums.multipliers, features.scaledMeans, gradient)
  if (fitIntercept) axpy(sets, 1, sums.multipliers, gradient, numFeatures * sets)
  return found
}

/** Turns margins into multipliers. */
function lossOf({ sums, loss }: Pick<Pass, 'sums' | 'loss'>, margins: readonly Float64Array[], block: InstanceBlock) {
  sums.weight = 0
  sums.multipliers.fill(0)
  const total = loss(margins, block, 0, block.length)
  return { loss: total, weight: sums.weight }
}
