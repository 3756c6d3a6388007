import type { ColumnData } from '../batch.js'
import { buildColumn } from '../column-builder.js'
import { takeColumn } from '../columns.js'
import type { PlanOf } from '../plan.js'
import { BooleanType, fieldOf, StructField, StructType } from '../types.js'
import type { Kernel } from './duckdb.js'
import { pruneSegment, runSegment } from './segment.js'

/** A segment as one function of the engine. */
export interface SegmentKernel {
  /** Gives the outputs as o0, o1, …, and `keep` where the segment removes rows. */
  readonly kernel: Kernel
  readonly outputs: readonly string[]
  readonly filters: boolean
}

/**
 * The segment of a plan as a kernel that computes the outputs which the plan's schema names. A kernel cannot remove rows,
 * so rows that a transform removes come out marked, with values that nobody may read.
 */
export function segmentKernel(plan: PlanOf<'mlSegment'>): SegmentKernel {
  const produced = new Set(plan.transforms.flatMap((transform) => transform.outputs.map((field) => field.name)))
  const outputs = plan.schema.fields.filter((field) => produced.has(field.name))
  const names = outputs.map((field) => field.name)
  const { transforms, inputs } = pruneSegment(plan.transforms, new Set(names))
  const filters = transforms.some((transform) => transform.filters)
  const schema = StructType([...inputs].map((name) => fieldOf(plan.input.schema, name)))
  const fields = outputs.map((field, k) => StructField(`o${k}`, field.dataType))
  // The engine hands rows over in any order, so this numbers them as they come.
  let firstRow = 0
  return {
    outputs: names,
    filters,
    kernel: {
      inputs: schema.fields,
      outputs: filters ? [...fields, StructField('keep', BooleanType)] : fields,
      run(columns, length) {
        const result = runSegment(transforms, schema, columns, length, firstRow)
        firstRow += length
        const spread = result.rows && spreadRows(result.rows, length)
        const values = outputs.map((field) => {
          const column = result.columns.get(field.name)!
          if (spread === null) return column
          return result.length > 0
            ? takeColumn(column, spread.source)
            : buildColumn(field.dataType, new Array(length).fill(null), field.name)
        })
        return filters ? [...values, keepColumn(spread?.keep, length)] : values
      },
    },
  }
}

/** For each row of the input the row of the result that it became; removed rows point at the first. */
function spreadRows(rows: Int32Array, length: number): { source: Int32Array; keep: Uint8Array } {
  const source = new Int32Array(length)
  const keep = new Uint8Array(length)
  rows.forEach((row, i) => {
    source[row] = i
    keep[row] = 1
  })
  return { source, keep }
}

const keepColumn = (keep: Uint8Array | undefined, length: number): ColumnData => ({
  kind: 'bool',
  data: keep ?? new Uint8Array(length).fill(1),
  valid: null,
})
