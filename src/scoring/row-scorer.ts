import { ParamError, SchemaError } from '../errors.js'
import { wrongArgument } from '../sql/arguments.js'
import type { ColumnData } from '../sql/batch.js'
import type { Profile } from '../sql/column-profile.js'
import { columnReader } from '../sql/column-reader.js'
import { type ColumnValues, columnValues } from '../sql/column-values.js'
import type { InputColumns } from '../sql/create.js'
import { parseSchema } from '../sql/ddl.js'
import type { Plan } from '../sql/plan.js'
import { type DataType, fieldIndex, type StructField, StructType } from '../sql/types.js'
import { knownNames, shortText } from '../util/names.js'
import { formScorer, UNKNOWN } from './form-scorer.js'
import { type Shape, shapeOf, type VectorShape } from './output-shape.js'
import { type Program, programOf, runProgram } from './program.js'
import { inputColumn, missingColumn, requireNamed, type ScorerRow, schemaOfRow } from './row-input.js'

/** How a model is made into a scorer. */
export interface ScorerOptions {
  /**
   * Columns that are wanted, of the input or made by the model. Stages that they do not need do not run, and the columns that only those read may be
   * missing. Without it: what the predictors make (`prediction`, `probability` …) and the stages after the last of them; of a model without a
   * predictor, all columns that it adds.
   */
  readonly outputCols?: readonly string[]
  /** Types of the columns of a row: a schema, or its DDL text. Without it, those of the frame that the model was fitted on; else those of the first row. */
  readonly schema?: StructType | string
  /** What vectors are in results: lists of numbers (default), or vectors of `ridgeline/linalg`, which keep long sparse ones short. */
  readonly vectors?: VectorShape
}

// biome-ignore lint/suspicious/noExplicitAny: what the columns of a model hold is known to its owner
export type ScoredRow = Record<string, any>

/**
 * A model made into a function of one row.
 *
 * For example, `const score = model.scorer(); score({ city: 'FR', km: 7.5 })` gives `{ prediction: 12.3 }`.
 */
export interface RowScorer<Out extends object = ScoredRow> {
  /**
   * Scores a row, an object with a property for each column; others are passed over.
   * @returns an object of its own with the output columns; `null` where a stage drops the row (`handleInvalid` is `skip`).
   * @throws SchemaError for a column that is missing; DataError for a value of another type, and for what a stage refuses, as `transform` does.
   */
  (row: object): Out | null

  /**
   * Scores rows that are given in columns: lists or typed arrays of one length by name.
   * @returns the output columns, as long as the input: typed arrays where they hold numbers, else lists; `null` in each column of a dropped row.
   * @throws SchemaError for a column that is missing or of another length; DataError as for one row.
   */
  batch(columns: InputColumns): { [K in keyof Out]: ColumnValues }
}

/** What a scorer is made of. */
export interface Scorable {
  readonly uid: string
  /** Schema of the frame that the model was fitted on. */
  readonly schema: StructType | undefined
  /** What the columns of that frame were like. */
  profile?(): Profile | undefined
  /** `uid` of each stage that predicts. */
  readonly predictors: ReadonlySet<string>
  /** What the model does with a frame of a schema. @throws SchemaError, ParamError as `transform` does. */
  plan(schema: StructType): Plan
  /** For a model without `schema`: the columns that its stages read, with types by them and by what a row tells; undefined where those do not suffice. */
  told?(hint: (column: string) => DataType | undefined): StructType | undefined
}

const OPTIONS = ['outputCols', 'schema', 'vectors']

/**
 * @param shapes what `vectors` may be.
 * @throws ParamError when an option is unknown or of a wrong kind.
 */
export function requireScorerOptions(
  stage: string,
  options: Omit<ScorerOptions, 'vectors'> & { readonly vectors?: string },
  shapes: readonly [string, string],
): void {
  const refuse = (value: unknown, param: string, allowed: string, hint?: string): never => {
    throw wrongArgument(value, { stage, param, allowed, hint })
  }
  if (typeof options !== 'object' || options === null) refuse(options, 'options', `{ ${OPTIONS.join(', ')} }`)
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new ParamError(`option "${unknown}" does not exist`, {
      stage,
      param: unknown,
      allowed: knownNames('options', unknown, OPTIONS),
      received: unknown,
    })
  }
  const { outputCols, schema, vectors } = options
  const areNames =
    outputCols === undefined || (Array.isArray(outputCols) && outputCols.every((c) => typeof c === 'string'))
  if (!areNames || outputCols?.length === 0) refuse(outputCols, 'outputCols', 'a list of at least one name')
  if (schema !== undefined && typeof schema !== 'string' && schema?.kind !== 'struct')
    refuse(schema, 'schema', 'a StructType, or its text', "Write 'city STRING, km DOUBLE'")
  if (vectors !== undefined && !shapes.includes(vectors))
    refuse(vectors, 'vectors', shapes.map((shape) => `"${shape}"`).join(' or '))
}

/** Scores with the steps of `transform`, over columns of one row: what every stage can do, whatever it is. */
class StepScorer {
  readonly #stage: string
  readonly #program: Program
  readonly #fields: readonly StructField[]
  readonly #shapes: readonly (Shape | undefined)[]

