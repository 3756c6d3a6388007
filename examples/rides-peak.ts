// Do peak hours, parts of the day and distance quantiles help to predict the price of a ride? One pipeline, whose features are what
// cross-validation searches over.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  Bucketizer,
  CalendarFeatures,
  CrossValidator,
  type DataFrame,
  LinearRegression,
  OneHotEncoder,
  ParamGridBuilder,
  Pipeline,
  type PipelineModel,
  ProgressBar,
  QuantileDiscretizer,
  RegressionEvaluator,
  RidgelineError,
  read,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { barChart } from './shared/charts.js'
import { runProgram, wholeNumber, writeWhole } from './shared/command-line.js'

const HELP = `Which features of a ride help to predict its price: variants compared by cross-validation.

  node rides-peak.js [--data FILE.csv] [--folds K] [--seed S] [--out PICTURE.svg]

  --data FILE.csv     rides: a header and the columns city, distanceKm, hour, price; 240 invented rides unless given
  --folds K           number of folds, from 2 to 20; 5 unless given
  --seed S            another seed draws other folds; 1 unless given
  --out PICTURE.svg   where the picture goes; rides-peak.svg unless given. A file of that name is replaced
  --help              this text`

/** The rides that come with the examples: beside this file, or above it once it is compiled. */
const RIDES = ['data/rides.csv', '../data/rides.csv']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find(existsSync)
const COLUMNS = ['city', 'distanceKm', 'hour', 'price']
const BASE = ['distanceKm', 'hour', 'cityIs']
/** What a variant adds to the features of the first model. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'distance, hour, city': [],
  '+ peak hour': ['peak'],
  '+ part of the day': ['partIs'],
  '+ distance quantile': ['farIs'],
  '+ all three': ['peak', 'partIs', 'farIs'],
}

async function ridesOf(file: string): Promise<DataFrame> {
  const rides = await read.option('header', true).option('inferSchema', true).csv(file)
  const missing = COLUMNS.filter((column) => !rides.columns.includes(column))
  if (missing.length === 0) return rides.select(...COLUMNS).cache()
  throw new RidgelineError(`"${file}" lacks the columns ${missing.join(', ')}`, {
    allowed: `It has ${rides.columns.join(', ')}`,
    hint: `The first line must name ${COLUMNS.join(', ')}.`,
  })
}

/** All features of all variants; a parameter of the assembler says which of them the learner sees. */
function variantsTuner(numFolds: number, seed: number): CrossValidator {
  const assembler = new VectorAssembler({ inputCols: BASE, outputCol: 'rawFeatures' })
  const estimator = new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIndex', handleInvalid: 'keep' }),
      new CalendarFeatures({ inputCol: 'hour', outputCol: 'peak', fields: ['ispeakhour'] }),
      new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 6, 10, 16, 20, 24] }),
      new QuantileDiscretizer({ inputCol: 'distanceKm', outputCol: 'far', numBuckets: 4 }),
      new OneHotEncoder({
        inputCols: ['cityIndex', 'part', 'far'],
        outputCols: ['cityIs', 'partIs', 'farIs'],
        handleInvalid: 'keep',
      }),
      assembler,
      new StandardScaler({ inputCol: 'rawFeatures', outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price', regParam: 0.01 }),
    ],
  })
  const estimatorParamMaps = new ParamGridBuilder()
    .addGrid(
      assembler.inputCols,
      Object.values(VARIANTS).map((added) => [...BASE, ...added]),
    )
    .build()
  const evaluator = new RegressionEvaluator({ labelCol: 'price', metricName: 'rmse' })
  return new CrossValidator({ estimator, estimatorParamMaps, evaluator, numFolds, seed })
}

/** Bars of the variants, as SVG text. */
function picture(averages: readonly number[], numFolds: number): string {
  const names = Object.keys(VARIANTS)
  return barChart(
    {
      title: `Error of the predicted price, ${numFolds} folds`,
      description: names.map((name, i) => `${name}: ${averages[i].toFixed(3)}`).join('; '),
      xLabel: 'Root mean squared error; shorter is better',
    },
    names,
    [{ name: 'linear regression', values: averages }],
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: RIDES },
      folds: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'rides-peak.svg' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const numFolds = wholeNumber('folds', values.folds, 2, 20)
  const tuner = variantsTuner(numFolds, wholeNumber('seed', values.seed, 0, 1_000_000))
  const rides = await ridesOf(values.data ?? 'rides.csv')
  using bar = new ProgressBar()
  const model = await tuner.fit(rides, { onProgress: bar.listener })

  const names = Object.keys(VARIANTS)
  const best = Math.min(...model.avgMetrics)
  console.log(`${await rides.count()} rides, RMSE over ${numFolds} folds:`)
  console.log(`  ${'features'.padEnd(22)} mean    deviation  beside the first`)
  for (const [i, name] of names.entries()) {
    const average = model.avgMetrics[i]
    const beside = `${(100 * (average / model.avgMetrics[0] - 1)).toFixed(1)} %`
    const cells = [average.toFixed(4), model.stdMetrics![i].toFixed(4).padEnd(9), beside.padStart(8)]
    console.log(`  ${name.padEnd(22)} ${cells.join('  ')}${average === best ? '  best' : ''}`)
  }
  const pipeline = model.bestModel as PipelineModel
  console.log(`The best model sees ${pipeline.getFeatureNamesOut().join(', ')}.`)
  await writeWhole(values.out, picture(model.avgMetrics, numFolds))
  console.log(`Picture: ${values.out}`)
}

await runProgram(main)
