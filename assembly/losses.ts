import { expOf, log1pOf, logOf } from './exponentials'
import { addQuad, both, LearnRows, quadMargins } from './learn-rows'

/** A loss of linear functions of the features, and what it is computed with. */
@unmanaged
export class LinearLoss {
  rows: LearnRows
  /** Coefficients function by function: as many doubles each as a row has. */
  coefficients: usize
  /** A double a function. */
  offsets: usize
  /** Number of functions. */
  sets: u32
  /** What each task finds: gradients like the coefficients, a sum of multipliers a function, and the loss. */
  results: usize
  /** Bytes from one task's results to the next one's: whole cache lines, since tasks of several threads add to them all the time. */
  resultBytes: u32
  /** Room for each thread: 32 bytes a function. */
  scratch: usize
  /** Bytes from one thread's room to the next one's: whole cache lines, too. */
  scratchBytes: u32
  /** What exponentials are made of. */
  constants: usize

  @inline resultOf(task: u32): usize {
    return this.results + <usize>task * this.resultBytes
  }

  @inline scratchOf(thread: u32): usize {
    return this.scratch + <usize>thread * this.scratchBytes
  }

  @inline coefficientsOf(k: u32): usize {
    return this.coefficients + k * <u32>this.rows.rowBytes()
  }

  @inline offsetOf(k: u32): f64 {
    return load<f64>(this.offsets + (<usize>k << 3))
  }
}

/** Losses of two classes. */
const LOGISTIC = 0
const UNIT_LOGISTIC = 1
const HINGE = 2

/** Factors between 1 and 2 whose product is surely finite: so many quads, of which each lane gets two. */
const PRODUCT_ROWS: u32 = 2000

/** Task = run of rows: logistic loss of one function. */
export function logisticLoss(args: LinearLoss, task: u32, thread: u32): void {
  binaryLoss(args, task, thread, LOGISTIC)
}

/** Task = run of rows: logistic loss of one function, where all weights are 1, or 0 after the last row. */
export function unitLogisticLoss(args: LinearLoss, task: u32, thread: u32): void {
  binaryLoss(args, task, thread, UNIT_LOGISTIC)
}

/** Task = run of rows: hinge loss of one function. */
export function hingeLoss(args: LinearLoss, task: u32, thread: u32): void {
  binaryLoss(args, task, thread, HINGE)
}

@inline
function binaryLoss(args: LinearLoss, task: u32, thread: u32, kind: i32): void {
  const rows = args.rows
  const rowBytes = rows.rowBytes()
  const table = args.constants
  const margins = args.scratchOf(thread)
  const gradient = args.resultOf(task)
  memory.fill(gradient, 0, rowBytes)
  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  let losses = zero
  let multipliers = zero
  for (let from = rows.begin(task), end = rows.end(task); from < end; from += PRODUCT_ROWS) {
    let product = one
    let x = rows.row(from)
    for (let row = from, to = min(from + PRODUCT_ROWS, end); row < to; row += 4, x += rowBytes << 2) {
      quadMargins(x, rowBytes, args.coefficients, args.offsetOf(0), margins)
      for (let half = 0; half < 32; half += 16) {
        const margin = v128.load(margins + half)
        const label = v128.load(rows.labels + (<usize>row << 3) + half)
        const weight = v128.load(rows.weights + (<usize>row << 3) + half)
        let multiplier: v128
        if (kind == HINGE) {
          const sign = f64x2.sub(f64x2.add(label, label), one)
          const gap = f64x2.mul(weight, f64x2.sub(one, f64x2.mul(sign, margin)))
          losses = f64x2.add(losses, f64x2.max(gap, zero))
          multiplier = v128.and(f64x2.neg(f64x2.mul(sign, weight)), f64x2.gt(gap, zero))
        } else {
          const e = expOf(f64x2.neg(f64x2.abs(margin)), table)
          const share = f64x2.div(one, f64x2.add(one, e))
          const probability = v128.bitselect(share, f64x2.mul(e, share), f64x2.ge(margin, zero))
          const wrong = f64x2.max(f64x2.mul(f64x2.sub(one, f64x2.add(label, label)), margin), zero)
          if (kind == UNIT_LOGISTIC) {
            // A sum of logarithms is the logarithm of a product.
            product = f64x2.mul(product, f64x2.add(one, f64x2.mul(weight, e)))
            losses = f64x2.add(losses, f64x2.mul(weight, wrong))
          } else {
            losses = f64x2.add(losses, f64x2.mul(weight, f64x2.add(log1pOf(e, table), wrong)))
          }
          multiplier = f64x2.mul(weight, f64x2.sub(probability, label))
        }
        multipliers = f64x2.add(multipliers, multiplier)
        v128.store(margins + half, multiplier)
      }
      addQuad(x, rowBytes, margins, gradient)
    }
    if (kind == UNIT_LOGISTIC) losses = f64x2.add(losses, logOf(product, table))
  }
  store<f64>(gradient + rowBytes, both(multipliers))
  store<f64>(gradient + rowBytes, both(losses), 8)
}

