import { AsyncLocalStorage } from 'node:async_hooks'
import type { DataFrame } from '../sql/dataframe.js'
import type { Estimator, FitOptions } from './estimator.js'
import type { Transformer } from './transformer.js'

/** A call of `fit`, as its caller made it. */
export interface FitCall {
  /** With the extra parameters of the call. */
  readonly estimator: Estimator<Transformer>
  readonly data: DataFrame
  readonly options: FitOptions
}

/** Sees a fit from before it begins until after it has ended. It calls `fit` once, and gives back what that gives. */
export type FitObserver = (call: FitCall, fit: () => Promise<Transformer>) => Promise<Transformer>

const observers = new Set<FitObserver>()
/** Set inside a fit that is observed: the fits of its stages, folds and candidates are part of it. */
const inside = new AsyncLocalStorage<true>()

/**
 * Lets an observer see every fit that a program calls, not those that a fit makes inside (docs/adr/0020-autologging.md).
 * @returns ends that.
 */
export function observeFits(observer: FitObserver): () => void {
  observers.add(observer)
  return () => observers.delete(observer)
}

/** Fits, seen by the observers. */
export function observed<M extends Transformer>(call: FitCall, fit: () => Promise<M>): Promise<M> {
  if (observers.size === 0 || inside.getStore()) return fit()
  let work: () => Promise<Transformer> = () => inside.run(true, fit)
  for (const observer of observers) {
    const inner = work
    work = () => observer(call, inner)
  }
  return work() as Promise<M>
}
