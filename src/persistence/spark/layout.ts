import type { Params } from '../../param/params.js'
import type { StateTable } from '../../param/state.js'
import type { StructType } from '../../sql/types.js'
import type { JsonObject, SparkMetadata } from './metadata.js'
import type { ParquetColumns, ParquetRow } from './parquet.js'

/** The folder of one saved stage, as it is read. */
export interface SparkSource {
  readonly path: string
  readonly metadata: SparkMetadata
  /** Rows of the parquet files in a folder. @throws PersistenceError when there are none, or one is damaged. */
  rows(folder?: string): Promise<ParquetRow[]>
  /** The same as columns, for tables of many rows. */
  columns(folder?: string): Promise<ParquetColumns>
  /** The stage that stands in a folder. @throws PersistenceError, as `load`. */
  stage(folder: string): Promise<Params>
  /** Names of the folders in a folder, sorted. */
  folders(folder: string): Promise<readonly string[]>
  /** A stage without state from metadata that stand elsewhere, for the trees of an ensemble. */
  bare(metadata: SparkMetadata, state: Readonly<Record<string, unknown>>): Promise<Params>
}

/** The folder of one stage that is saved. */
export interface SparkSink {
  /** Writes rows into a folder. */
  rows(schema: StructType, rows: readonly ParquetRow[], folder?: string): Promise<void>
  /** Saves a stage into a folder. */
  stage(stage: Params, folder: string): Promise<void>
  /** Metadata of a stage as one line of JSON, for the trees of an ensemble. */
  metadata(stage: Params): string
}

/** What stands in the metadata beside the parameters: JSON texts by name. */
export interface SparkExtra {
  /** In the object itself. */
  readonly fields?: Readonly<Record<string, string>>
  /** Among the parameters. */
  readonly params?: Readonly<Record<string, string>>
}

/** What a stage holds beside its plain parameters. */
export interface SparkContent {
  readonly state?: Readonly<Record<string, unknown>>
  /** Parameters that are stages, or name parameters of stages. */
  readonly params?: Readonly<Record<string, unknown>>
}

/**
 * How a class stands in Spark's format, beside its plain parameters. Most classes need none of their own: their state rows are the columns of
 * `data`, see `plainLayout`. A class that differs has it as `static readonly sparkLayout`.
 */
export interface SparkLayout {
  read(source: SparkSource): Promise<SparkContent>
  write(stage: Params, sink: SparkSink): Promise<SparkExtra>
}

/** The learned values of a stage, by name. */
export const stateOf = (stage: Params, state: StateTable): Record<string, unknown> =>
  Object.fromEntries(Object.keys(state).map((name) => [name, (stage as unknown as Record<string, unknown>)[name]]))

export type { JsonObject }