/** Task = run of rows: softmax loss of one function a class. */
export function softmaxLoss(args: LinearLoss, task: u32, thread: u32): void {
  const rows = args.rows
  const sets = args.sets
  const rowBytes = rows.rowBytes()
  const margins = args.scratchOf(thread)
  const gradients = args.resultOf(task)
  const sums = gradients + <usize>sets * rowBytes
  memory.fill(gradients, 0, <usize>sets * (rowBytes + 8))
  let losses = f64x2.splat(0)
  let x = rows.row(rows.begin(task))
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 4, x += rowBytes << 2) {
    for (let k: u32 = 0; k < sets; k++) {
      quadMargins(x, rowBytes, args.coefficientsOf(k), args.offsetOf(k), margins + (<usize>k << 5))
    }
    for (let half = 0; half < 32; half += 16) {
      const label = v128.load(rows.labels + (<usize>row << 3) + half)
      const weight = v128.load(rows.weights + (<usize>row << 3) + half)
      losses = f64x2.add(losses, softmaxOf(margins + half, sets, label, weight, args.constants))
    }
    for (let k: u32 = 0; k < sets; k++) {
      const multipliers = margins + (<usize>k << 5)
      const sum = both(v128.load(multipliers)) + both(v128.load(multipliers, 16))
      store<f64>(sums + (<usize>k << 3), load<f64>(sums + (<usize>k << 3)) + sum)
      addQuad(x, rowBytes, multipliers, gradients + <usize>k * rowBytes)
    }
  }
  store<f64>(sums + (<usize>sets << 3), both(losses))
}

/** Turns the margins of two rows, 32 bytes apart from class to class, into multipliers. @returns the losses. */
@inline
function softmaxOf(margins: usize, sets: u32, label: v128, weight: v128, table: usize): v128 {
  let largest = f64x2.splat(-Infinity)
  let own = f64x2.splat(0)
  for (let k: u32 = 0; k < sets; k++) {
    const margin = v128.load(margins + (<usize>k << 5))
    largest = f64x2.max(largest, margin)
    own = v128.bitselect(margin, own, f64x2.eq(label, f64x2.splat(<f64>k)))
  }
  let total = f64x2.splat(0)
  for (let k: u32 = 0; k < sets; k++) {
    const e = expOf(f64x2.sub(v128.load(margins + (<usize>k << 5)), largest), table)
    v128.store(margins + (<usize>k << 5), e)
    total = f64x2.add(total, e)
  }
  const share = f64x2.div(f64x2.splat(1), total)
  for (let k: u32 = 0; k < sets; k++) {
    const probability = f64x2.mul(v128.load(margins + (<usize>k << 5)), share)
    const certain = v128.and(f64x2.splat(1), f64x2.eq(label, f64x2.splat(<f64>k)))
    v128.store(margins + (<usize>k << 5), f64x2.mul(weight, f64x2.sub(probability, certain)))
  }
  return f64x2.mul(weight, f64x2.add(logOf(total, table), f64x2.sub(largest, own)))
}
