import { ParamError, SchemaError } from '../errors.js'
import { Matrices } from '../linalg/matrices.js'
import type { Matrix } from '../linalg/matrix.js'
import { squareSvd } from '../linalg/square-svd.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { accepts, int } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { type ComputeSlots, computedSlots } from '../scoring/slot-forms.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import { denseVectors, vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable } from '../sql/row-form.js'
import { fieldOf, isVector, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { covarianceOf } from '../stat/covariance.js'
import { TurnTaker } from '../util/turn-taker.js'
import { uninitialized } from '../util/uninitialized.js'
import { isWorthKernel, projectDense } from './projection.js'
import { sizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  k: int({ min: 1, doc: 'number of principal components (> 0)' }),
} as const

/**
 * Projects vectors on the principal components that a {@link PCA} found (Spark's `PCAModel`): `pc' x`. Vectors are not centred first, as in Spark.
 *
 * Output vectors are dense and have one slot a component. **Null** is a DataError. **NaN** makes its vector NaN. **Errors**: DataError naming the row for a
 * vector of another length; SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: a product for each stored
 * entry and component. **Differs from Spark**: nothing.
 */
export class PCAModel extends model('org.apache.spark.ml.feature.PCAModel', params, {
  pc: state.matrix('principal components, one a column: a row for each feature'),
  explainedVariance: state.vector('share of the variance that each component explains'),
}) {
  /** @throws ParamError unless there is a share for each component. */
  constructor(learned: { readonly pc: Matrix; readonly explainedVariance: Vector }, uid?: string) {
    super(learned, uid)
    const [components, shares] = [this.pc.numCols, this.explainedVariance.size]
    if (components === shares) return
    throw new ParamError(`"pc" has ${components} columns and "explainedVariance" has length ${shares}`, {
      stage: this.uid,
      param: 'explainedVariance',
      allowed: 'One share a component',
      received: `${components} and ${shares}`,
      hint: 'Give what one PCA learned.',
    })
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const { numRows, numCols } = this.pc
    const components = this.pc.toDenseColMajor().values
    return vectorTransform({
      stage: this.uid,
      column: this.getInputCol(),
      output: this.output(),
      size: numRows,
      run: (vectors, length) => denseVectors(projected(vectors, length, components, numCols), numCols),
      form: (vectors) => ({
        ...computedSlots(vectors, numCols, printable(projectSlots, components, numCols)),
        storage: 'dense',
      }),
    })
  }

  private output() {
    return sizedField(this.getOutputCol(), this.pc.numCols)
  }

  /** Spark's text. */
  override toString(): string {
    return `PCAModel: uid=${this.uid}, k=${this.pc.numCols}`
  }
}

/** The components of one row. */
const projectSlots =
  (components: Float64Array, k: number): ComputeSlots =>
  (slots, into, to) => {
    const size = slots.length
    for (let c = 0, at = 0; c < k; c++, at += size) {
      let sum = 0
      for (let j = 0; j < size; j++) sum += components[at + j] * slots[j]
      into[to + c] = sum
    }
    return true
  }

/** Of each row the dot products with the components, which lie one after the other. */
function projected(column: VectorColumn, length: number, components: Float64Array, k: number): Float64Array {
  const { size, indices, values } = column
  const made = uninitialized(length * k)
  if (indices === null && isWorthKernel(length, size, k)) projectDense(values, length, size, components, k, made)
  else {
    for (let i = 0, to = 0; i < length; i++) {
      const start = vectorStart(column, i)
      const end = vectorStart(column, i + 1)
      for (let c = 0, at = 0; c < k; c++, at += size) {
        let sum = 0
        if (indices === null) for (let j = 0; j < size; j++) sum += components[at + j] * values[start + j]
        else for (let e = start; e < end; e++) sum += components[at + indices[e]] * values[e]
        made[to++] = sum
      }
    }
  }
  return made
}

/**
 * Finds the `k` orthogonal directions in which vectors vary most (Spark's `PCA`): the first left singular vectors of their sample covariance matrix.
 *
 * Directions are signed as LAPACK leaves them. Features are not scaled: a StandardScaler before it gives all of them the same weight. **Null** is a DataError;
 * so are **NaN** and infinite numbers. **Errors**: DataError naming the row for a vector of another length, and when there are fewer than two rows; ParamError
 * when there are fewer features than `k`; SchemaError for a missing column, one that is no vector, or an output column that exists.
 * **Cost**: three passes, O(rows n^2 + n^3) time and O(n^2) memory for n features. **Differs from Spark**: beyond 25 features, and where
 * two directions explain the same variance, directions may differ in sign.
 *
 * @example
 * ```ts
 * import { createDataFrame, PCA, Vectors } from 'ridgeline'
 * const data = createDataFrame([[1, 1], [2, 2.1], [3, 2.9], [4, 4]].map((x) => ({ x: Vectors.dense(x) })))
 * const model = await new PCA({ inputCol: 'x', outputCol: 'main', k: 1 }).fit(data)
 * console.log(model.explainedVariance.get(0) > 0.99) // true
 * ```
 */
export class PCA extends estimator('org.apache.spark.ml.feature.PCA', params, PCAModel) {
  override transformSchema(schema: StructType): StructType {
    const made = super.transformSchema(schema)
    const field = fieldOf(schema, this.getInputCol(), this.uid)
    const size = isVector(field.dataType) ? AttributeGroup.fromStructField(field).size : -1
    if (size >= 0 && this.getK() > size) {
      throw new SchemaError(`column "${field.name}" has ${size} features by its metadata`, this.tooFew(size))
    }
    return withFields(made, [sizedField(this.getOutputCol(), this.getK())])
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<PCAModel> {
    const column = this.getInputCol()
    const { size, matrix } = await covarianceOf(data, column, this.uid, options)
    const k = this.getK()
    if (k > size) throw new ParamError(`the vectors have ${size} features`, this.tooFew(size))
    const { values, left } = await squareSvd(matrix, size, this.uid, new TurnTaker(options.signal))
    const total = values.reduce((sum, value) => sum + value, 0)
    return new PCAModel({
      pc: Matrices.dense(size, k, left.subarray(0, size * k)),
      explainedVariance: Vectors.dense(values.subarray(0, k).map((value) => value / total)),
    })
  }

  private tooFew(size: number) {
    return {
      stage: this.uid,
      column: this.getInputCol(),
      param: 'k',
      allowed: `Allowed: at least ${this.getK()} features, one a component`,
      received: String(size),
      hint: 'Lower k.',
    }
  }
}
