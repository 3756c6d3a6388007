import { SchemaError } from '../errors.js'
import { accepts, inputColumn, int } from '../param/row.js'
import { handleInvalid } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { AttributeGroup } from '../sql/attributes.js'
import { isValid, type VectorColumn } from '../sql/batch.js'
import { vectorSize } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import { fieldOf, isVector, StructField, type StructType, withFields } from '../sql/types.js'
import { requireVectors, requireWidth } from '../sql/vector-checks.js'

const params = {
  inputCol: inputColumn({ accepts: accepts.vector, doc: 'input column name; its metadata are changed' }),
  size: int({ min: 0, doc: 'number of slots of the vectors (>= 0)' }),
  handleInvalid: handleInvalid(
    ['optimistic', 'error', 'skip'],
    'error',
    'how to handle null and vectors of another size: skip (drop the row), error, or optimistic (do not look)',
  ),
} as const

/**
 * Tells the number of slots of a column of vectors in its metadata, where stages after it need to know it before they see data (Spark's
 * `VectorSizeHint`). The column stays in its place; all other metadata of it are lost unless they tell this size already.
 *
 * | value | error | skip | optimistic |
 * | --- | --- | --- | --- |
 * | a vector of this size | stays | stays | stays |
 * | a vector of another size | DataError | the row is dropped | stays |
 * | null | DataError | the row is dropped | stays |
 *
 * **NaN** in a vector stays. **Errors**: SchemaError for a missing column, one that is no vector, or whose metadata tell another size.
 * **Cost**: none, where all vectors of a batch are equally long. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, VectorSizeHint, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(1, 2) }, { x: Vectors.dense(3) }])
 * const hint = new VectorSizeHint({ inputCol: 'x', size: 2, handleInvalid: 'skip' })
 * console.log(await hint.transform(data).count()) // 1
 * ```
 */
export class VectorSizeHint extends transformer('org.apache.spark.ml.feature.VectorSizeHint', params) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output(schema)])
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const size = this.getSize()
    const mode = this.getHandleInvalid()
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output(schema)],
      filters: mode === 'skip',
      run: ([input], length, firstRow) => {
        const vectors = input as VectorColumn
        if (mode === 'error') {
          const origin = { stage: this.uid, column, firstRow }
          requireVectors(vectors, length, origin)
          requireWidth(vectors, length, size, origin)
        }
        return { columns: [vectors], keep: mode === 'skip' ? rowsOfSize(vectors, length, size) : null }
      },
      forms: ([input]) => (input.kind === 'vector' && input.size === size ? [input] : undefined),
      expects: () => [{ size }],
    }
  }

  private output(schema: StructType): StructField {
    const field = fieldOf(schema, this.getInputCol(), this.uid)
    if (!isVector(field.dataType)) return field
    const group = AttributeGroup.fromStructField(field)
    const size = this.getSize()
    if (group.size >= 0 && group.size !== size) {
      throw new SchemaError(`the metadata of column "${field.name}" tell a size of ${group.size}`, {
        stage: this.uid,
        column: field.name,
        param: 'size',
        allowed: `Allowed: ${size}, as this stage is told, or nothing`,
        received: String(group.size),
        hint: `Set size to ${group.size}, or leave this stage out.`,
      })
    }
    const known = group.size === size ? group : new AttributeGroup(field.name, size)
    const nullable = field.nullable || this.getHandleInvalid() !== 'optimistic'
    return StructField(field.name, field.dataType, nullable, known.toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    const size = this.isSet('size') ? `, size=${this.getSize()}` : ''
    return `VectorSizeHint: uid=${this.uid}, handleInvalid=${this.getHandleInvalid()}${size}`
  }
}

/** 1 for each row with a vector of the size, 0 for others; null when there are no others. */
function rowsOfSize(vectors: VectorColumn, length: number, size: number): Uint8Array | null {
  if (vectors.valid === null && vectors.sizes === null && vectors.size === size) return null
  return Uint8Array.from({ length }, (_, i) => (isValid(vectors.valid, i) && vectorSize(vectors, i) === size ? 1 : 0))
}
