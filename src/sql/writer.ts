import { ParamError, UnsupportedError } from '../errors.js'
import { shortText } from '../util/names.js'
import { formatOf, requireActionOptions, requireTexts, wrongArgument } from './arguments.js'
import type { ActionOptions, Engine, SaveMode } from './engine.js'
import type { FileFormat, Plan } from './plan.js'

const MODES: Readonly<Record<string, SaveMode>> = {
  error: 'error',
  errorifexists: 'error',
  default: 'error',
  overwrite: 'overwrite',
  append: 'append',
  ignore: 'ignore',
}

/**
 * Writes a frame to files (Spark's `DataFrameWriter`). As in Spark the path becomes a folder with a part file and an empty
 * `_SUCCESS`. It is filled aside and renamed, so that a failure, such as a full disk, leaves what was there before and nothing else.
 *
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * await createDataFrame([{ city: 'FR', price: 10.5 }]).write.mode('overwrite').parquet('rides.parquet')
 * ```
 */
export class DataFrameWriter {
  private readonly plan: Plan
  private readonly engine: Engine
  private readonly settings: ReadonlyMap<string, string>
  private readonly saveMode: SaveMode
  private readonly folders: readonly string[]
  private readonly target: FileFormat

  constructor(
    plan: Plan,
    engine: Engine,
    settings: ReadonlyMap<string, string> = new Map(),
    saveMode: SaveMode = 'error',
    folders: readonly string[] = [],
    target: FileFormat = 'parquet',
  ) {
    this.plan = plan
    this.engine = engine
    this.settings = settings
    this.saveMode = saveMode
    this.folders = folders
    this.target = target
  }

  /** The format that `save` writes; parquet when not said. @throws ParamError naming the formats. */
  format(target: string): DataFrameWriter {
    const { plan, engine, settings, saveMode, folders } = this
    return new DataFrameWriter(plan, engine, settings, saveMode, folders, formatOf(target, 'write'))
  }

  /**
   * What to do when the path exists: `error` (default), `overwrite`, `append` (one more part file) or `ignore`.
   * @throws ParamError for another name.
   */
  mode(mode: string): DataFrameWriter {
    const known = MODES[mode.toLowerCase()]
    if (!known) {
      throw new ParamError(`mode is ${shortText(mode)}`, {
        stage: 'write',
        param: 'mode',
        allowed: 'Allowed: error, overwrite, append, ignore',
        received: shortText(mode),
      })
    }
    return new DataFrameWriter(this.plan, this.engine, this.settings, known, this.folders, this.target)
  }

  /** This writer with an option; names are Spark's. */
  option(name: string, value: string | number | boolean): DataFrameWriter {
    return this.options({ [name]: value })
  }

  /** This writer with several options. */
  options(options: Readonly<Record<string, string | number | boolean>>): DataFrameWriter {
    const settings = new Map(this.settings)
    for (const [name, value] of Object.entries(options)) settings.set(name, String(value))
    return new DataFrameWriter(this.plan, this.engine, settings, this.saveMode, this.folders, this.target)
  }

  /**
   * Folders by the values of columns, `year=2024/city=FR`, in this order; the files do not hold these columns. Readers give them back as
   * the last columns.
   */
  partitionBy(...names: readonly (string | readonly string[])[]): DataFrameWriter {
    const columns = names.flat()
    requireTexts(columns, 'partitionBy', 'columns')
    return new DataFrameWriter(this.plan, this.engine, this.settings, this.saveMode, columns, this.target)
  }

  /**
   * Comma-separated text. Differs from Spark: quotes in cells are doubled unless the option `escape` names another character; with
   * `option('escape', '\\')` the text is that of Spark's default.
   * @throws SchemaError for columns that hold arrays, structs, maps, vectors or bytes.
   */
  csv(path: string, options?: ActionOptions): Promise<void> {
    return this.write('csv', path, options)
  }

  /** One JSON object a line; fields that are null are left out. Options: `compression`, `timestampFormat`, `dateFormat`. */
  json(path: string, options?: ActionOptions): Promise<void> {
    return this.write('json', path, options)
  }

  /** The one string column as lines; null is an empty line. @throws SchemaError for more columns, or one of another type. */
  text(path: string, options?: ActionOptions): Promise<void> {
    return this.write('text', path, options)
  }

  /** Parquet with Spark's schema in its metadata: Spark reads vectors as vectors, and the metadata of columns. */
  parquet(path: string, options?: ActionOptions): Promise<void> {
    return this.write('parquet', path, options)
  }

  /** Files of the format that `format` names: `write.format('csv').mode('overwrite').save('rides')`. */
  save(path: string, options?: ActionOptions): Promise<void> {
    return this.write(this.target, path, options)
  }

  /** @throws UnsupportedError always: there is no warehouse of tables, only files and the views of a session. */
  saveAsTable(name: string): Promise<never> {
    return Promise.reject(
      new UnsupportedError('tables are not kept beyond a session', {
        stage: 'saveAsTable',
        received: name,
        hint: `Write files and name them: write.parquet(path), then (await read.parquet(path)).createOrReplaceTempView('${name}')`,
      }),
    )
  }

  private async write(format: FileFormat, path: string, options: ActionOptions = {}): Promise<void> {
    requireTexts([path], 'write', 'path')
    if (path === '') throw wrongArgument(path, { stage: 'write', param: 'path', allowed: 'the path of a folder' })
    requireActionOptions(options, 'write')
    const request = { format, path, options: this.settings, mode: this.saveMode, partitionBy: this.folders }
    return this.engine.write(this.plan, request, options)
  }
}
