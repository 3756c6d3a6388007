import { ParamError } from '../errors.js'
import { Vector } from '../linalg/vector.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import type { RowForm, VectorForm } from '../sql/row-form.js'
import { type StructField, type StructType, withFields } from '../sql/types.js'
import { requireVectors, requireWidth } from '../sql/vector-checks.js'
import { shortText } from '../util/names.js'
import { Model } from './model.js'

/**
 * What models share that predict from a column of feature vectors (Spark's `PredictionModel`). A subclass says which
 * columns it makes and computes them for a batch. A column whose name is the empty string is not made.
 */
export abstract class PredictionModel extends Model {
  /** Number of features. */
  abstract readonly numFeatures: number

  /**
   * The prediction for one row.
   * @throws ParamError for anything but a vector; DataError when it has another length.
   */
  abstract predict(features: Vector): number

  /** Fields of the columns that are made, in order, for a schema of the input; a subclass adds its own. */
  protected outputs(_schema: StructType): StructField[] {
    return []
  }

  /**
   * The columns of `outputs`.
   * @param features a column of vectors of length `numFeatures`, of whose first `length` rows none is null.
   */
  protected outputColumns(_features: VectorColumn, _length: number): ColumnData[] {
    return []
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), this.outputs(schema))
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getOrDefault('featuresCol') as string
    const outputs = this.outputs(schema)
    return {
      name: this.uid,
      inputs: [column],
      outputs,
      filters: false,
      run: ([input], length, firstRow) => {
        const features = input as VectorColumn
        const origin = { stage: this.uid, column, firstRow }
        requireVectors(features, length, origin)
        requireWidth(features, length, this.numFeatures, origin)
        return { columns: this.outputColumns(features, length) }
      },
      forms: ([features]) => {
        if (features.kind !== 'vector' || features.size !== this.numFeatures) return undefined
        const forms = this.outputForms(features)
        return forms?.length === outputs.length ? forms : undefined
      },
      anyStorage: true,
      expects: () => [{ size: this.numFeatures }],
    }
  }

  /** Forms of the columns of `outputs` for a vector of `numFeatures` slots; undefined, or fewer of them, where columns without a form are made. */
  protected outputForms(_features: VectorForm): RowForm[] | undefined {
    return undefined
  }

  /** Whether the output column of a parameter is asked for. */
  protected makes(param: string): boolean {
    return this.isDefined(param) && this.getOrDefault(param) !== ''
  }

  /**
   * A vector as a column of one row.
   * @throws ParamError for anything but a vector; DataError when it has another length.
   */
  protected row(features: Vector): VectorColumn {
    if (!(features instanceof Vector)) {
      throw new ParamError(`the features are ${shortText(features)}`, {
        stage: this.uid,
        param: 'features',
        allowed: `Allowed: a vector of length ${this.numFeatures}`,
        received: shortText(features),
        hint: 'Wrap the numbers: Vectors.dense(numbers).',
      })
    }
    const column = singleRow(features)
    requireWidth(column, 1, this.numFeatures, { stage: this.uid, column: 'features', firstRow: 0 })
    return column
  }
}

/** One vector as a column of one row. */
function singleRow({ size, values, indices }: Vector): VectorColumn {
  if (indices === null) return denseVectors(values, size)
  return { ...denseVectors(values, size), offsets: Int32Array.of(0, values.length), indices }
}
