import { PersistenceError } from '../../errors.js'
import type { Json } from '../../sql/types.js'
import type { StoreReader } from '../store.js'

/** A parsed JSON object. */
export type JsonObject = { readonly [key: string]: Json }

/** The metadata of a stage that Spark saved. */
export interface SparkMetadata {
  readonly class: string
  readonly uid: string
  readonly sparkVersion: string
  readonly paramMap: JsonObject
  readonly defaultParamMap: JsonObject
  /** All of it, with what the class adds. */
  readonly all: JsonObject
}

/** Field of the metadata of the outermost stage that holds what the stage knows of the frame that it was fitted on. Spark passes over fields that it does not know. */
export const OWN_FIELD = 'ridgeline'

/** Longer metadata are not read; those of a wide grid have some ten thousand characters. */
const MAX_CHARACTERS = 2 ** 26

const damaged = (path: string, problem: string, cause?: unknown): PersistenceError =>
  new PersistenceError(`the metadata of "${path}" ${problem}`, {
    stage: 'load',
    param: 'path',
    allowed: 'Allowed: a folder that Spark, or write().format("spark"), saved',
    received: path,
    hint: 'Save the model again, or restore the folder.',
    cause,
  })

/** Whether Spark reads a file of a folder: not its own marks and hidden ones. */
export const isDataFile = (name: string): boolean => !/^[_.]/.test(name)

/** Reads the metadata of the stage that stands in a folder. @throws PersistenceError when they are missing or damaged. */
export async function readMetadata(store: StoreReader, path: string): Promise<SparkMetadata> {
  return parseMetadata(await firstLine(store, `${path}/metadata`, path), path)
}

/** A folder of text files, or one file: the first line counts. */
async function firstLine(store: StoreReader, folder: string, path: string): Promise<string> {
  const entries = await store.list(folder)
  const files = entries
    ?.filter(({ name, isFolder }) => !isFolder && isDataFile(name))
    .map(({ name }) => `${folder}/${name}`)
  for (const file of files ?? [folder]) {
    const bytes = await store.read(file).catch((cause: unknown) => {
      throw cause instanceof PersistenceError ? cause : damaged(path, 'are missing', cause)
    })
    if (bytes.length > MAX_CHARACTERS) throw damaged(path, 'are too long')
    const [line] = new TextDecoder().decode(bytes).split('\n', 1)
    if (line.trim() !== '') return line
  }
  throw damaged(path, 'are missing')
}

/** Strings, and numbers outside of them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** JSON in which integers that a double cannot hold become texts of their digits. @throws SyntaxError. */
export const parseJson = (text: string): Json =>
  JSON.parse(text.replace(TOKENS, (token) => (isLong(token) ? `"${token}"` : token))) as Json

/** Names that PySpark gives to pipelines which it writes by itself: those that hold a stage of Python, such as what its tuners have found. The layout is the same. */
const PYTHON_NAMES: Readonly<Record<string, string>> = {
  'pyspark.ml.pipeline.Pipeline': 'org.apache.spark.ml.Pipeline',
  'pyspark.ml.pipeline.PipelineModel': 'org.apache.spark.ml.PipelineModel',
}

/** Metadata from their text. @throws PersistenceError. */
export function parseMetadata(text: string, path: string): SparkMetadata {
  let all: unknown
  try {
    all = parseJson(text)
  } catch (cause) {
    throw damaged(path, 'are not JSON', cause)
  }
  const object = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!object(all)) throw damaged(path, 'are no JSON object')
  const { class: sparkClass, uid, sparkVersion, paramMap, defaultParamMap = {} } = all
  const isText = (value: Json | undefined): value is string => typeof value === 'string' && value !== ''
  if (!isText(sparkClass) || !isText(uid) || !isText(sparkVersion))
    throw damaged(path, 'have no class, uid or sparkVersion')
  if (!object(paramMap) || !object(defaultParamMap)) throw damaged(path, 'have no paramMap')
  return { class: PYTHON_NAMES[sparkClass] ?? sparkClass, uid, sparkVersion, paramMap, defaultParamMap, all }
}

const isLong = (token: string): boolean => /^-?\d{16,19}$/.test(token) && !Number.isSafeInteger(Number(token))
