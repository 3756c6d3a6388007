import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { BatchTransform } from '../sql/plan.js'
import type { RowForm, VectorForm } from '../sql/row-form.js'
import type { StructField } from '../sql/types.js'
import { requireVectors, requireWidth } from '../sql/vector-checks.js'

/** A step that makes one column of one column of vectors. */
interface VectorStep {
  /** uid of the stage. */
  readonly stage: string
  readonly column: string
  readonly output: StructField
  /** Length that every vector must have; absent: rows may differ. */
  readonly size?: number
  /** Makes the column of the first `length` rows, none of which is null. With `size`, `vectors.size` is it. */
  run(vectors: VectorColumn, length: number, firstRow: number): ColumnData
  /** How the column is computed of one row; undefined where only `run` tells. */
  readonly form?: (vectors: VectorForm) => RowForm | undefined
}

/**
 * What stages share that read one column of vectors.
 * @returns a step that raises a DataError naming the row for a null vector, and for one of another length than `size`.
 */
export function vectorTransform({ stage, column, output, size, run, form }: VectorStep): BatchTransform {
  return {
    name: stage,
    inputs: [column],
    outputs: [output],
    filters: false,
    run: ([input], length, firstRow) => {
      const vectors = input as VectorColumn
      const origin = { stage, column, firstRow }
      requireVectors(vectors, length, origin)
      if (size === undefined) return { columns: [run(vectors, length, firstRow)] }
      requireWidth(vectors, length, size, origin)
      return { columns: [run({ ...vectors, size, sizes: null }, length, firstRow)] }
    },
    forms: ([vectors]) => {
      if (vectors.kind !== 'vector' || (size !== undefined && vectors.size !== size)) return undefined
      const made = form?.(vectors)
      return made && [made]
    },
    expects: () => [size === undefined ? undefined : { size }],
  }
}
