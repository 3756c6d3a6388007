import type { FastifyRequest } from 'fastify'
import type { Transformer } from '../pipeline/transformer.js'
import type { ModelSchema } from '../schema/model-schema.js'
import type { Policies } from '../schema/policies.js'
import type { RowIssue, Validator } from '../schema/validator.js'
import type { RowScorer, ScoredRow, ScorerOptions } from '../scoring/row-scorer.js'
import { TurnTaker } from '../util/turn-taker.js'
import { type Converters, converted, fromJson, fromPython, toJson } from './field-values.js'
import { type InputIssue, problemOf, RequestProblem } from './problem.js'

/** A row that was scored; null where a stage of the model drops it. */
export type Scored = ScoredRow | null

/** Columns as requests hold them: lists of one length by name. */
type InputColumns = Readonly<Record<string, ArrayLike<unknown>>>

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
  scoreColumns(columns: InputColumns, request?: FastifyRequest): Promise<Record<string, unknown[]>>
}

/** What a served model is made of. */
export interface ServedModelOptions extends Pick<ScorerOptions, 'outputCols' | 'schema'> {
  readonly name: string
  readonly version: string
  readonly policies: Policies
  /** Milliseconds that the scoring of one request may take; 0 for any. It is asked between slices. */
  readonly timeout: number
}

/** Rows that are scored before it is asked whether the event loop wants a turn; also a slow model scores them within some milliseconds. */
const SLICE = 64
/** Issues that are told of one request; rows behind them are not looked at. */
const MOST_ISSUES = 20

/** The problem of rows that the validator refuses. @param refused what is wrong, by number of the row. */
function refusal(refused: readonly (readonly RowIssue[])[], rows: number): RequestProblem {
  const issues: InputIssue[] = []
  let isMissing = false
  refused.forEach((ofRow, row) => {
    for (const { code, message, path } of ofRow) {
      const field = path?.[0]
      issues.push({ ...(field === undefined ? {} : { field }), row, reason: message })
      isMissing ||= code === 'missing'
    }
  })
  const [{ row, reason }] = issues
  const least = issues.length < MOST_ISSUES ? '' : 'at least '
  const others = issues.length > 1 ? ` (and ${least}${issues.length - 1} more)` : ''
  const message = `${rows > 1 ? `row ${row}: ` : ''}${reason}${others}`
  return new RequestProblem(isMissing ? 'missing-column' : 'invalid-value', message, {
    issues: issues.slice(0, MOST_ISSUES),
  })
}

/** What a scorer raised of its one row, which it numbers 0, with the number that the row has in the request. */
function atRow(error: unknown, row: number, rows: number): RequestProblem {
  const problem = problemOf(error)
  if (problem.kind === 'internal' || rows === 1) return problem
  const message = problem.message.replace('(row 0)', `(row ${row})`)
  const issues = problem.issues.map((issue) => ({ ...issue, row, reason: message }))
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
  /** As `incoming`, of bodies with the NaN by which Python says that a value is missing. */
  readonly #fromPython: Converters

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
    this.#fromPython = fromPython(this.schema.inputs)
  }

  async score(rows: readonly object[], request?: FastifyRequest): Promise<Scored[]> {
    if (request) {
      request.ridgelineRows = rows.length
      request.ridgelineVersion = this.version
    }
    const scored = new Array<Scored>(rows.length)
    if (rows.length <= SLICE) {
      this.#scoreSlice(rows, 0, rows.length, request, scored)
      return scored
    }
    const turns = new TurnTaker()
    const started = performance.now()
    for (let from = 0; from < rows.length; from += SLICE) {
      if (turns.due()) {
        await turns.take()
        if (request?.raw.socket?.destroyed) throw new RequestProblem('gone', 'the client went away')
        if (this.#timeout > 0 && performance.now() - started > this.#timeout)
          throw new RequestProblem('timeout', `scoring took longer than ${this.#timeout} ms`)
      }
      this.#scoreSlice(rows, from, Math.min(from + SLICE, rows.length), request, scored)
    }
    return scored
  }

  async scoreColumns(columns: InputColumns, request?: FastifyRequest): Promise<Record<string, unknown[]>> {
    const names = Object.keys(columns)
    const rows = Array.from({ length: requireEven(columns) }, (_, i) => {
      const row: Record<string, unknown> = {}
      for (const name of names) row[name] = columns[name][i]
      return row
    })
    const scored = await this.score(rows, request)
    const values = (name: string): unknown[] => scored.map((row) => (row === null ? null : row[name]))
    return Object.fromEntries(this.schema.outputs.map(({ name }) => [name, values(name)]))
  }

  /** Checks rows, and scores them when all are fine. @throws RequestProblem with all that the policies refuse, or with what the model refuses first. */
  #scoreSlice(
    rows: readonly object[],
    from: number,
    to: number,
    request: FastifyRequest | undefined,
    into: Scored[],
  ): void {
    const valid = new Array<object>(to - from)
    const refused: RowIssue[][] = []
    let issues = 0
    const incoming = request?.ridgelineNaN ? this.#fromPython : this.#incoming
    for (let i = from; i < to && issues < MOST_ISSUES; i++) {
      const row = incoming && isRow(rows[i]) ? converted(rows[i], incoming) : rows[i]
      const result = this.validator.validate(row)
      if (result.issues === undefined) {
        valid[i - from] = result.value
        continue
      }
      refused[i] = [...result.issues]
      issues += result.issues.length
    }
    if (refused.length > 0) throw refusal(refused, rows.length)
    const outgoing = this.#outgoing
    for (let i = from; i < to; i++) {
      let scored: Scored
      try {
        scored = this.#scorer(valid[i - from])
      } catch (error) {
        throw atRow(error, i, rows.length)
      }
      into[i] = scored !== null && outgoing ? (converted(scored, outgoing) as ScoredRow) : scored
    }
  }
}

const isRow = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Length of the columns. @throws RequestProblem when they differ. */
function requireEven(columns: InputColumns): number {
  const [first, ...others] = Object.entries(columns)
  if (first === undefined) return 0
  const [name, { length }] = first
  const other = others.find(([, values]) => values.length !== length)
  if (!other) return length
  const reason = `column "${other[0]}" has ${other[1].length} values, but column "${name}" has ${length}`
  throw new RequestProblem('malformed', reason, { issues: [{ field: other[0], reason }] })
}
