import { addQuad, both, LearnRows, quadMargins } from './learn-rows'

/** A loss of the residuals of one linear function of the features. */
@unmanaged
export class RegressionLoss {
  rows: LearnRows
  /** As many doubles as a row has. */
  coefficients: usize
  /** What each task finds: the gradient like the coefficients, sums of multipliers and losses, and the derivative by sigma. */
  results: usize
  /** Bytes from one task's results to the next one's: whole cache lines, since tasks of several threads add to them all the time. */
  resultBytes: u32
  /** Room for each thread: 32 bytes. */
  scratch: usize
  /** Bytes from one thread's room to the next one's: whole cache lines, too. */
  scratchBytes: u32
  offset: f64
  /** Of the squared loss: labels are multiplied by it. */
  labelScale: f64
  /** Of the Huber loss: scale of the residuals. */
  sigma: f64
  /** Of the Huber loss: residuals beyond so many sigma count linearly. */
  epsilon: f64

  @inline resultOf(task: u32): usize {
    return this.results + <usize>task * this.resultBytes
  }
}

const SQUARED = 0
const HUBER = 1

/** Task = run of rows: half the weighted squared difference of margin and label. */
export function squaredLoss(args: RegressionLoss, task: u32, thread: u32): void {
  residualLoss(args, task, thread, SQUARED)
}

/** Task = run of rows: half of Huber's loss with a scale. */
export function huberLoss(args: RegressionLoss, task: u32, thread: u32): void {
  residualLoss(args, task, thread, HUBER)
}

@inline
function residualLoss(args: RegressionLoss, task: u32, thread: u32, kind: i32): void {
  const rows = args.rows
  const rowBytes = rows.rowBytes()
  const coefficients = args.coefficients
  const offset = args.offset
  const margins = args.scratch + <usize>thread * args.scratchBytes
  const gradient = args.resultOf(task)
  memory.fill(gradient, 0, rowBytes)
  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  const labelScale = f64x2.splat(args.labelScale)
  const sigma = f64x2.splat(args.sigma)
  const epsilon = f64x2.splat(args.epsilon)
  const limit = f64x2.mul(sigma, epsilon)
  const limitLoss = f64x2.mul(limit, epsilon)
  const limitShare = f64x2.mul(epsilon, epsilon)
  const twice = f64x2.add(epsilon, epsilon)
  let losses = zero
  let multipliers = zero
  let sigmas = zero
  let x = rows.row(rows.begin(task))
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 4, x += rowBytes << 2) {
    quadMargins(x, rowBytes, coefficients, offset, margins)
    for (let half = 0; half < 32; half += 16) {
      const margin = v128.load(margins + half)
      const label = v128.load(rows.labels + (<usize>row << 3) + half)
      const weight = v128.load(rows.weights + (<usize>row << 3) + half)
      let multiplier: v128
      if (kind == SQUARED) {
        const residual = f64x2.sub(margin, f64x2.mul(labelScale, label))
        multiplier = f64x2.mul(weight, residual)
        losses = f64x2.add(losses, f64x2.mul(multiplier, residual))
      } else {
        const residual = f64x2.sub(label, margin)
        const size = f64x2.abs(residual)
        const inside = f64x2.le(size, limit)
        const scaled = f64x2.div(residual, sigma)
        const squared = f64x2.mul(residual, scaled)
        const linear = f64x2.sub(f64x2.mul(twice, size), limitLoss)
        losses = f64x2.add(losses, f64x2.mul(weight, f64x2.add(sigma, v128.bitselect(squared, linear, inside))))
        const share = v128.bitselect(f64x2.mul(scaled, scaled), limitShare, inside)
        sigmas = f64x2.add(sigmas, f64x2.mul(weight, f64x2.sub(one, share)))
        const bound = v128.bitselect(epsilon, f64x2.neg(epsilon), f64x2.ge(residual, zero))
        multiplier = f64x2.neg(f64x2.mul(weight, v128.bitselect(scaled, bound, inside)))
      }
      multipliers = f64x2.add(multipliers, multiplier)
      v128.store(margins + half, multiplier)
    }
    addQuad(x, rowBytes, margins, gradient)
  }
  store<f64>(gradient + rowBytes, both(multipliers))
  store<f64>(gradient + rowBytes, 0.5 * both(losses), 8)
  store<f64>(gradient + rowBytes, 0.5 * both(sigmas), 16)
}