  constructor(stage: string, program: Program, vectors: VectorShape) {
    this.#stage = stage
    this.#program = program
    this.#fields = program.inputs.map(({ field }) => field)
    this.#shapes = program.outputs.map(({ field }) => shapeOf(field.dataType, vectors))
  }

  row(row: ScorerRow): ScoredRow | null {
    const columns = this.#fields.map((field) => {
      const value = row[field.name]
      if (value === undefined) throw missingColumn(this.#stage, row, field.name, this.#fields)
      return inputColumn(field, [value])
    })
    const { columns: made, length } = runProgram(this.#program, columns, 1)
    if (length === 0) return null
    const result: ScoredRow = {}
    this.#program.outputs.forEach(({ field }, k) => {
      const value = columnReader(made[k], field.dataType)(0)
      const shape = this.#shapes[k]
      result[field.name] = shape ? shape(value) : value
    })
    return result
  }

  batch(given: ScorerRow): Record<string, ColumnValues> {
    const length = this.#length(given)
    const columns = this.#fields.map((field) => inputColumn(field, given[field.name] as ArrayLike<unknown>))
    const scored = runProgram(this.#program, columns, length)
    return Object.fromEntries(
      this.#program.outputs.map(({ field }, k) => [
        field.name,
        this.#values(scored.columns[k], k, scored.rows, length),
      ]),
    )
  }

  /** The values of an output for all rows of the input; `rows` says which of them are left. */
  #values(column: ColumnData, k: number, rows: Int32Array | null, length: number): ColumnValues {
    const { dataType } = this.#program.outputs[k].field
    const shape = this.#shapes[k]
    const left = columnValues(column, dataType, rows?.length ?? length)
    const shaped = shape ? (left as unknown[]).map(shape) : left
    if (rows === null) return shaped
    const all = new Array<unknown>(length).fill(null)
    rows.forEach((row, i) => {
      all[row] = shaped[i]
    })
    return all
  }

  /** Number of rows. @throws SchemaError when columns are missing or differ in length. */
  #length(given: ScorerRow): number {
    let length: number | undefined
    for (const { name } of this.#fields) {
      const values = given[name]
      if (values === undefined) throw missingColumn(this.#stage, given, name, this.#fields)
      if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && 'length' in values)) {
        throw new SchemaError(`column "${name}" is ${shortText(values)}`, {
          stage: this.#stage,
          column: name,
          allowed: 'Allowed: a list of values, or a typed array',
          received: shortText(values),
        })
      }
      const count = values.length as number
      length ??= count
      if (count === length) continue
      throw new SchemaError(`column "${name}" has ${count} values`, {
        stage: this.#stage,
        column: name,
        allowed: `Column "${this.#fields[0].name}" has ${length}`,
        received: String(count),
        hint: 'Give every column a value for each row.',
      })
    }
    return length ?? 0
  }
}

/** A model made for rows of one schema. */
interface CompiledScorer {
  row(given: ScorerRow): ScoredRow | null
  batch(given: ScorerRow): Record<string, ColumnValues>
}

/**
 * Makes a model into a function of one row.
 * @throws ParamError for options; SchemaError for a column that the model does not make; UnsupportedError where one row does not tell the answer; what
 *   `transform` raises for a schema. Of a model without a schema, all but the first are raised by the first call.
 */
export function rowScorer<Out extends object = ScoredRow>(model: Scorable, options: ScorerOptions): RowScorer<Out> {
  const stage = model.uid
  requireScorerOptions(stage, options, ['array', 'vector'])
  const { outputCols, vectors = 'array' } = options
  const schema = typeof options.schema === 'string' ? parseSchema(options.schema) : (options.schema ?? model.schema)
  const compile = (known: StructType): CompiledScorer => {
    const { predictors } = model
    const program = programOf(model.plan(known), known, { stage, columns: outputCols, predictors })
    const steps = new StepScorer(stage, program, vectors)
    const quick = formScorer(program, vectors)
    const row = (given: ScorerRow): ScoredRow | null => {
      const scored = quick ? quick(given) : UNKNOWN
      return scored === UNKNOWN ? steps.row(given) : scored
    }
    return { row, batch: (given) => steps.batch(given) }
  }
  let compiled = schema && compile(schema)
  const score = (row: object): ScoredRow | null => {
    requireNamed(stage, row, 'row')
    compiled ??= compile(firstSchema(model, row))
    return compiled.row(row)
  }
  const batch = (columns: InputColumns): Record<string, ColumnValues> => {
    requireNamed(stage, columns, 'columns')
    compiled ??= compile(
      firstSchema(
        model,
        Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, firstValue(values)])),
      ),
    )
    return compiled.batch(columns)
  }
  return Object.assign(score, { batch }) as RowScorer<Out>
}

/** Schema of rows by the stages of a model and by the first row: what no stage reads has the type of its value. */
function firstSchema(model: Scorable, row: ScorerRow): StructType {
  const byRow = schemaOfRow(row)
  const told = model.told?.((column) => {
    const index = fieldIndex(byRow, column)
    return index < 0 || byRow.fields[index].dataType.kind === 'void' ? undefined : byRow.fields[index].dataType
  })
  if (!told) return byRow
  return StructType([...told.fields, ...byRow.fields.filter(({ name }) => fieldIndex(told, name) < 0)])
}

/** The first value that is not null. */
const firstValue = (values: ArrayLike<unknown>): unknown =>
  Array.prototype.find.call(values, (value) => value !== null && value !== undefined)
