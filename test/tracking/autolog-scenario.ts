import { readFile, rm } from 'node:fs/promises'
import { expect } from 'vitest'
import { RegressionEvaluator } from '../../src/evaluation/regression-evaluator.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { Pipeline, PipelineModel } from '../../src/pipeline/pipeline.js'
import { LinearRegression } from '../../src/regression/linear-regression.js'
import { RandomForestRegressor } from '../../src/regression/random-forest-regressor.js'
import { createDataFrame } from '../../src/sql/session.js'
import {
  autolog,
  lastActiveRun,
  loadModel,
  MlflowClient,
  type Run,
  searchRuns,
  setExperiment,
  setTrackingUri,
  startRun,
} from '../../src/tracking/index.js'
import { CrossValidator } from '../../src/tuning/cross-validator.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'

const data = createDataFrame(
  Array.from({ length: 24 }, (_, i) => ({ km: i, hour: (i * 7) % 24, label: 2 * i + (i % 3) })),
)
const assembler = () => new VectorAssembler({ inputCols: ['km', 'hour'], outputCol: 'features' }, 'VectorAssembler_1')
// Each stage by a name of its own: parameters tell the names.
const linear = () => new LinearRegression({}, 'LinearRegression_1')
const forest = () => new RandomForestRegressor({ numTrees: 2, maxDepth: 2, seed: 1 }, 'RandomForestRegressor_1')

/** What is recorded of fits that say nothing of it. */
export async function autologScenario(uri: string, name: string): Promise<void> {
  setTrackingUri(uri)
  const client = new MlflowClient({ trackingUri: uri })
  try {
    await setExperiment(name)
    autolog({ logInputExamples: true })
    await pipelineFit(client)
    await tunerFit(client)
    await fitsThatFail(client)
    await fitInARun(client)
    autolog({ disable: true })
    const before = (await searchRuns()).length
    await linear().fit(assembler().transform(data))
    expect((await searchRuns()).length).toBe(before)
  } finally {
    autolog({ disable: true })
    setTrackingUri(undefined)
  }
}

const last = (client: MlflowClient): Promise<Run> => client.getRun(lastActiveRun()?.info.runId ?? '')
async function fileOf(client: MlflowClient, run: Run, path: string): Promise<string> {
  const copy = await client.downloadArtifacts(run.info.runId, path)
  const text = await readFile(copy, 'utf8')
  await rm(copy.slice(0, -path.length - 1), { recursive: true })
  return text
}

async function pipelineFit(client: MlflowClient): Promise<void> {
  const model = await new Pipeline({ stages: [assembler(), forest()] }, 'Pipeline_1').fit(data)
  const run = await last(client)
  expect(run.info.status).toBe('FINISHED')
  expect(run.data.params).toMatchObject({
    stages: '["VectorAssembler","RandomForestRegressor"]',
    'VectorAssembler.inputCols': '["km","hour"]',
    'RandomForestRegressor.numTrees': '2',
    'RandomForestRegressor.minInfoGain': '0',
  })
  expect(run.data.tags).toMatchObject({
    estimator_name: 'Pipeline',
    estimator_class: 'org.apache.spark.ml.Pipeline',
    'mlflow.autologging': 'ridgeline',
  })
  const [{ dataset, tags }] = run.inputs.datasetInputs
  expect(tags).toEqual({ 'mlflow.data.context': 'train' })
  expect(dataset).toMatchObject({ name: 'dataset', sourceType: 'code', profile: '{"num_rows":24}' })
  expect(JSON.parse(dataset.schema ?? '').mlflow_colspec.map((column: { name: string }) => column.name)).toEqual([
    ...['km', 'hour', 'label'],
  ])
  const files = (await client.listArtifacts(run.info.runId)).map(({ path }) => path)
  expect(files).toEqual(['estimator_info.json', 'feature_importances.json', 'feature_importances.svg'])
  const importances = JSON.parse(await fileOf(client, run, 'feature_importances.json'))
  const [, fitted] = model.stages as unknown as { featureImportances: { toArray(): Float64Array } }[]
  expect(importances).toEqual({
    km: fitted.featureImportances.toArray()[0],
    hour: fitted.featureImportances.toArray()[1],
  })
  expect(await fileOf(client, run, 'feature_importances.svg')).toMatch(/^<svg.*<\/svg>$/s)
  const loaded = await loadModel(`runs:/${run.info.runId}/model`)
  expect(loaded).toBeInstanceOf(PipelineModel)
  expect(await loaded.transform(data).collect()).toEqual(await model.transform(data).collect())
}

