import type { FastifyRequest } from 'fastify'
import type { Transformer } from '../pipeline/transformer.js'
import type { FieldSchema } from '../schema/field-schema.js'
import type { ModelSchema } from '../schema/model-schema.js'
import type { Policies } from '../schema/policies.js'
import type { RowIssue, Validator } from '../schema/validator.js'
import type { RowScorer, ScoredRow, ScorerOptions } from '../scoring/row-scorer.js'
import { TurnTaker } from '../util/turn-taker.js'
import { type Converters, converted, fromJson, toJson } from './field-values.js'
import { type InputIssue, problemOf, RequestProblem } from './problem.js'

/** A row that was scored; null where a stage of the model drops it. */
export type Scored = ScoredRow | null

/** A fitted model under its name, ready to answer: its schema is known and its scorer compiled. */
export interface ServedModel {
  readonly name: string
  readonly version: string
  /** `uid` of the model. */
  readonly uid: string
  /** The columns that it reads and gives. */
  readonly schema: ModelSchema
  /** The policies that rows are checked by. */
  readonly policies: Policies
  /**
   * Scores rows as JSON holds them: objects with a property for each column. Many rows are scored in slices, between which other requests have their turn.
   * @param request ends the work when its client is gone.
   * @returns the output columns of each row as JSON holds them; null for one that a stage drops.
   * @throws RequestProblem that names columns, rows and reasons.
   */
  score(rows: readonly object[], request?: FastifyRequest): Promise<Scored[]>
  /** The same for columns: lists of one length by name. */
  scoreColumns(
    columns: Readonly<Record<string, ArrayLike<unknown>>>,
    request?: FastifyRequest,
  ): Promise<Record<string, unknown[]>>
}

/** What a served model is made of. */
export interface ServedModelOptions extends Pick<ScorerOptions, 'outputCols' | 'schema'> {
  readonly name: string
  readonly version: string
  readonly policies: Policies
  /** Milliseconds that the scoring of one request may take; 0 for any. It is asked between slices. */
  readonly timeout: number
}

/** Rows that are scored before the event loop may have a turn; a fast model scores them within one millisecond. */
const SLICE = 512
/** From this many rows on columns are faster than one row after the other, even for models whose every stage has a form. */
const COLUMNS_PAY = 64
/** Issues that are told of one request. */
const MOST_ISSUES = 20

const rowText = (row: number): string => `row ${row}`

function issuesProblem(issues: readonly InputIssue[], more: boolean, missing: boolean, rows: number): RequestProblem {
  const [{ row = 0, reason }] = issues
  const place = rows > 1 ? `${rowText(row)}: ` : ''
  const others = issues.length > 1 ? ` (and ${more ? 'at least ' : ''}${issues.length - 1} more)` : ''
  return new RequestProblem(missing ? 'missing-column' : 'invalid-value', `${place}${reason}${others}`, { issues })
}

/** What a scorer raised, with the number that the row has in the request. */
function atRow(error: unknown, offset: number, rows: number): RequestProblem {
  const problem = problemOf(error)
  if (problem.kind === 'internal' || rows === 1) return problem
  const issues = problem.issues.map(({ field, row = 0, reason }) => ({
    ...(field === undefined ? {} : { field }),
    row: row + offset,
    reason: reason.replace(`(row ${row})`, `(${rowText(row + offset)})`),
  }))
  const message = issues[0]?.reason ?? problem.message
  return new RequestProblem(problem.kind, message, { issues, cause: error })
}

/** Makes a fitted model into one that answers requests. */
export class CompiledModel implements ServedModel {
  readonly name: string
  readonly version: string
  readonly uid: string
  readonly schema: ModelSchema
  readonly policies: Policies
  readonly validator: Validator
  readonly #scorer: RowScorer
  readonly #timeout: number
  readonly #incoming: Converters | undefined
  readonly #outgoing: Converters | undefined
  readonly #outputs: readonly FieldSchema[]

  /**
   * @throws NotFittedError when the model does not know the types of its columns and `schema` does not tell them; ParamError for policies and output columns;
   *   UnsupportedError where one row does not tell the answer.
   */
  constructor(model: Transformer, { name, version, policies, timeout, ...options }: ServedModelOptions) {
    this.name = name
    this.version = version
    this.uid = model.uid
    this.policies = policies
    this.schema = model.modelSchema(options)
    this.validator = this.schema.validator(policies)
    this.#scorer = model.scorer(options)
    this.#timeout = timeout
    this.#incoming = fromJson(this.schema.inputs)
    this.#outgoing = toJson(this.schema.outputs)
    this.#outputs = this.schema.outputs
  }

