import { RidgelineError, UnsupportedError } from '../errors.js'
import { toDocument } from '../persistence/json.js'
import { saveSpark } from '../persistence/spark/save.js'
import { SPARK_VERSION } from '../persistence/spark/spark-version.js'
import type { Store } from '../persistence/store.js'
import { PipelineModel } from '../pipeline/pipeline.js'
import { Transformer } from '../pipeline/transformer.js'
import type { MlflowSignature } from '../schema/mlflow-signature.js'
import { shortText } from '../util/names.js'
import { version } from '../version.js'
import { exampleFiles, type InputExample } from './input-example.js'

/** What is written beside the model. */
export interface ModelContent {
  /** Columns that the model reads and gives; default what the model knows of itself; null leaves it out. */
  readonly signature?: MlflowSignature | null
  /** A few rows as the model reads them, which MLflow shows, and tries its server with. */
  readonly inputExample?: InputExample
  /** Values of your own in the MLmodel file. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Python packages that whoever loads the model with MLflow needs; default `mlflow` and the Spark that Ridgeline follows. */
  readonly pipRequirements?: readonly string[]
}

/** What MLflow says of a model that it has logged. */
export interface ModelFile {
  readonly flavors: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly signature?: MlflowSignature | null
  readonly model_uuid: string
  readonly [field: string]: unknown
}

/** Who logs a model: ids and versions that stand in its MLmodel file. */
export interface ModelOrigin {
  readonly modelUuid: string
  readonly modelId?: string
  readonly runId?: string
  readonly artifactPath: string
  readonly mlflowVersion: string
}

/** Version of Python in the description of the environment; any that MLflow and Spark run on would do. */
const PYTHON = '3.11'
const MODEL_FILE = 'model.json'
const SPARK_FOLDER = 'sparkml'

/** The files of an MLflow model directory, by their paths; `MLmodel` comes last. */
export async function modelDirectory(
  model: Transformer,
  content: ModelContent,
  origin: ModelOrigin,
): Promise<{ readonly file: ModelFile; readonly files: ReadonlyMap<string, Uint8Array | string> }> {
  if (!(model instanceof Transformer)) {
    throw new UnsupportedError(`${shortText(model)} cannot be logged as a model`, {
      stage: 'logModel',
      param: 'model',
      allowed: 'Allowed: a fitted model or a transformer',
      received: shortText(model),
      hint: 'Log what fit() gives.',
    })
  }
  const files = new Map<string, Uint8Array | string>([[MODEL_FILE, toDocument(model)]])
  const spark = await sparkFiles(model)
  for (const [path, bytes] of spark) files.set(path, bytes)
  const signature = content.signature === undefined ? ownSignature(model) : content.signature
  const example = content.inputExample === undefined ? undefined : await exampleFiles(content.inputExample)
  for (const [path, text] of example?.files ?? []) files.set(path, text)
  const requirements = content.pipRequirements ?? [`mlflow==${origin.mlflowVersion}`, `pyspark==${SPARK_VERSION}`]
  if (spark.size > 0) for (const [path, text] of environmentFiles(requirements)) files.set(path, text)
  const size = [...files.values()].reduce((sum, bytes) => sum + Buffer.byteLength(bytes), 0)
  const file: ModelFile = {
    artifact_path: origin.artifactPath,
    flavors: flavors(model, spark.size > 0),
    mlflow_version: origin.mlflowVersion,
    model_id: origin.modelId ?? null,
    model_size_bytes: size,
    model_uuid: origin.modelUuid,
    ...(origin.runId === undefined ? {} : { run_id: origin.runId }),
    ...(example === undefined ? {} : { saved_input_example_info: example.info }),
    ...(signature ? { signature } : {}),
    ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
    utc_time_created: new Date().toISOString().replace('T', ' ').replace('Z', '000'),
  }
  // YAML includes JSON.
  files.set('MLmodel', `${JSON.stringify(file, null, 2)}\n`)
  return { file, files }
}

/** Spark's format, which MLflow wants to be a pipeline; nothing of a model that Spark does not have. */
async function sparkFiles(model: Transformer): Promise<Map<string, Uint8Array | string>> {
  const files = new Map<string, Uint8Array | string>()
  const store: Store = {
    list: async () => undefined,
    read: async () => new Uint8Array(),
    write: async (path, content) => {
      files.set(path, content)
    },
  }
  const pipeline = model instanceof PipelineModel ? model : new PipelineModel({ stages: [model] })
  try {
    await saveSpark(store, SPARK_FOLDER, pipeline)
    return files
  } catch (error) {
    if (error instanceof UnsupportedError) return new Map()
    throw error
  }
}

/** Types that pandas has by itself, of which MLflow takes no narrower ones: its integers have 64 bits, and so have its floats. */
const WIDE: Readonly<Record<string, string>> = { integer: 'long', float: 'double' }

/** The columns of a model that knows them, as pandas holds them: whoever scores with it in Python need not convert. */
function ownSignature(model: Transformer): MlflowSignature | undefined {
  try {
    const signature = model.modelSchema().toMlflowSignature()
    const columns = JSON.parse(signature.inputs) as { readonly type: string }[]
    const inputs = JSON.stringify(columns.map((column) => ({ ...column, type: WIDE[column.type] ?? column.type })))
    return { ...signature, inputs }
  } catch (error) {
    // A model that was never fitted, or works on whole frames.
    if (error instanceof RidgelineError) return undefined
    throw error
  }
}

function flavors(model: Transformer, hasSpark: boolean): ModelFile['flavors'] {
  const ridgeline = { data: MODEL_FILE, model_class: model.definition.sparkClass, ridgeline_version: version }
  if (!hasSpark) return { ridgeline }
  return {
    python_function: {
      data: SPARK_FOLDER,
      env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
      loader_module: 'mlflow.spark',
      python_version: PYTHON,
    },
    ridgeline,
    spark: {
      code: null,
      model_class: 'pyspark.ml.pipeline.PipelineModel',
      model_data: SPARK_FOLDER,
      pyspark_version: SPARK_VERSION,
    },
  }
}

/** What MLflow makes an environment of, by pip or by conda. */
function environmentFiles(requirements: readonly string[]): [path: string, text: string][] {
  const lines = (indent: string) => requirements.map((line) => `${indent}- ${line}\n`).join('')
  return [
    ['requirements.txt', `${requirements.join('\n')}\n`],
    [
      'python_env.yaml',
      `python: '${PYTHON}'\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r requirements.txt\n`,
    ],
    [
      'conda.yaml',
      `channels:\n- conda-forge\ndependencies:\n- python=${PYTHON}\n- pip\n- pip:\n${lines('  ')}name: mlflow-env\n`,
    ],
  ]
}
