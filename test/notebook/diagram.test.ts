import {
  CrossValidator,
  createDataFrame,
  DecisionTreeRegressor,
  expr,
  LinearRegression,
  LogisticRegression,
  OneHotEncoder,
  ParamGridBuilder,
  Pipeline,
  RandomForestRegressor,
  RegressionEvaluator,
  SQLTransformer,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { diagram } from 'ridgeline/notebook'
import { describe, expect, it } from 'vitest'

/** The texts of a diagram, from top to bottom. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text)
/** Rectangles as numbers. */
const boxesOf = (svg: string) =>
  [...svg.matchAll(/<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"/g)].map((match) =>
    match.slice(1).map(Number),
  )
const HOSTILE = `</text><script>alert("x")</script>&\u0000\ud800`

const rides = createDataFrame(
  [
    ['FR', 7.5, 9, 10.8],
    ['US', 12, 18, 18.4],
    ['DE', 3, 23, 6.2],
    ['FR', 16.2, 8, 21.7],
    ['MG', 9.5, 12, 13.1],
  ],
  'city STRING, km DOUBLE, hour INT, price DOUBLE',
)
const indexer = new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' })
const encoder = new OneHotEncoder({ inputCols: ['cityIdx'], outputCols: ['cityOhe'] })
const assembler = new VectorAssembler({ inputCols: ['km', 'hour', 'cityOhe'], outputCol: 'features' })
const lr = new LinearRegression({ labelCol: 'price', regParam: 0, maxIter: 7 })
const pipeline = new Pipeline({ stages: [indexer, encoder, assembler, lr] })

describe('a stage as a diagram', () => {
  it('tells columns and the parameters that are not at their default', () => {
    expect(textsOf(diagram(pipeline))).toEqual([
      ...['Pipeline', 'estimator'],
      ...['StringIndexer', 'estimator', 'city → cityIdx', 'handleInvalid = keep'],
      ...['OneHotEncoder', 'estimator', 'cityIdx → cityOhe'],
      ...['VectorAssembler', 'transformer', 'km, hour, cityOhe → features'],
      // regParam was set to what it is anyway.
      ...['LinearRegression', 'estimator', 'features, price → prediction', 'maxIter = 7'],
    ])
    expect(textsOf(diagram(new SQLTransformer({ statement: 'SELECT * FROM __THIS__' })))).toEqual([
      'SQLTransformer',
      'transformer',
      'statement = SELECT * FROM __THIS__',
    ])
  })

  it('tells what was learned, in short', async () => {
    const model = await pipeline.fit(rides)
    const texts = textsOf(diagram(model))
    expect(texts.slice(0, 6)).toEqual([
      ...['PipelineModel', 'model'],
      ...['StringIndexerModel', 'model', 'city → cityIdx', 'handleInvalid = keep'],
    ])
    expect(texts).toContain('labelsArray: [FR, DE, MG, US]')
    expect(texts).toContain('categorySizes: [5]')
    // A model does not read the label.
    expect(texts).toContain('features → prediction')
    const { coefficients, intercept } = model.stages.at(-1) as unknown as {
      coefficients: { toArray(): Float64Array }
      intercept: number
    }
    expect(texts).toContain(`intercept: ${Number(intercept.toPrecision(5))}`)
    const line = texts.find((text) => text.startsWith('coefficients'))
    expect(line).toContain(`[${Number(coefficients.toArray()[0].toPrecision(5))}, `)
    expect(line).toContain('… 6 in all]')
  })

  it('draws the stages of a tuner and of its model', async () => {
    const grid = new ParamGridBuilder().addGrid(lr.regParam, [0, 0.1]).addGrid(lr.fitIntercept, [true, false]).build()
    const evaluator = new RegressionEvaluator({ labelCol: 'price' })
    const tuner = new CrossValidator({ estimator: lr, estimatorParamMaps: grid, evaluator, numFolds: 2 })
    expect(textsOf(diagram(tuner))).toEqual([
      ...[
        'CrossValidator',
        'estimator',
        '4 maps of parameters',
        '  regParam: 0, 0.1',
        '  fitIntercept: true, false',
        'numFolds = 2',
      ],
      ...['estimator', 'LinearRegression', 'estimator', 'features, price → prediction', 'maxIter = 7'],
      ...['evaluator', 'RegressionEvaluator', 'evaluator', 'prediction, price'],
    ])
    const frame = assembler.transform((await new Pipeline({ stages: [indexer, encoder] }).fit(rides)).transform(rides))
    const model = await tuner.set({ collectSubModels: true }).fit(frame)
    const texts = textsOf(diagram(model))
    expect(texts).toContain('bestModel')
    expect(texts).toContain('LinearRegressionModel')
    expect(texts).toContain('subModels: 2 × 4')
    expect(texts.filter((text) => text.startsWith('avgMetrics: ['))).toHaveLength(1)
  })

  it('draws one tree of a forest, and few classes of matrices', async () => {
    const frame = new VectorAssembler({ inputCols: ['km', 'hour'], outputCol: 'features' }).transform(rides)
    const forest = await new RandomForestRegressor({ labelCol: 'price', numTrees: 20, seed: 1 }).fit(frame)
    const texts = textsOf(diagram(forest))
    expect(texts.filter((text) => text === 'DecisionTreeRegressionModel')).toHaveLength(1)
    expect(texts).toContain('trees: 20, of which the first is')
    const tree = await new DecisionTreeRegressor({ labelCol: 'price' }).fit(frame)
    expect(textsOf(diagram(tree))).toContain(`nodes: ${tree.numNodes}`)
    const classes = frame.withColumn('label', expr('CASE WHEN km > 8 THEN 1.0D ELSE 0.0D END'))
    const logistic = await new LogisticRegression({ regParam: 0.1 }).fit(classes)
    expect(textsOf(diagram(logistic))).toContain('features → rawPrediction, probability, prediction')
    const shown = logistic.coefficientMatrix.toArray()
    expect(textsOf(diagram(logistic))).toContain(
      `coefficientMatrix: [${Array.from(shown, (x) => Number(x.toPrecision(5))).join(', ')}]`,
    )
    const three = await new LogisticRegression({ labelCol: 'zone' }).fit(frame.withColumn('zone', expr('hour % 3')))
    expect(textsOf(diagram(three))).toContain('coefficientMatrix: 3 × 2 matrix')
  })

  it('cuts long lists, and draws stages without columns', () => {
    const many = new VectorAssembler({ inputCols: Array.from({ length: 40 }, (_, k) => `column${k}`), outputCol: 'f' })
    const line = textsOf(diagram(many))[2]
    expect(line).toBe('column0, column1, column2, column3 … 40 in all → f')
    expect(textsOf(diagram(new Pipeline({ stages: [] })))).toEqual(['Pipeline', 'estimator'])
    expect(textsOf(diagram(new VectorAssembler({ outputCol: 'f' })))).toEqual(['VectorAssembler', 'transformer', '→ f'])
  })

  it('puts boxes inside their box, side by side with nothing', async () => {
    const svg = diagram(await pipeline.fit(rides))
    const [outer, ...inner] = boxesOf(svg)
    expect(inner).toHaveLength(4)
    for (const [i, [x, y, width, height]] of inner.entries()) {
      expect(x).toBeGreaterThan(outer[0])
      expect(x + width).toBeLessThan(outer[0] + outer[2])
      expect(y + height).toBeLessThan(outer[1] + outer[3])
      if (i > 0) expect(y).toBeGreaterThan(inner[i - 1][1] + inner[i - 1][3])
    }
    expect(svg.match(/<path/g)).toHaveLength(3)
  })

  it('escapes names and values', () => {
    const svg = diagram(new VectorAssembler({ inputCols: [HOSTILE], outputCol: HOSTILE }))
    expect(svg).not.toMatch(/<script|[^\P{Cc}\n]|\p{Cs}/u)
    expect(textsOf(svg)[2]).toContain('&lt;/text&gt;&lt;script&gt;alert(&quot;x&quot;)')
  })
})
