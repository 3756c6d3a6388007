import { PersistenceError, RidgelineError } from '../../errors.js'
import type { ParamValues } from '../../param/params.js'
import type { ClassLookup } from '../classes.js'
import { fittedFromJson } from '../fitted-json.js'
import type { Persistable, PersistableClass } from '../persistable.js'
import type { StoreReader } from '../store.js'
import { inside } from './inside.js'
import type { SparkSource } from './layout.js'
import { isDataFile, type JsonObject, OWN_FIELD, readMetadata, type SparkMetadata } from './metadata.js'
import { isPlainParam, readParam } from './param-values.js'
import { type ParquetRow, readParquet, readParquetColumns } from './parquet.js'
import { plainLayout } from './plain-layout.js'

const MAX_DEPTH = 100

/**
 * Loads the stage that Spark, or `write().format('spark')`, saved into a folder of a store.
 * @throws PersistenceError when the folder holds no stage, a damaged one, or one of an unknown class.
 */
export async function loadSpark(store: StoreReader, path: string, classes: ClassLookup): Promise<Persistable> {
  const metadata = await readMetadata(store, path)
  const stage = await loadStage(store, path, classes, 0, metadata)
  const own = metadata.all[OWN_FIELD]
  if (typeof own !== 'object' || own === null) return stage
  return reading(path, stage.uid, () => Object.assign(stage, fittedFromJson(own as JsonObject)))
}

async function loadStage(
  store: StoreReader,
  path: string,
  classes: ClassLookup,
  depth: number,
  known?: SparkMetadata,
): Promise<Persistable> {
  if (depth > MAX_DEPTH) {
    throw new PersistenceError(`stages are nested deeper than ${MAX_DEPTH} levels`, { stage: 'load', received: path })
  }
  const metadata = known ?? (await readMetadata(store, path))
  const source: SparkSource = {
    path,
    metadata,
    rows: (folder = 'data') => rowsOf(store, `${path}/${inside(folder, path, 'load')}`),
    columns: (folder = 'data') => readParquetColumns(filesOf(store, `${path}/${inside(folder, path, 'load')}`)),
    stage: (folder) => loadStage(store, `${path}/${inside(folder, path, 'load')}`, classes, depth + 1),
    folders: async (folder) => {
      const entries = await store.list(`${path}/${inside(folder, path, 'load')}`)
      return (entries ?? []).filter(({ isFolder }) => isFolder).map(({ name }) => name)
    },
    bare: (inner, state) => build(inner, path, classes, state),
  }
  const stageClass = await classOf(metadata, path, classes, () => neighbours(store, path))
  const layout = stageClass.sparkLayout ?? plainLayout(stageClass.state)
  const { state = {}, params = {} } = await layout.read(source)
  return build(metadata, path, classes, state, params)
}

/** A stage of its metadata, its learned values, and parameters that do not stand in the metadata. */
async function build(
  metadata: SparkMetadata,
  path: string,
  classes: ClassLookup,
  state: Readonly<Record<string, unknown>>,
  more: ParamValues = {},
): Promise<Persistable> {
  const stageClass = await classOf(metadata, path, classes)
  /** Parameters that this library does not know are passed over: newer versions of Spark have more. */
  const values = (map: JsonObject): ParamValues =>
    Object.fromEntries(
      Object.entries(map)
        .filter(([name]) => Object.hasOwn(stageClass.params, name) && isPlainParam(stageClass.params[name].kind))
        .map(([name, json]) => [name, readParam(stageClass.params[name].kind, json, `${metadata.uid}.${name}`)]),
    )
  return reading(path, stageClass.name, () => {
    const stage = new stageClass(state, metadata.uid)
    const set = { ...values(metadata.paramMap), ...more }
    // Before 2.4 there are no defaults in the file.
    return stage.set(set).restoreDefaults(values(metadata.defaultParamMap))
  })
}

/** Makes what a file says. @throws PersistenceError naming the path where that is not allowed. */
function reading<T>(path: string, what: string, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    if (cause instanceof PersistenceError || !(cause instanceof RidgelineError)) throw cause
    throw new PersistenceError(`"${path}" holds an invalid ${what}: ${cause.message}`, {
      stage: 'load',
      param: 'path',
      received: path,
      cause,
    })
  }
}

/** @param place tells more of where the stage stands. */
async function classOf(
  metadata: SparkMetadata,
  path: string,
  classes: ClassLookup,
  place = async () => '',
): Promise<PersistableClass> {
  try {
    return await classes(metadata.class)
  } catch (cause) {
    if (!(cause instanceof PersistenceError)) throw cause
    throw new PersistenceError(
      `"${path}" holds a stage of class "${metadata.class}", which is not known${await place()}`,
      {
        ...cause.details,
        stage: 'load',
        param: 'path',
        cause,
      },
    )
  }
}

/** Which stages of a pipeline stand beside one. */
async function neighbours(store: StoreReader, path: string): Promise<string> {
  const end = path.lastIndexOf('/')
  const siblings = path.slice(0, end).endsWith('/stages') ? ((await store.list(path.slice(0, end))) ?? []) : []
  const at = siblings.findIndex(({ name }) => name === path.slice(end + 1))
  const [before, after] = [siblings[at - 1]?.name, siblings[at + 1]?.name]
  if (at < 0 || !(before ?? after)) return ''
  return before && after ? ` (between ${before} and ${after})` : before ? ` (after ${before})` : ` (before ${after})`
}

/** The parquet files of a folder, in the order of their names; it may be one file. */
async function* filesOf(store: StoreReader, path: string): AsyncGenerator<[bytes: Uint8Array, path: string]> {
  const entries = await store.list(path)
  const names = entries?.filter(({ name, isFolder }) => !isFolder && isDataFile(name)).map(({ name }) => `/${name}`)
  for (const name of names ?? ['']) {
    const bytes = await store.read(`${path}${name}`).catch((cause: unknown) => {
      if (cause instanceof PersistenceError) throw cause
      throw new PersistenceError(`"${path}" is missing`, { stage: 'load', param: 'path', received: path, cause })
    })
    yield [bytes, `${path}${name}`]
  }
}

async function rowsOf(store: StoreReader, path: string): Promise<ParquetRow[]> {
  const rows: ParquetRow[] = []
  for await (const [bytes, file] of filesOf(store, path))
    for (const row of await readParquet(bytes, file)) rows.push(row)
  return rows
}
