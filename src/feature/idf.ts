import { DataError } from '../errors.js'
import { Vectors } from '../linalg/vectors.js'
import { accepts, int } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { scaledSlots } from '../scoring/slot-forms.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { firstWidth, requireVectors, requireWidth } from '../sql/vector-checks.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  minDocFreq: int({
    default: 0,
    min: 0,
    doc: 'minimum number of documents in which a term should appear; the IDF of rarer ones is 0 (>= 0)',
  }),
} as const

/**
 * Weights the counts of terms by how rare the terms are (Spark's `IDFModel`), as an {@link IDF} learned it: each entry is multiplied by
 * the `idf` of its slot.
 *
 * `docFreq` is the number of documents with each term, `numDocs` that of all documents. Sparse vectors stay sparse. **Null** is a
 * DataError; **NaN** stays NaN. **Errors**: DataError naming the row for a vector of another length; SchemaError for a missing
 * column, one that is no vector, or an output column that exists. **Cost**: one multiplication an entry. **Differs from Spark**: a vector of
 * another length is always an error.
 */
export class IDFModel extends model('org.apache.spark.ml.feature.IDFModel', params, {
  idf: state.vector('inverse document frequency of each term: log((numDocs + 1) / (docFreq + 1))'),
  docFreq: {
    ...state.doubles('number of documents with each term; 0 where it is below minDocFreq'),
    sparkLong: true,
  },
  numDocs: state.long('number of documents'),
}) {
  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const idf = this.idf.toArray()
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output()],
      filters: false,
      run: ([input], length, firstRow) => {
        const vectors = input as VectorColumn
        const origin = { stage: this.uid, column, firstRow }
        requireVectors(vectors, length, origin)
        requireWidth(vectors, length, idf.length, origin)
        const count = vectorStart(vectors, length)
        const values = vectors.indices === null ? weighDense(vectors, count, idf) : weighSparse(vectors, count, idf)
        return { columns: [{ ...vectors, size: idf.length, sizes: null, values }] }
      },
      forms: ([input]) =>
        input.kind === 'vector' && input.size === idf.length ? [scaledSlots(input, null, idf)] : undefined,
      expects: () => [{ size: idf.length }],
    }
  }

  private output(): StructField {
    const name = this.getOutputCol()
    return StructField(name, VectorUDT, true, new AttributeGroup(name, this.idf.size).toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    return `IDFModel: uid=${this.uid}, numDocs=${this.numDocs}, numFeatures=${this.idf.size}`
  }
}

function weighDense({ values }: VectorColumn, count: number, idf: Float64Array): Float64Array {
  const weighed = new Float64Array(count)
  for (let start = 0; start < count; start += idf.length) {
    for (let i = 0; i < idf.length; i++) weighed[start + i] = values[start + i] * idf[i]
  }
  return weighed
}

function weighSparse({ values, indices }: VectorColumn, count: number, idf: Float64Array): Float64Array {
  const slots = indices as Int32Array
  const weighed = new Float64Array(count)
  for (let e = 0; e < count; e++) weighed[e] = values[e] * idf[slots[e]]
  return weighed
}

/**
 * Learns how rare terms are (Spark's `IDF`): log((m + 1) / (d + 1)) for a term that is in d of m documents, which are vectors of
 * counts such as {@link HashingTF} and {@link CountVectorizer} make. A document has a term when its entry is above 0. Terms in fewer than
 * `minDocFreq` documents get 0.
 *
 * **Null** is a DataError; **NaN** and negative entries do not count. **Errors**: DataError for a frame without rows, or naming the row for
 * a vector of another length; SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: one pass
 * over the entries. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, IDF, Vectors } from 'ridgeline'
 * const rides = createDataFrame([{ counts: Vectors.dense(1, 0) }, { counts: Vectors.dense(2, 1) }])
 * const model = await new IDF({ inputCol: 'counts', outputCol: 'weights' }).fit(rides)
 * console.log(String(model.idf)) // [0.0,0.4054651081081644]
 * ```
 */
export class IDF extends estimator('org.apache.spark.ml.feature.IDF', params, IDFModel) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<IDFModel> {
    const column = this.getInputCol()
    let frequencies: Float64Array | undefined
    let documents = 0
    for await (const batch of data.batches([column], { signal: options.signal })) {
      const vectors = batch.columns[0] as VectorColumn
      const origin = { stage: this.uid, column, firstRow: documents }
      requireVectors(vectors, batch.length, origin)
      frequencies ??= new Float64Array(firstWidth(vectors, batch.length) ?? 0)
      requireWidth(vectors, batch.length, frequencies.length, origin)
      countDocuments(vectors, vectorStart(vectors, batch.length), frequencies)
      documents += batch.length
    }
    if (frequencies === undefined || documents === 0) {
      throw new DataError('there are no rows to learn from', {
        stage: this.uid,
        column,
        hint: 'Fit on a frame with at least one row.',
      })
    }
    const least = this.getMinDocFreq()
    return new IDFModel({
      idf: Vectors.dense(frequencies.map((d) => (d >= least ? Math.log((documents + 1) / (d + 1)) : 0))),
      docFreq: Array.from(frequencies, (d) => (d >= least ? d : 0)),
      numDocs: documents,
    })
  }
}

function countDocuments({ values, indices }: VectorColumn, count: number, frequencies: Float64Array): void {
  if (indices !== null) {
    for (let e = 0; e < count; e++) if (values[e] > 0) frequencies[indices[e]]++
    return
  }
  const size = frequencies.length
  for (let start = 0; start < count; start += size) {
    for (let i = 0; i < size; i++) if (values[start + i] > 0) frequencies[i]++
  }
}
