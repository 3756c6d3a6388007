import { SchemaError } from '../errors.js'
import { accepts, bool } from '../param/row.js'
import { numFeatures, singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { ColumnOrigin } from '../sql/column-origin.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable } from '../sql/row-form.js'
import {
  type ArrayType,
  fieldOf,
  StructField,
  type StructType,
  simpleString,
  VectorUDT,
  withFields,
} from '../sql/types.js'
import { murmur3Hashes } from '../util/murmur3.js'
import { countForm } from './count-form.js'
import { CountRows } from './sparse-rows.js'
import { slotOf, termHash, textSlot, valueHash } from './term-hash.js'
import { arraysOf } from './text-column.js'

const params = {
  ...singleColumn(accepts.array, VectorUDT),
  numFeatures,
  binary: bool({ default: false, doc: 'whether all counts that are not zero are set to 1' }),
} as const

/**
 * Counts terms by their hash (Spark's `HashingTF`): each term of a row adds 1 at the place murmur3(term) mod `numFeatures`, without a
 * vocabulary that must be learned first. Different terms may share a place; a power of two as `numFeatures` spreads them evenly.
 *
 * Input: arrays of strings, booleans, integers or floating-point numbers. Output: sparse vectors of length `numFeatures`; the hash is Spark's
 * of 3.0 and later, so that places are equal. A **null** term counts at place 42 mod `numFeatures`; a null row is a DataError, as Spark
 * fails. **Errors**: SchemaError for a missing column, one that is no array or an array of another type, or an output column that exists.
 * **Cost**: one hash a term. **Differs from Spark**: arrays of other types are refused before any row is read.
 *
 * @example
 * ```ts
 * import { createDataFrame, HashingTF } from 'ridgeline'
 * const rides = createDataFrame([{ words: ['late', 'at', 'night', 'late'] }])
 * const counts = new HashingTF({ inputCol: 'words', outputCol: 'counts', numFeatures: 16 })
 * await counts.transform(rides).select('counts').show()
 * console.log(counts.indexOf('late'))
 * ```
 */
export class HashingTF extends transformer('org.apache.spark.ml.feature.HashingTF', params) {
  override transformSchema(schema: StructType): StructType {
    const derived = super.transformSchema(schema)
    this.hash(schema)
    return withFields(derived, [this.output()])
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const hash = this.hash(schema)
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output()],
      filters: false,
      run: ([terms], length, firstRow) => ({
        columns: [this.count(terms, length, hash, { stage: this.uid, column, firstRow })],
      }),
      forms: ([terms]) => {
        const size = this.getNumFeatures()
        return allForms([
          countForm(terms, {
            size,
            slotOf: printable(textSlot, murmur3Hashes, size),
            least: 1,
            binary: this.getBinary(),
          }),
        ])
      },
    }
  }

  /**
   * Place of a term. A whole number counts as an int where it fits 32 bits and else as a long, another number as a double.
   * @throws UnsupportedError for what is neither a string, a number, a bigint, a boolean nor null.
   */
  indexOf(term: unknown): number {
    return slotOf(valueHash(term, this.uid), this.getNumFeatures())
  }

  private count(
    column: ColumnData,
    length: number,
    hash: (term: unknown) => number,
    origin: ColumnOrigin,
  ): VectorColumn {
    const documents = arraysOf<unknown>(column, length, origin)
    const size = this.getNumFeatures()
    const binary = this.getBinary()
    const rows = new CountRows(length, size)
    for (let i = 0; i < length; i++) {
      const terms = documents[i]
      rows.reserve(terms.length)
      for (let k = 0; k < terms.length; k++) rows.push(slotOf(hash(terms[k]), size))
      rows.endRow(1, binary)
    }
    return rows.column()
  }

  private hash(schema: StructType): (term: unknown) => number {
    const { name, dataType } = fieldOf(schema, this.getInputCol(), this.uid)
    const hash = termHash((dataType as ArrayType).elementType)
    if (hash) return hash
    throw new SchemaError(`column "${name}" (inputCol) has type ${simpleString(dataType)}`, {
      stage: this.uid,
      column: name,
      param: 'inputCol',
      allowed: 'Allowed: an array of strings, booleans, integers or floating-point numbers',
      received: simpleString(dataType),
    })
  }

  private output(): StructField {
    const name = this.getOutputCol()
    return StructField(name, VectorUDT, true, new AttributeGroup(name, this.getNumFeatures()).toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    return `HashingTF: uid=${this.uid}, binary=${this.getBinary()}, numFeatures=${this.getNumFeatures()}`
  }
}
