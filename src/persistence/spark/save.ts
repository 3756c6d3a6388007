import { UnsupportedError } from '../../errors.js'
import { type Params, shortClassName } from '../../param/params.js'
import type { StructType } from '../../sql/types.js'
import { requireNothingBeyondSpark } from '../beyond-spark.js'
import { fittedToJson } from '../fitted-json.js'
import type { Persistable, PersistableClass } from '../persistable.js'
import type { Store } from '../store.js'
import { inside } from './inside.js'
import type { SparkExtra, SparkSink } from './layout.js'
import { OWN_FIELD } from './metadata.js'
import { isPlainParam, writeParam } from './param-values.js'
import { type ParquetRow, writeParquet } from './parquet.js'
import { plainLayout } from './plain-layout.js'
import { SPARK_VERSION } from './spark-version.js'

/** Classes of Spark; others it cannot load. */
const SPARK_PACKAGE = 'org.apache.spark.ml.'

/**
 * Saves a stage, and the stages inside it, in Spark's format into a new folder of a store.
 * @throws UnsupportedError naming the stage, and what of it, that Spark's format cannot hold.
 */
export async function saveSpark(store: Store, path: string, stage: Params): Promise<void> {
  requireNothingBeyondSpark(stage, 'Spark')
  const fitted = JSON.stringify(fittedToJson(stage as Persistable))
  await saveStage(store, path, stage, fitted === '{}' ? {} : { [OWN_FIELD]: fitted })
}

/** @param own fields of the metadata that Spark passes over. */
async function saveStage(
  store: Store,
  path: string,
  stage: Params,
  own: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { sparkLayout, state, sparkClass } = classOf(stage)
  if (!sparkClass.startsWith(SPARK_PACKAGE)) {
    throw new UnsupportedError(
      `${shortClassName(sparkClass)} cannot be written in Spark's format: Spark does not have it`,
      {
        stage: stage.uid,
        allowed: 'Allowed: classes of Spark ML',
        received: sparkClass,
        hint: 'Save it as JSON.',
      },
    )
  }
  const sink: SparkSink = {
    async rows(schema: StructType, rows: readonly ParquetRow[], folder = 'data') {
      await store.write(`${path}/${folder}/part-00000.snappy.parquet`, await writeParquet(schema, rows))
      await store.write(`${path}/${folder}/_SUCCESS`, '')
    },
    stage: (inner, folder) => saveStage(store, `${path}/${inside(folder, path, inner.uid)}`, inner),
    metadata: (inner) => metadataText(inner, {}),
  }
  const extra = await (sparkLayout ?? plainLayout(state)).write(stage, sink)
  const text = metadataText(stage, { ...extra, fields: { ...extra.fields, ...own } })
  await store.write(`${path}/metadata/part-00000`, `${text}\n`)
  await store.write(`${path}/metadata/_SUCCESS`, '')
}

const classOf = (stage: Params): PersistableClass => stage.constructor as unknown as PersistableClass

/** One line of JSON, in the order in which Spark writes it. */
function metadataText(stage: Params, { fields = {}, params = {} }: SparkExtra): string {
  const { params: table, sparkClass } = classOf(stage)
  const texts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => isPlainParam(table[name].kind) && !table[name].beyondSpark)
        .map(([name, value]) => [name, writeParam(table[name].kind, value)]),
    )
  return object({
    class: JSON.stringify(sparkClass),
    timestamp: String(Date.now()),
    sparkVersion: JSON.stringify(SPARK_VERSION),
    uid: JSON.stringify(stage.uid),
    paramMap: object({ ...texts(stage.explicitValues()), ...params }),
    defaultParamMap: object(texts(stage.defaultValues())),
    ...fields,
  })
}

/** An object of JSON texts. */
const object = (texts: Readonly<Record<string, string>>): string =>
  `{${Object.entries(texts)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(',')}}`
