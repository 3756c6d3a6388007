import { double } from '../../src/param/row.js'
import { labelCol, predictionCol } from '../../src/param/shared.js'
import { state } from '../../src/param/state.js'
import { estimator, model } from '../../src/pipeline/define.js'
import type { FitOptions } from '../../src/pipeline/estimator.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { doublesOf } from '../../src/sql/doubles.js'
import type { BatchTransform } from '../../src/sql/plan.js'
import { DoubleType, StructField } from '../../src/sql/types.js'

const params = {
  labelCol,
  predictionCol,
  shift: double({ default: 0, doc: 'added to the mean' }),
} as const

/** Predicts one number for every row. */
export class MeanModel extends model('test.MeanModel', params, { mean: state.double('the prediction') }) {
  override bind(): BatchTransform {
    return {
      name: this.uid,
      inputs: [],
      outputs: [StructField(this.getPredictionCol(), DoubleType)],
      filters: false,
      run: (_columns, length) => ({
        columns: [{ kind: 'f64', data: new Float64Array(length).fill(this.mean), valid: null }],
      }),
    }
  }
}

/** Learns the mean of the labels plus `shift`: an estimator whose every number a test can compute by itself. */
export class MeanRegressor extends estimator('test.MeanRegressor', params, MeanModel) {
  /** Called at the start of every fit. */
  onFit?: (data: DataFrame, options: FitOptions) => void | Promise<void>

  protected override async train(data: DataFrame, options: FitOptions): Promise<MeanModel> {
    await this.onFit?.(data, options)
    let sum = 0
    let count = 0
    for await (const { columns, length } of data.batches([this.getLabelCol()], options)) {
      const origin = { stage: this.uid, column: this.getLabelCol(), firstRow: count }
      for (const label of doublesOf(columns[0], length, origin)) sum += label
      count += length
    }
    return new MeanModel({ mean: sum / count + this.getShift() })
  }
}
