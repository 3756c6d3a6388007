import type { Vector } from '../linalg/vector.js'
import type { ParamTable } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import type { StateTable } from '../param/state.js'
import { type ModelClass, modelOver } from '../pipeline/define.js'
import { PredictionModel } from '../pipeline/prediction-model.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { ReadNumber, RowForm, VectorForm } from '../sql/row-form.js'
import type { StructField, StructType } from '../sql/types.js'
import { predictionField } from './prediction-field.js'

/** What fitted regressions share (Spark's `RegressionModel`): a column of predicted numbers, and the prediction for one vector. */
export abstract class RegressionModel extends PredictionModel {
  /** Predictions for the first `length` rows of a column of vectors of length `numFeatures` without nulls. */
  abstract predictions(features: VectorColumn, length: number): Float64Array

  override predict(features: Vector): number {
    return this.predictions(this.row(features), 1)[0]
  }

  protected override outputs(_schema: StructType): StructField[] {
    return this.makes('predictionCol') ? [predictionField(this.getOrDefault('predictionCol') as string)] : []
  }

  protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
    if (!this.makes('predictionCol')) return []
    return [{ kind: 'f64', data: this.predictions(features, length), valid: null }]
  }

  /** The prediction of one row; undefined where a model has nothing faster than `predictions`. */
  protected rowPrediction(_features: VectorForm): ReadNumber | undefined {
    return undefined
  }

  protected override outputForms(features: VectorForm): RowForm[] | undefined {
    if (!this.makes('predictionCol')) return []
    const read = this.rowPrediction(features)
    return read && [{ kind: 'number', read }]
  }
}

/** Base class of the model of a regression: `class XModel extends regressionModel('org.apache…XModel', params, state) { … }`. */
export function regressionModel<const T extends ParamTable, const D extends StateTable>(
  sparkClass: string,
  params: T,
  state: D,
  rules: readonly Rule[] = [],
): ModelClass<T, D, RegressionModel> {
  return modelOver(RegressionModel, sparkClass, params, state, rules)
}
