// Which customers will leave? Logistic regression, random forest and boosted trees, each tuned by cross-validation on the area under
// the ROC curve, and a report with pictures.
import { parseArgs } from 'node:util'
import {
  BinaryClassificationEvaluator,
  BinaryClassificationMetrics,
  CrossValidator,
  createDataFrame,
  type DataFrame,
  type DenseVector,
  functions,
  type GBTClassificationModel,
  GBTClassifier,
  LogisticRegression,
  MulticlassClassificationEvaluator,
  OneHotEncoder,
  ParamGridBuilder,
  type ParamMap,
  Pipeline,
  type PipelineModel,
  type PipelineStage,
  ProgressBar,
  type RandomForestClassificationModel,
  RandomForestClassifier,
  SQLTransformer,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { type Customer, customers } from './churn/customers.js'
import { type Confusion, html, type ModelFindings, scores } from './churn/report.js'
import { runProgram, wholeNumber, writeWhole } from './shared/command-line.js'

const HELP = `Which customers will leave: three models, tuned, compared and drawn.

  node churn.js [--customers N] [--seed S] [--out REPORT.html]

  --customers N        how many invented customers to learn from; 3000 unless given, from 1000 to 20000
  --seed S             another seed invents other customers
  --out REPORT.html    where the report goes; churn-report.html unless given. A file of that name is replaced
  --help               this text`

const SCHEMA =
  'customerId INT, age INT, country STRING, plan STRING, tenure INT, recency INT, frequency INT, monetary DOUBLE, churned INT'
/** Columns that enter as numbers, with their names in the report. */
const NUMBERS = {
  ageFilled: 'age',
  ageUnknown: 'age unknown',
  tenure: 'tenure',
  recency: 'recency',
  frequency: 'frequency',
  monetaryFilled: 'monetary',
  monetaryUnknown: 'monetary unknown',
}
const labelCol = 'churned'

/** A learner behind its preparation, and what to try. */
interface Contestant {
  readonly name: string
  readonly stages: PipelineStage[]
  readonly grid: ParamMap[]
}

/**
 * Unknown numbers become the median, with a column that says so; the stage is part of the pipeline, so customers scored later are
 * treated alike. Unknown texts, and labels that were never seen, share the last index ("keep").
 */
async function preparation(train: DataFrame): Promise<PipelineStage[]> {
  const medians = await train
    .agg(functions.median('age').as('age'), functions.median('monetary').as('monetary'))
    .first()
  return [
    new SQLTransformer({
      statement: `SELECT *, CAST(coalesce(age, ${medians?.age}) AS DOUBLE) AS ageFilled, CAST(age IS NULL AS INT) AS ageUnknown,
        coalesce(monetary, ${medians?.monetary}) AS monetaryFilled, CAST(monetary IS NULL AS INT) AS monetaryUnknown FROM __THIS__`,
    }),
    new StringIndexer({ inputCols: ['country', 'plan'], outputCols: ['countryIdx', 'planIdx'], handleInvalid: 'keep' }),
  ]
}

function contestants(prepared: PipelineStage[]): Contestant[] {
  const lr = new LogisticRegression({ labelCol })
  const rf = new RandomForestClassifier({ labelCol, numTrees: 50, seed: 1 })
  const gbt = new GBTClassifier({ labelCol, maxIter: 40, seed: 1 })
  // Trees split indices as categories: the indexer's metadata tell them. A linear model needs a column for each category.
  const forTrees = [
    ...prepared,
    new VectorAssembler({ inputCols: [...Object.keys(NUMBERS), 'countryIdx', 'planIdx'], outputCol: 'features' }),
  ]
  return [
    {
      name: 'logistic regression',
      stages: [
        ...prepared,
        new OneHotEncoder({ inputCols: ['countryIdx', 'planIdx'], outputCols: ['countryOhe', 'planOhe'] }),
        new VectorAssembler({
          inputCols: [...Object.keys(NUMBERS), 'countryOhe', 'planOhe'],
          outputCol: 'rawFeatures',
        }),
        new StandardScaler({ inputCol: 'rawFeatures', outputCol: 'features', withMean: true }),
        lr,
      ],
      grid: new ParamGridBuilder().addGrid(lr.regParam, [0.001, 0.01, 0.1]).addGrid(lr.elasticNetParam, [0, 1]).build(),
    },
    {
      name: 'random forest',
      stages: [...forTrees, rf],
      grid: new ParamGridBuilder().addGrid(rf.maxDepth, [5, 8]).addGrid(rf.minInstancesPerNode, [1, 5]).build(),
    },
    {
      name: 'boosted trees',
      stages: [...forTrees, gbt],
      grid: new ParamGridBuilder().addGrid(gbt.maxDepth, [2, 4]).addGrid(gbt.stepSize, [0.1, 0.2]).build(),
    },
  ]
}

const points = ({ x, y }: { x: Float64Array; y: Float64Array }) => Array.from(x, (value, i) => [value, y[i]] as const)

/** Probability of leaving, and whether each customer left. */
async function outcomes(
  model: PipelineModel,
  frame: DataFrame,
): Promise<{ probability: Float64Array; left: Float64Array }> {
  const rows = await model.transform(frame).select('probability', labelCol).collect()
  return {
    probability: Float64Array.from(rows, (row) => (row.probability as DenseVector).get(1)),
    left: Float64Array.from(rows, (row) => row[labelCol] as number),
  }
}
const metricsOf = ({ probability, left }: Awaited<ReturnType<typeof outcomes>>) =>
  new BinaryClassificationMetrics(0).add(probability, left)

/** The probability at which precision and recall have the best harmonic mean. */
function bestThreshold(metrics: BinaryClassificationMetrics): number {
  const { x, y } = metrics.fMeasureByThreshold()
  return x[y.indexOf(Math.max(...y))]
}

async function study(
  { name, stages, grid }: Contestant,
  [train, validation, test]: readonly DataFrame[],
): Promise<ModelFindings> {
  const evaluator = new BinaryClassificationEvaluator({ labelCol, metricName: 'areaUnderROC' })
  const tuner = new CrossValidator({
    estimator: new Pipeline({ stages }),
    estimatorParamMaps: grid,
    evaluator,
    seed: 42,
  })
  using bar = new ProgressBar()
  const tuned = await tuner.fit(train, { onProgress: (event) => bar.listener({ ...event, stage: name }) })
  const crossValidated = Math.max(...tuned.avgMetrics)
  const best = tuned.bestModel as PipelineModel
  const learned = best.stages.at(-1) as RandomForestClassificationModel | GBTClassificationModel

  const scored = best.transform(test)
  const onTest = await outcomes(best, test)
  const metrics = metricsOf(onTest)
  const threshold = bestThreshold(metricsOf(await outcomes(best, validation)))
  const count = (expected: boolean, left: number) =>
    onTest.probability.reduce((n, p, i) => n + Number(p >= threshold === expected && onTest.left[i] === left), 0)
  const confusion: Confusion = {
    truePositives: count(true, 1),
    falsePositives: count(true, 0),
    falseNegatives: count(false, 1),
    trueNegatives: count(false, 0),
  }
  return {
    name,
    chosen: grid[tuned.avgMetrics.indexOf(crossValidated)]
      .toArray()
      .map((pair) => `${pair.param.name} = ${pair.value}`)
      .join(', '),
    crossValidated,
    areaUnderROC: await evaluator.evaluate(scored),
    areaUnderPR: await new BinaryClassificationEvaluator({ labelCol, metricName: 'areaUnderPR' }).evaluate(scored),
    accuracy: await new MulticlassClassificationEvaluator({ labelCol, metricName: 'accuracy' }).evaluate(scored),
    threshold,
    confusion,
    roc: points(metrics.roc()),
    pr: points(metrics.pr()),
    ...('featureImportances' in learned ? { importances: [...learned.featureImportances.toArray()] } : {}),
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string', default: '3000' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'churn-report.html' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const number = wholeNumber('customers', values.customers, 1000, 20_000)
  const seed = wholeNumber('seed', values.seed, 0, 1_000_000)
  // The test customers are those of the next quarter, when one country and one plan are new.
  const frame = (rows: Customer[]) => createDataFrame(rows, SCHEMA)
  const known = customers(number, { seed })
  const later = customers(Math.round(number / 2), { seed: seed + 1_000_003, newLabels: 0.05 })
  const [train, validation] = frame(known).randomSplit([0.8, 0.2], 42)
  const test = frame(later)

  const rate = (rows: Customer[]) => rows.filter(({ churned }) => churned === 1).length / rows.length
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const about =
    `${number.toLocaleString('en')} invented customers to learn from, of whom ${percent(rate(known))} left; a fifth of them chooses the threshold. ` +
    `${later.length.toLocaleString('en')} customers of the next quarter to test on, of whom ${percent(rate(later))} left; some have a country or a plan that is new.`
  console.log(about)

  const models: ModelFindings[] = []
  for (const contestant of contestants(await preparation(train)))
    models.push(await study(contestant, [train, validation, test]))

  console.log(`\n${'model'.padEnd(20)} AUC folds  AUC test  PR area  accuracy  F1    chosen`)
  for (const m of models) {
    const numbers = [m.crossValidated, m.areaUnderROC, m.areaUnderPR, m.accuracy]
      .map((x) => x.toFixed(4).padEnd(8))
      .join(' ')
    console.log(`${m.name.padEnd(20)} ${numbers}`.padEnd(60), scores(m.confusion).f1.toFixed(4), m.chosen)
  }
  const features = [...Object.values(NUMBERS), 'country', 'plan']
  await writeWhole(values.out, html({ about, churnRate: rate(later), features, models }))
  console.log(`\nReport with ROC and precision-recall curves and feature importances: ${values.out}`)
}

await runProgram(main)
