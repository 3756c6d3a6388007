import { ParamMap } from '../param/param.js'
import { Persistable } from '../persistence/persistable.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { FitOptions } from './estimator.js'
import { deriveSchema } from './schema.js'

/** Measures predictions by one number (Spark's `Evaluator`). */
export abstract class Evaluator extends Persistable {
  /**
   * The metric over all rows of a frame that holds predictions.
   * @param extra values of parameters that win over what is set.
   * @throws ParamError, SchemaError before any data is touched.
   */
  evaluate(data: DataFrame, options?: FitOptions): Promise<number>
  evaluate(data: DataFrame, extra: ParamMap, options?: FitOptions): Promise<number>
  async evaluate(data: DataFrame, extraOrOptions?: ParamMap | FitOptions, lastOptions?: FitOptions): Promise<number> {
    const extra = extraOrOptions instanceof ParamMap ? extraOrOptions : undefined
    const options = (extra ? lastOptions : (extraOrOptions as FitOptions | undefined)) ?? {}
    const stage = extra ? this.copy(extra) : this
    stage.checkRules()
    deriveSchema(stage, data.schema, 'fit')
    options.signal?.throwIfAborted()
    const metric = await stage.measure(data, options)
    options.signal?.throwIfAborted()
    return metric
  }

  protected abstract measure(data: DataFrame, options: FitOptions): Promise<number>

  /** Whether a larger metric is better; tuning picks the best model by it. */
  isLargerBetter(): boolean {
    return true
  }
}