async function tunerFit(client: MlflowClient): Promise<void> {
  const lr = linear()
  const estimatorParamMaps = new ParamGridBuilder()
    .addGrid(lr.regParam, [10, 0.1])
    .addGrid(lr.elasticNetParam, [0, 1])
    .build()
  const tuner = new CrossValidator(
    {
      estimator: new Pipeline({ stages: [assembler(), lr] }, 'Pipeline_2'),
      estimatorParamMaps,
      evaluator: new RegressionEvaluator({}, 'RegressionEvaluator_1'),
      numFolds: 2,
      seed: 7,
    },
    'CrossValidator_1',
  )
  const model = await tuner.fit(data)
  const run = await last(client)
  const best = model.avgMetrics.indexOf(Math.min(...model.avgMetrics))
  const rows = [
    [10, 0],
    [10, 1],
    [0.1, 0],
    [0.1, 1],
  ]
  expect(run.data.params).toMatchObject({
    estimator: 'Pipeline',
    evaluator: 'RegressionEvaluator',
    'RegressionEvaluator.metricName': 'rmse',
    numFolds: '2',
    'best_LinearRegression.regParam': String(rows[best][0]),
    'best_LinearRegression.elasticNetParam': String(rows[best][1]),
  })
  expect(run.data.params).not.toHaveProperty(['LinearRegression.regParam'])
  expect(run.data.metrics).toMatchObject({ avg_rmse: model.avgMetrics[best], std_rmse: model.stdMetrics?.[best] })
  const { summary } = (model.bestModel as PipelineModel).stages[1] as unknown as {
    summary: { r2: number; objectiveHistory: number[] }
  }
  expect(run.data.metrics).toMatchObject({ training_r2: summary.r2, objective: summary.objectiveHistory.at(-1) })

  const filterString = `tags.\`mlflow.parentRunId\` = '${run.info.runId}'`
  const children = await client.searchRuns([run.info.experimentId], { filterString })
  const point = ({ data: { params } }: Run) => [
    Number(params['LinearRegression.regParam']),
    Number(params['LinearRegression.elasticNetParam']),
  ]
  expect(children).toHaveLength(4)
  for (const child of children) {
    const i = rows.findIndex((row) => String(row) === String(point(child)))
    expect(child.data.metrics).toEqual({ avg_rmse: model.avgMetrics[i], std_rmse: model.stdMetrics?.[i] })
    expect(child.info).toMatchObject({
      status: 'FINISHED',
      runName: `regParam ${rows[i][0]}, elasticNetParam ${rows[i][1]}`,
    })
  }
  const [head, ...lines] = (await fileOf(client, run, 'search_results.csv')).trim().split('\n')
  expect(head).toBe('params,avg_rmse,std_rmse,param.LinearRegression.regParam,param.LinearRegression.elasticNetParam')
  expect(lines.map((line) => line.split(',').slice(-2).map(Number))).toEqual(rows)
  expect(JSON.parse(await fileOf(client, run, 'best_parameters.json'))).toEqual({
    'LinearRegression.regParam': String(rows[best][0]),
    'LinearRegression.elasticNetParam': String(rows[best][1]),
  })
  const names = await client.searchLoggedModels([run.info.experimentId])
  const own = names.filter(({ sourceRunId }) => sourceRunId === run.info.runId)
  expect(own.map((logged) => logged.name).sort()).toEqual(['best_model', 'model'])
}

async function fitsThatFail(client: MlflowClient): Promise<void> {
  const bad = linear().set({ labelCol: 'none' })
  await expect(bad.fit(assembler().transform(data))).rejects.toThrow(/none/)
  expect((await last(client)).info.status).toBe('FAILED')
  const abort = new AbortController()
  const stopped = linear().fit(assembler().transform(data), { signal: abort.signal })
  abort.abort(new Error('enough'))
  await expect(stopped).rejects.toThrow('enough')
}

async function fitInARun(client: MlflowClient): Promise<void> {
  await startRun(() => linear().fit(assembler().transform(data)), { runName: 'mine' })
  const run = await last(client)
  expect(run.info.runName).toBe('mine')
  expect(run.data.params).toMatchObject({ regParam: '0', labelCol: 'label' })
  expect(Object.keys(run.data.metrics)).toContain('training_rmse')
  expect(run.outputs.modelOutputs).toHaveLength(1)
}
