import type { Estimator } from '../../src/pipeline/estimator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { ArrayType, DoubleType, StringType, StructField, StructType, withFields } from '../../src/sql/types.js'
import type { RecordedObject } from '../helpers/compare.js'
import { buildStage } from './classes.js'
import type { GoldenCase } from './corpus.js'
import type { Dataset } from './frames.js'

/** What was done before the recorded stage ran, where the recording tells it in a note only. */
interface Preparation {
  /** Matches the ids of the cases. */
  readonly id: RegExp
  readonly data?: (data: Dataset) => Dataset
  readonly frame?: (frame: DataFrame) => Promise<DataFrame>
  /** Parameters of stages inside, which the recording lists by class only. */
  readonly params?: (recorded: RecordedObject) => RecordedObject
}

const transformer = (className: string, params: RecordedObject) => async (frame: DataFrame) =>
  (buildStage(className, params) as Transformer).transform(frame)
const fitted = (className: string, params: RecordedObject) => async (frame: DataFrame) =>
  (await (buildStage(className, params) as Estimator<Transformer>).fit(frame)).transform(frame)

const column =
  (field: StructField, value: (row: Dataset['rows'][number]) => unknown) =>
  (data: Dataset): Dataset => ({
    schema: withFields(data.schema, [field]),
    rows: data.rows.map((row) => ({ ...row, [field.name]: value(row) })),
  })
const without =
  (name: string) =>
  (data: Dataset): Dataset => ({
    schema: StructType(data.schema.fields.filter((field) => field.name !== name)),
    rows: data.rows.map(({ [name]: _, ...row }) => row),
  })

const preparations: readonly Preparation[] = [
  {
    id: /^classification\/LogisticRegression\/oneClass$/,
    data: column(StructField('label', DoubleType, false), () => 1),
  },
  {
    id: /^classification\/LogisticRegression\/oneClass0$/,
    data: column(StructField('label', DoubleType, false), () => 0),
  },
  {
    id: /^clustering\/KMeans\/k4_array_column$/,
    data: column(StructField('arr', ArrayType(DoubleType, false), false), (row) =>
      Array.from((row.features as { toArray(): ArrayLike<number> }).toArray()),
    ),
  },
  {
    id: /^feature\/StopWordsRemover\/multi$/,
    data: column(StructField('w2', ArrayType(StringType, false)), (row) => (row.text as string).split(' ')),
  },
  {
    id: /^feature\/(IndexToString\/metadata|OneHotEncoder\/afterIndexer_.*)$/,
    frame: fitted('StringIndexer', { inputCol: 's1', outputCol: 'i', handleInvalid: 'keep' }),
  },
  {
    id: /^feature\/VectorAssembler\/nominal_metadata$/,
    frame: fitted('StringIndexer', { inputCol: 'yMulti', outputCol: 'i1' }),
  },
  {
    id: /^feature\/Interaction\/nominal$/,
    data: without('i1'),
    frame: fitted('StringIndexer', { inputCol: 'm1', outputCol: 'i1' }),
  },
  {
    id: /^feature\/Interaction\/vec_num_vec$/,
    frame: async (frame) => {
      const sized = await transformer('VectorSizeHint', { inputCol: 'v2', size: 2 })(frame)
      const first = await transformer('VectorAssembler', { inputCols: ['v2', 'x'], outputCol: 'a' })(sized)
      return transformer('VectorAssembler', { inputCols: ['x', 'k'], outputCol: 'b' })(first)
    },
  },
  {
    id: /^classification\/OneVsRest\//,
    params: (recorded) => ({
      ...recorded,
      classifier: { ...(recorded.classifier as RecordedObject), params: { regParam: 0.01 } },
    }),
  },
]

/** The preparation of a case; most cases have none. */
export const preparationOf = (golden: GoldenCase): Preparation | undefined =>
  preparations.find(({ id }) => id.test(golden.id))
