import { formatOf, requireActionOptions, requireTexts } from './arguments.js'
import { DataFrame } from './dataframe.js'
import { parseSchema } from './ddl.js'
import type { ActionOptions } from './engine.js'
import type { FileFormat } from './plan.js'
import type { Session } from './session.js'
import type { StructType } from './types.js'

/** Paths one by one, or a list of them with the signal that stops the reading: `csv(['a.csv'], { signal })`. */
export type ReadArguments = readonly string[] | readonly [paths: readonly string[], options?: ActionOptions]

const isListed = (args: ReadArguments): args is readonly [readonly string[], ActionOptions?] => Array.isArray(args[0])

/**
 * Reads files as frames (Spark's `DataFrameReader`). Methods that name files resolve the schema and are therefore
 * asynchronous; rows are read by actions. A path is a file, a pattern (`rides/2024-*.csv`, with `*`, `?`, `[a-c]` and `{a,b}`) or a folder,
 * whose files count unless they start with `_` or `.`. Folders in it that are named `column=value` give a column; all folders count with
 * the option `recursiveFileLookup`. Compressed files (`.gz`, `.zst`) are read as they are.
 *
 * Options of every format: `recursiveFileLookup`, `pathGlobFilter` (a pattern for the names of files).
 *
 * Options of csv: `header`, `inferSchema` (one more pass over the data), `sep`, `quote`, `escape`, `comment`, `nullValue`, `emptyValue`,
 * `encoding`, `multiLine` (cells may hold line breaks; read by one thread), `timestampFormat` and `dateFormat` (Java's patterns,
 * `dd/MM/yyyy HH:mm`), `ignoreLeadingWhiteSpace`, `ignoreTrailingWhiteSpace` and `mode` (`PERMISSIVE`: short lines are filled and cells that
 * do not fit are null; where the schema has a string column `_corrupt_record`, or the name of the option `columnNameOfCorruptRecord`, it holds
 * lines that do not fit; `DROPMALFORMED`: such lines are left out; `FAILFAST`: they are an error that names file and line).
 *
 * Options of json: `multiLine` (a file is one value, or an array of objects), `encoding`, `timestampFormat`, `dateFormat`, `mode` and
 * `columnNameOfCorruptRecord` as for csv; an inferred schema has that column where a line is no JSON. Of text: `wholetext`, `encoding`.
 *
 * Differs from Spark: quotes in cells are doubled unless `escape` names another character, such as Spark's backslash, with which
 * cells cannot hold line breaks here; and a line that has too many cells, or quotes of another kind, is a DataError unless the mode
 * is `DROPMALFORMED` or the schema has a column of corrupt records; Spark misreads it.
 *
 * To stop a long inference of the schema, give the paths in a list, and a signal: `csv(['rides.csv'], { signal })`.
 *
 * @example
 * ```ts
 * import { createDataFrame, read } from 'ridgeline'
 * await createDataFrame([{ city: 'FR', price: 10.5 }]).write.mode('overwrite').option('header', true).csv('rides.csv')
 * const rides = await read.option('header', true).option('inferSchema', true).csv('rides.csv')
 * rides.dtypes // [['city', 'string'], ['price', 'double']]
 * ```
 */
export class DataFrameReader {
  private readonly session: () => Session
  private readonly settings: ReadonlyMap<string, string>
  private readonly given?: StructType
  private readonly source: FileFormat

  /** @param session asked for when files are read. */
  constructor(
    session: () => Session,
    settings: ReadonlyMap<string, string> = new Map(),
    given?: StructType,
    source: FileFormat = 'parquet',
  ) {
    this.session = session
    this.settings = settings
    this.given = given
    this.source = source
  }

  /** The format that `load` reads; parquet when not said. @throws ParamError naming the formats. */
  format(source: string): DataFrameReader {
    return new DataFrameReader(this.session, this.settings, this.given, formatOf(source, 'read'))
  }

  /** This reader with an option; names are Spark's. */
  option(name: string, value: string | number | boolean): DataFrameReader {
    return this.options({ [name]: value })
  }

  /** This reader with several options. */
  options(options: Readonly<Record<string, string | number | boolean>>): DataFrameReader {
    const settings = new Map(this.settings)
    for (const [name, value] of Object.entries(options)) settings.set(name, String(value))
    return new DataFrameReader(this.session, settings, this.given, this.source)
  }

  /** This reader with a schema, or its DDL text, instead of an inferred one. @throws ParseError. */
  schema(schema: StructType | string): DataFrameReader {
    const given = typeof schema === 'string' ? parseSchema(schema) : schema
    return new DataFrameReader(this.session, this.settings, given, this.source)
  }

  /** Comma-separated text. Without `inferSchema` or a schema all columns are strings; without `header` they are `_c0`, `_c1`, … */
  csv(...paths: ReadArguments): Promise<DataFrame> {
    return this.scan('csv', paths)
  }

  /** One JSON object a line, or an array of them. Inferred columns are in alphabetical order, as in Spark. */
  json(...paths: ReadArguments): Promise<DataFrame> {
    return this.scan('json', paths)
  }

  /** Parquet files, Spark's own included: vectors, matrices and the metadata of columns are read back. */
  parquet(...paths: ReadArguments): Promise<DataFrame> {
    return this.scan('parquet', paths)
  }

  /** Text files: each line a row with the column `value`, or each file with the option `wholetext`. */
  text(...paths: ReadArguments): Promise<DataFrame> {
    return this.scan('text', paths)
  }

  /** Files of the format that `format` names: `read.format('csv').option('header', true).load('rides.csv')`. */
  load(...paths: ReadArguments): Promise<DataFrame> {
    return this.scan(this.source, paths)
  }

  /** The frame of a temporary view, as `session.table`. @throws SchemaError when there is none. */
  table(name: string): DataFrame {
    return this.session().table(name)
  }

  private async scan(format: FileFormat, args: ReadArguments): Promise<DataFrame> {
    const [paths, options = {}] = isListed(args) ? args : [args]
    requireTexts(paths, 'read', 'paths')
    requireActionOptions(options, 'read')
    const session = this.session()
    const request = { format, paths, options: this.settings, schema: this.given }
    const plan = await session.engine.scan(request, options)
    return new DataFrame(plan, session)
  }
}
