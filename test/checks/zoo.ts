import { DataError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { Params } from '../../src/param/params.js'
import { accepts, double, inputColumn, type ParamTable } from '../../src/param/row.js'
import { singleColumn, weightCol } from '../../src/param/shared.js'
import { state } from '../../src/param/state.js'
import type { PersistableClass } from '../../src/persistence/persistable.js'
import type { SparkLayout } from '../../src/persistence/spark/layout.js'
import { estimator, model } from '../../src/pipeline/define.js'
import type { FitOptions } from '../../src/pipeline/estimator.js'
import { type ColumnData, type F64Column, isValid, type VectorColumn } from '../../src/sql/batch.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { BatchTransform } from '../../src/sql/plan.js'
import { DoubleType, IntegerType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import type { Subject } from './subject.js'

/** Faults of a stage, each with the check that must catch it. */
export const faults = {
  'default outside the constraint': 'a default satisfies its own constraint',
  'setter forgets': 'constructor option, setter and set() do the same',
  'accepts any value': 'a value outside the constraint is refused by name and changes nothing',
  'ignores unknown options': 'an unknown parameter is refused',
  'copy is the stage itself': 'a copy has the same uid and values, and is independent',
  'copy has a new uid': 'a copy has the same uid and values, and is independent',
  'clear does nothing': 'clear() brings the default back',
  'hides a parameter': 'explainParams() explains every parameter',
  'does not look for its columns': 'a missing input column is refused, with the nearest name',
  'does not look at types': 'an input column of a wrong type is refused',
  'replaces columns': 'an output column that exists is refused',
  'promises another type': 'transformSchema() gives the schema of transform(), and rows fit it',
  'promises columns that the model does not make': 'transformSchema() of an estimator tells the columns of its model',
  'crashes on no rows': 'an empty frame is answered or refused, and a fitted stage makes no rows of it',
  'crashes on one row': 'one row is answered or refused',
  'crashes on null': 'null in any column is answered or refused',
  'crashes on NaN': 'NaN in any column is answered or refused',
  'crashes on vectors of another size': 'vectors of no features, or of another size, are answered or refused',
  'changes its input': 'the input frame is not changed',
  'centres each batch': 'rows come out alike however they are cut into batches',
  'learns something else each time': 'fitting twice gives equal models',
  'forgets parameters': 'a model has the uid, the parent and the parameters of its estimator',
  'looks at the first row only': 'the order of rows does not matter',
  'looks at the last partition only': 'logical partitions do not matter',
  'counts rows, not weights': 'a weight of two is as the row twice',
  'adds the value to weights': 'weights of one are as no weights',
  'does not stop': 'an abort before the work rejects with its reason',
  'leaves a timer': 'an abort during the work rejects with its reason and leaves nothing behind',
  'keeps undeclared state': 'what was saved and loaded is equal, and works alike',
  "loses its state in Spark's format": "what Spark's format holds is the same when it is read again",
} as const

export type Fault = keyof typeof faults

const rows = [1, 4, 2, 8, 5, 7].map((x) => ({ x, pair: Vectors.dense([x, 1]) }))
const schema = StructType([StructField('x', DoubleType), StructField('pair', VectorUDT)])

/**
 * A toy estimator that subtracts the weighted mean of a column and multiplies by a factor, with one fault, or sound with none.
 * It refuses null, and vectors of several sizes in a column that it looks at only; NaN makes a NaN mean.
 */
export function centerWith(fault?: Fault): Subject {
  const has = (name: Fault): boolean => fault === name
  let fits = 0
  const timers: NodeJS.Timeout[] = []

  const factor = double({
    default: has('default outside the constraint') ? -1 : 1,
    min: 0,
    doc: 'multiplies the output',
  })
  const params = {
    ...singleColumn(accepts.numeric, DoubleType),
    sizedCol: inputColumn({ accepts: accepts.vector, fitOnly: true, doc: 'vectors of one size' }),
    weightCol,
    factor: has('accepts any value') ? { ...factor, constraint: { ...factor.constraint, ok: () => true } } : factor,
  } satisfies ParamTable

  const loses = has("loses its state in Spark's format")
  const sparkClass = loses ? 'org.apache.spark.ml.test.CenterModel' : 'test.CenterModel'

  class CenterModel extends model(sparkClass, params, { mean: state.double('weighted mean') }) {
    static readonly sparkLayout: SparkLayout | undefined = loses
      ? { read: async () => ({ state: { mean: 0 } }), write: async () => ({}) }
      : undefined

    undeclared?: number

    override bind(): BatchTransform {
      const [input, output] = [this.getInputCol(), this.getOutputCol()]
      const [mean, scale] = [this.mean, this.getFactor() + (this.undeclared ?? 0)]
      const yields = StructField(output, DoubleType)
      return {
        name: this.uid,
        inputs: [input],
        outputs: [yields],
        filters: false,
        run: ([column], length) => {
          const { data, valid } = column as F64Column
          if (has('changes its input') && length > 0) (data as Float64Array)[0] = 99
          const shift = has('centres each batch') ? data.subarray(0, length).reduce((a, b) => a + b, 0) / length : mean
          return { columns: [{ kind: 'f64', data: data.map((x) => (x - shift) * scale), valid } satisfies ColumnData] }
        },
      }
    }

    override transformSchema(input: StructType): StructType {
      const out = super.transformSchema(input)
      if (!has('promises another type')) return out
      return StructType(out.fields.map((f) => (f.name === this.getOutputCol() ? { ...f, dataType: IntegerType } : f)))
    }
  }

  class Center extends estimator('test.Center', params, CenterModel) {
    constructor(options: Record<string, unknown> = {}, uid?: string) {
      const { noSuchParam: _, ...known } = options
      super(has('ignores unknown options') ? known : options, uid)
    }

    protected override async train(data: DataFrame, { signal }: FitOptions): Promise<CenterModel> {
      const weights = this.isSet('weightCol') ? [this.getWeightCol()] : []
      let [sum, weightSum, count] = [0, 0, 0]
      let firstRow = 0
      for await (const batch of data.batches([this.getInputCol(), this.getSizedCol(), ...weights], {
        signal: has('does not stop') ? undefined : signal,
      })) {
        const [x, v, w] = batch.columns as [F64Column, VectorColumn, F64Column?]
        this.checkSizes(v)
        if (has('looks at the last partition only') && batch.length > 0) [sum, weightSum] = [0, 0]
        for (let i = 0; i < batch.length; i++) {
          this.checkRow(x, i, firstRow)
          const plain = w ? w.data[i] : 1
          const weight = has('counts rows, not weights')
            ? 1
            : plain + Number(has('adds the value to weights') && w !== undefined) * x.data[i]
          if (has('looks at the first row only') && count > 0) continue
          sum += weight * x.data[i]
          weightSum += weight
          count++
        }
        firstRow += batch.length
      }
      if (has('crashes on no rows') && count === 0) throw new TypeError('no rows')
      if (has('crashes on one row') && count === 1) throw new TypeError('one row')
      if (has('leaves a timer')) timers.push(setTimeout(() => {}, 200))
      const fitted = new CenterModel({ mean: sum / weightSum + (has('learns something else each time') ? fits++ : 0) })
      if (has('keeps undeclared state')) fitted.undeclared = 1
      return fitted
    }

    private checkSizes({ size, valid }: VectorColumn): void {
      if (size === rows[0].pair.size || valid !== null) return
      if (has('crashes on vectors of another size')) throw new RangeError('index out of range')
      throw new DataError('vectors of another size', { stage: this.uid, column: this.getSizedCol() })
    }

    private checkRow(x: F64Column, i: number, firstRow: number): void {
      if (has('crashes on NaN') && Number.isNaN(x.data[i])) throw new TypeError('NaN')
      if (isValid(x.valid, i)) return
      if (has('crashes on null')) throw new TypeError('cannot read null')
      throw new DataError('null', { stage: this.uid, column: this.getInputCol(), row: firstRow + i })
    }
  }

  breakMethods(fault, Center, CenterModel)
  return {
    stageClass: Center as unknown as PersistableClass,
    example: { rows, schema, params: () => ({ inputCol: 'x', sizedCol: 'pair', outputCol: 'y', factor: 2 }) },
    classes: [Center, CenterModel] as unknown as PersistableClass[],
  }
}

interface Prototyped {
  readonly prototype: object
}
type Method = (this: Params, ...args: never[]) => unknown

/** Faults that are one method replaced. */
function breakMethods(fault: Fault | undefined, Center: Prototyped, CenterModel: Prototyped): void {
  const original = Object.fromEntries(
    ['explainParams', 'fit', 'transformSchema', 'copy'].map((name) => [
      name,
      (Center.prototype as Record<string, Method>)[name],
    ]),
  )
  const itself: Method = function () {
    return this
  }
  const schemaOf = (change: (input: StructType, stage: Params) => StructType): Method =>
    function (input: StructType) {
      return original.transformSchema.call(this, change(input, this) as never)
    }
  const output = (stage: Params): string => stage.getOrDefault('outputCol') as string
  const methods: Partial<Record<Fault, readonly [owner: Prototyped, name: string, method: Method]>> = {
    'setter forgets': [Center, 'setFactor', itself],
    'copy is the stage itself': [Center, 'copy', itself],
    'clear does nothing': [Center, 'clear', itself],
    'forgets parameters': [CenterModel, 'copyValuesFrom', itself],
    'copy has a new uid': [
      Center,
      'copy',
      function (...args: never[]) {
        return Object.assign(original.copy.apply(this, args) as object, { uid: 'another' })
      },
    ],
    'hides a parameter': [
      Center,
      'explainParams',
      function () {
        return (original.explainParams.call(this) as string).split('\n').slice(1).join('\n')
      },
    ],
    'does not look for its columns': [
      Center,
      'transformSchema',
      function (input: StructType) {
        return StructType([...input.fields, StructField(output(this), DoubleType)])
      },
    ],
    'does not look at types': [
      Center,
      'transformSchema',
      schemaOf((input) =>
        StructType(input.fields.map((f) => ({ ...f, dataType: f.name === 'pair' ? VectorUDT : DoubleType }))),
      ),
    ],
    'replaces columns': [
      Center,
      'transformSchema',
      schemaOf((input, stage) => StructType(input.fields.filter(({ name }) => name !== output(stage)))),
    ],
    'promises columns that the model does not make': [
      Center,
      'transformSchema',
      function (input: StructType) {
        const { fields } = original.transformSchema.call(this, input as never) as StructType
        return StructType([...fields, StructField('extra', DoubleType)])
      },
    ],
    'does not stop': [
      Center,
      'fit',
      function (data: never) {
        return original.fit.call(this, data)
      },
    ],
  }
  const found = fault && methods[fault]
  if (found) Object.defineProperty(found[0].prototype, found[1], { value: found[2], configurable: true })
}
