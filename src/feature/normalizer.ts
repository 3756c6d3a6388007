import { accepts, double } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { entriesReader } from '../scoring/entry-forms.js'
import { type ComputeSlots, computedSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable, type ReadEntries, type VectorForm } from '../sql/row-form.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { javaDoubleText } from '../util/java-text.js'
import { uninitialized } from '../util/uninitialized.js'
import { likeSizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  p: double({ default: 2, min: 1, doc: 'the p of the norm (>= 1); Infinity: the largest absolute value' }),
} as const

/**
 * Divides each vector by its p-norm, `(sum |x_i|^p)^(1/p)` (Spark's `Normalizer`), so that its norm is 1.
 *
 * Vectors keep their form, and may differ in length; one of norm 0 stays as it is. **Null** is a DataError. **NaN** makes all stored entries of its
 * vector NaN; for `p = Infinity` it does not count. **Errors**: SchemaError for a missing column, one that is no vector, or an output
 * column that exists. **Cost**: two sweeps. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, Normalizer, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(3, 4) }])
 * await new Normalizer({ inputCol: 'x', outputCol: 'unit' }).transform(data).show() // [0.6,0.8]
 * ```
 */
export class Normalizer extends transformer('org.apache.spark.ml.feature.Normalizer', params) {
  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output(schema)])
  }

  override bind(schema: StructType): BatchTransform {
    const p = this.getP()
    return vectorTransform({
      stage: this.uid,
      column: this.getInputCol(),
      output: this.output(schema),
      run: (vectors, length) => normalized(vectors, length, p),
      form: (vectors) => normalizedForm(vectors, p),
    })
  }

  private output(schema: StructType) {
    return likeSizedField(this.getOutputCol(), schema, this.getInputCol(), this.uid)
  }

  /** Spark's text. */
  override toString(): string {
    return `Normalizer: uid=${this.uid}, p=${javaDoubleText(this.getP())}`
  }
}

function normalized(column: VectorColumn, length: number, p: number): VectorColumn {
  const from = column.values
  const values = uninitialized(vectorStart(column, length))
  const normOf = normFunction(p)
  for (let i = 0, start = 0; i < length; i++) {
    const end = vectorStart(column, i + 1)
    const norm = normOf(from, start, end)
    divide(from, values, start, end, norm === 0 ? 1 : norm)
    start = end
  }
  return { ...column, values }
}

function divide(from: Float64Array, to: Float64Array, start: number, end: number, divisor: number): void {
  let e = start
  for (; e < end - 3; e += 4) {
    to[e] = from[e] / divisor
    to[e + 1] = from[e + 1] / divisor
    to[e + 2] = from[e + 2] / divisor
    to[e + 3] = from[e + 3] / divisor
  }
  for (; e < end; e++) to[e] = from[e] / divisor
}

type Norm = (values: Float64Array, start: number, end: number) => number

/** Norm of a run of entries, summed as `Vectors.norm` does. */
function normFunction(p: number): Norm {
  if (p === 1) {
    return (values, start, end) => {
      let sum = 0
      for (let e = start; e < end; e++) sum += Math.abs(values[e])
      return sum
    }
  }
  if (p === 2) {
    return (values, start, end) => {
      let sum = 0
      for (let e = start; e < end; e++) sum += values[e] * values[e]
      return Math.sqrt(sum)
    }
  }
  if (p === Number.POSITIVE_INFINITY) {
    return (values, start, end) => {
      let largest = 0
      for (let e = start; e < end; e++) {
        const absolute = Math.abs(values[e])
        if (absolute > largest) largest = absolute
      }
      return largest
    }
  }
  return (values, start, end) => {
    let sum = 0
    for (let e = start; e < end; e++) sum += Math.abs(values[e]) ** p
    return sum ** (1 / p)
  }
}

const divideSlots =
  (normOf: Norm): ComputeSlots =>
  (slots, into, at) => {
    const norm = normOf(slots, 0, slots.length)
    const divisor = norm === 0 ? 1 : norm
    for (let j = 0; j < slots.length; j++) into[at + j] = slots[j] / divisor
    return true
  }

const divideEntries = (read: ReadEntries, normOf: Norm): ReadEntries => {
  let values = new Float64Array(16)
  return (row) => {
    const entries = read(row)
    if (entries === undefined) return undefined
    const { count, indices } = entries
    if (values.length < count) values = new Float64Array(2 * count)
    const norm = normOf(entries.values, 0, count)
    const divisor = norm === 0 ? 1 : norm
    for (let e = 0; e < count; e++) values[e] = entries.values[e] / divisor
    return { count, indices, values }
  }
}

/** The vector of one row. */
function normalizedForm(vectors: VectorForm, p: number): VectorForm {
  const { size } = vectors
  // A row keeps its storage, though infinite numbers make zeros of others.
  const storage = vectors.storage === 'compressed' ? undefined : vectors.storage
  const normOf = printable(normFunction, p)
  const read = vectors.parts.some(({ kind }) => kind === 'entries') ? entriesReader(vectors) : undefined
  if (!read) return { ...computedSlots(vectors, size, printable(divideSlots, normOf)), storage }
  return {
    kind: 'vector',
    size,
    storage,
    parts: [{ kind: 'entries', size, read: printable(divideEntries, read, normOf) }],
  }
}