  async score(rows: readonly object[], request?: FastifyRequest): Promise<Scored[]> {
    const scored = new Array<Scored>(rows.length)
    await this.#slices(rows.length, request, (from, to) => {
      const valid = this.#validRows(rows, from, to)
      this.#scoreRows(valid, from, rows.length, scored)
    })
    return scored
  }

  async scoreColumns(
    columns: Readonly<Record<string, ArrayLike<unknown>>>,
    request?: FastifyRequest,
  ): Promise<Record<string, unknown[]>> {
    const names = Object.keys(columns)
    const length = requireEven(columns)
    const rowAt = (i: number): object => {
      const row: Record<string, unknown> = {}
      for (const name of names) row[name] = columns[name][i]
      return row
    }
    const scored: Scored[] = []
    await this.#slices(length, request, (from, to) => {
      const rows = Array.from({ length: to - from }, (_, i) => rowAt(from + i))
      this.#scoreRows(this.#validRows(rows, 0, rows.length, from, length), from, length, scored)
    })
    return Object.fromEntries(
      this.#outputs.map(({ name }) => [name, scored.map((row) => (row === null ? null : row[name]))]),
    )
  }

  /** Does the work for all rows, slice by slice, with turns for others in between. */
  async #slices(length: number, request: FastifyRequest | undefined, work: (from: number, to: number) => void) {
    if (request) {
      request.ridgelineRows = length
      request.ridgelineVersion = this.version
    }
    if (length <= SLICE) return work(0, length)
    const turns = new TurnTaker()
    const started = performance.now()
    for (let from = 0; from < length; from += SLICE) {
      if (turns.due()) {
        await turns.take()
        if (request?.raw.socket?.destroyed) throw new RequestProblem('gone', 'the client went away')
        if (this.#timeout > 0 && performance.now() - started > this.#timeout)
          throw new RequestProblem('timeout', `scoring took longer than ${this.#timeout} ms`)
      }
      work(from, Math.min(from + SLICE, length))
    }
  }

  /** Rows `from` to `to` as the scorer takes them. @throws RequestProblem with all that the policies refuse. */
  #validRows(rows: readonly object[], from: number, to: number, offset = 0, length = rows.length): object[] {
    const valid = new Array<object>(to - from)
    const issues: InputIssue[] = []
    let missing = false
    for (let i = from; i < to; i++) {
      const given = rows[i]
      const row = this.#incoming && isRow(given) ? converted(given, this.#incoming) : given
      const result = this.validator.validate(row)
      if (result.issues === undefined) {
        valid[i - from] = result.value
        continue
      }
      missing ||= result.issues.some(({ code }) => code === 'missing')
      issues.push(...result.issues.map((issue) => inputIssue(issue, i + offset)))
      if (issues.length >= MOST_ISSUES) break
    }
    if (issues.length === 0) return valid
    throw issuesProblem(issues.slice(0, MOST_ISSUES), issues.length >= MOST_ISSUES, missing, length)
  }

  #scoreRows(rows: readonly object[], offset: number, length: number, into: Scored[]): void {
    if (rows.length >= COLUMNS_PAY) this.#scoreAsColumns(rows, offset, length, into)
    else this.#scoreOneByOne(rows, offset, length, into)
  }

  #scoreOneByOne(rows: readonly object[], offset: number, length: number, into: Scored[]): void {
    const outgoing = this.#outgoing
    for (let i = 0; i < rows.length; i++) {
      let scored: Scored
      try {
        scored = this.#scorer(rows[i])
      } catch (error) {
        throw atRow(error, offset + i, length)
      }
      into[offset + i] = scored !== null && outgoing ? (converted(scored, outgoing) as ScoredRow) : scored
    }
  }

  #scoreAsColumns(rows: readonly object[], offset: number, length: number, into: Scored[]): void {
    const columns: Record<string, unknown[]> = {}
    for (const { name } of this.schema.inputs) columns[name] = rows.map((row) => (row as ScoredRow)[name])
    let scored: Record<string, ArrayLike<unknown>>
    try {
      scored = this.#scorer.batch(columns)
    } catch (error) {
      throw atRow(error, offset, length)
    }
    const outgoing = this.#outgoing
    const names = this.#outputs.map(({ name }) => name)
    const values = names.map((name) => scored[name])
    for (let i = 0; i < rows.length; i++) {
      let nulls = 0
      const row: ScoredRow = {}
      for (let k = 0; k < names.length; k++) {
        const value = values[k][i]
        row[names[k]] = value
        if (value === null) nulls++
      }
      // Null in every column: only the row alone tells whether it is dropped.
      const whole = nulls === names.length ? this.#scorer(rows[i]) : row
      into[offset + i] = whole !== null && outgoing ? (converted(whole, outgoing) as ScoredRow) : whole
    }
  }
}

const isRow = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

function inputIssue({ message, path }: RowIssue, row: number): InputIssue {
  const field = path?.[0]
  return { ...(field === undefined ? {} : { field }), row, reason: message }
}

/** Length of the columns. @throws RequestProblem when they differ. */
function requireEven(columns: Readonly<Record<string, ArrayLike<unknown>>>): number {
  const [first, ...others] = Object.entries(columns)
  if (first === undefined) return 0
  const [name, { length }] = first
  const other = others.find(([, values]) => values.length !== length)
  if (!other) return length
  const reason = `column "${other[0]}" has ${other[1].length} values, but column "${name}" has ${length}`
  throw new RequestProblem('malformed', reason, { issues: [{ field: other[0], reason }] })
}
