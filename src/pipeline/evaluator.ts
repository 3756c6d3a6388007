import { setImmediate as nextTurn } from 'node:timers/promises'
import { ParamMap } from '../param/param.js'
import { Persistable } from '../persistence/persistable.js'
import type { DataFrame } from '../sql/dataframe.js'
import { type FrameInput, frameOf, requireOptions } from './arguments.js'
import type { FitOptions } from './estimator.js'
import { deriveSchema } from './schema.js'

/** Measures predictions by one number (Spark's `Evaluator`). */
export abstract class Evaluator extends Persistable {
  /**
   * The metric over all rows of a frame that holds predictions.
   * @param data a frame, or a danfo DataFrame.
   * @param extra values of parameters that win over what is set.
   * @throws ParamError, SchemaError before any data is touched.
   */
  evaluate(data: FrameInput, options?: FitOptions): Promise<number>
  evaluate(data: FrameInput, extra: ParamMap, options?: FitOptions): Promise<number>
  async evaluate(data: FrameInput, extraOrOptions?: ParamMap | FitOptions, lastOptions?: FitOptions): Promise<number> {
    const extra = extraOrOptions instanceof ParamMap ? extraOrOptions : undefined
    const options = (extra || extraOrOptions === undefined ? lastOptions : (extraOrOptions as FitOptions)) ?? {}
    const frame = frameOf(this, data)
    requireOptions(this, options)
    const stage = extra ? this.copy(extra) : this
    options.signal?.throwIfAborted()
    stage.checkRules()
    deriveSchema(stage, frame.schema, 'fit')
    // As in Estimator.fit: what aborts a signal gets its turn.
    await nextTurn()
    options.signal?.throwIfAborted()
    const metric = await stage.measure(frame, options)
    options.signal?.throwIfAborted()
    return metric
  }

  protected abstract measure(data: DataFrame, options: FitOptions): Promise<number>

  /** Whether a larger metric is better; tuning picks the best model by it. */
  isLargerBetter(): boolean {
    return true
  }
}
