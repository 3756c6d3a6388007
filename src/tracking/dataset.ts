import { mlflowSignature } from '../schema/mlflow-signature.js'
import type { DataFrame } from '../sql/dataframe.js'
import { fingerprint } from './data-fingerprint.js'
import type { Dataset } from './entities.js'
import { contextTags } from './run-context.js'

export interface DatasetOptions {
  /** Default `dataset`. */
  readonly name?: string
  /** Where the data come from: a path or URL. Default: the program. */
  readonly source?: string
  readonly signal?: AbortSignal
}

/** Kinds of sources as MLflow calls them, by the schemes of URLs. */
const SOURCES: Readonly<Record<string, string>> = { s3: 's3', s3a: 's3', http: 'http', https: 'http' }

/**
 * Describes a frame as a dataset of MLflow, for `logInput` (Python's `mlflow.data.from_spark`): schema, number of rows, and a fingerprint of all values as digest. Costs one pass over the data.
 */
export async function fromDataFrame(
  frame: DataFrame,
  { name = 'dataset', source, signal }: DatasetOptions = {},
): Promise<Dataset> {
  const { digest, rows } = await fingerprint(frame, signal)
  const fields = frame.schema.fields.map((field) => ({
    name: field.name,
    type: field.dataType,
    nullable: field.nullable,
    nulls: field.nullable,
  }))
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(source ?? '')?.[1].toLowerCase() ?? ''
  return {
    name,
    digest,
    ...(source === undefined
      ? { sourceType: 'code', source: JSON.stringify({ tags: await contextTags() }) }
      : {
          sourceType: SOURCES[scheme] ?? 'local',
          source: JSON.stringify(SOURCES[scheme] === 'http' ? { url: source } : { uri: source }),
        }),
    schema: JSON.stringify({ mlflow_colspec: JSON.parse(mlflowSignature(fields, []).inputs) }),
    profile: JSON.stringify({ num_rows: rows }),
  }
}
