import {
  Bucketizer,
  createDataFrame,
  FeatureHasher,
  IndexToString,
  LinearRegression,
  NotFittedError,
  ParamError,
  PipelineModel,
  StringIndexer,
  StringIndexerModel,
  Vectors,
} from 'ridgeline'
import { DoubleType, IntegerType, StringType } from 'ridgeline/sql'
import { describe, expect, it } from 'vitest'
import { frame, rides, ridesModel } from './rides.js'

/** Of a column without nulls in memory. */
const complete = { nullable: false, nulls: false }

describe('modelSchema', () => {
  it('has the columns that the scorer reads and gives, and what is known of them', async () => {
    const { inputs, outputs } = (await ridesModel('keep')).modelSchema()
    expect(inputs).toEqual([
      { name: 'city', type: StringType, ...complete, categories: ['FR', 'US', 'DE'], unseen: 'keep' },
      { name: 'km', type: DoubleType, ...complete, nans: false, range: { min: 0, max: 25 } },
      { name: 'hour', type: IntegerType, ...complete, range: { min: 0, max: 23 } },
    ])
    expect(outputs).toEqual([{ name: 'prediction', type: DoubleType, nullable: false }])
  })

  it('has no label, even where the pipeline indexes it, and the classes of the prediction', async () => {
    const { inputs, outputs } = (await ridesModel('error', true)).modelSchema()
    expect(inputs.map(({ name }) => name)).toEqual(['city', 'km', 'hour'])
    const classes = rides.length
    expect(outputs.map(({ name, size, categories }) => [name, size, categories?.length])).toEqual([
      ['rawPrediction', classes, undefined],
      ['probability', classes, undefined],
      ['prediction', undefined, classes],
    ])
  })

  it('has only what the chosen columns need', async () => {
    const { inputs, outputs } = (await ridesModel()).modelSchema({ outputCols: ['cityIdx'] })
    expect([inputs, outputs].map((fields) => fields.map(({ name }) => name))).toEqual([['city'], ['cityIdx']])
  })

  it('knows the number of slots of vectors that the model was fitted on', async () => {
    const vectors = createDataFrame([
      { features: Vectors.dense(1, 2), label: 1 },
      { features: Vectors.dense(3, 1), label: 2 },
    ])
    const model = await new LinearRegression().fit(vectors)
    expect(model.modelSchema().inputs).toEqual([{ name: 'features', type: { kind: 'vector' }, ...complete, size: 2 }])
  })

  it('knows numbers that are labels, and that several stages must know one', async () => {
    const numbers = createDataFrame([{ k: 3 }, { k: 3 }, { k: 1 }])
    const model = await new StringIndexer({ inputCol: 'k', outputCol: 'kIdx' }).fit(numbers)
    expect(model.modelSchema().inputs[0].categories).toEqual([3, 1])
    const second = StringIndexerModel.fromLabels(['1', '2'], 'k', 'other', 'keep')
    const both = new PipelineModel({ stages: [model, second] })
    const [k] = both.modelSchema({ schema: numbers.schema }).inputs
    expect([k.categories, k.unseen]).toEqual([[1], 'error'])
  })

  it('is that of a saved model, too, and of stages that were never fitted where the schema is told', async () => {
    const hours = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] })
    expect(hours.modelSchema().inputs.map(({ name, type }) => [name, type])).toEqual([['hour', DoubleType]])
    // Of a text or of a number.
    expect(() => new FeatureHasher({ inputCols: ['hour'], outputCol: 'y' }).modelSchema()).toThrow(NotFittedError)
    const { inputs, outputs } = hours.modelSchema({ schema: 'hour INT' })
    expect([inputs[0].type, outputs[0].name]).toEqual([IntegerType, 'part'])
    const text = new IndexToString({ inputCol: 'i', outputCol: 'city', labels: ['FR'] })
    expect(text.modelSchema({ schema: 'i DOUBLE' }).outputs[0].type).toEqual(StringType)
  })

  it('writes TypeScript that says what is known', async () => {
    const schema = (await ridesModel('error')).modelSchema()
    expect(schema.toTypeScript('Ride', 'Price')).toBe(
      [
        'export interface Ride {',
        '  /** Labels: "FR", "US", "DE". */',
        '  readonly city: "FR" | "US" | "DE"',
        '  /** Fitted on numbers from 0 to 25. */',
        '  readonly km: number',
        '  /** Fitted on numbers from 0 to 23. */',
        '  readonly hour: number',
        '}',
        '',
        'export interface Price {',
        '  prediction: number',
        '}',
        '',
      ].join('\n'),
    )
    expect(() => schema.toTypeScript('a b')).toThrow(ParamError)
  })

  it('fits frames with names that are no identifiers', async () => {
    const odd = createDataFrame([{ 'a "b" */': 1, y: 2 }])
    const model = new Bucketizer({ inputCol: 'a "b" */', outputCol: 'part', splits: [0, 1, 2] })
    expect(model.modelSchema({ schema: odd.schema }).toTypeScript()).toContain('readonly "a \\"b\\" */": number | null')
    expect(frame.columns).toContain('km')
  })
})
