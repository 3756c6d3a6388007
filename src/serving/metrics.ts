import type { Counter, Registry } from 'prom-client'
import { EngineError } from '../errors.js'
import { VIOLATIONS, type Violation } from '../schema/policies.js'
import type { Counters } from '../schema/validator.js'
import type { CompiledModel } from './served-model.js'

type PromClient = typeof import('prom-client')

/** The package, or undefined where it is not installed. */
export async function findPromClient(): Promise<PromClient | undefined> {
  try {
    return await import('prom-client')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

export const promClientMissing = (): EngineError =>
  new EngineError('metrics need the optional package prom-client', {
    stage: 'createServer',
    hint: 'Install it: npm install prom-client; or leave the metrics out: { metrics: false }',
  })

const LABELS: Readonly<Record<Violation, string>> = {
  missing: 'missing',
  null: 'null',
  nan: 'nan',
  wrongType: 'wrong_type',
  unseen: 'unseen',
  outOfRange: 'out_of_range',
}

/** From half a millisecond, which a row takes, to ten seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What is counted of the answers of one route and status. */
interface Answers {
  readonly duration: { observe(seconds: number): void }
  readonly requests: { inc(): void }
}

/** Counters of rows over all models that were served: those of a model stay when another takes its place. */
class RowCounts {
  #before: Map<string, number> = new Map()

  /** Adds what a validator has counted, under a name each. */
  static #sums(counters: Counters, into: Map<string, number>): void {
    const add = (name: string, count: number): void => {
      if (count > 0) into.set(name, (into.get(name) ?? 0) + count)
    }
    add('rows', counters.rows)
    add('refused', counters.refused)
    add('extra', counters.extra)
    for (const violation of VIOLATIONS) {
      for (const [column, count] of Object.entries(counters[violation])) add(`${violation}:${column}`, count)
    }
  }

  retire(counters: Counters): void {
    RowCounts.#sums(counters, this.#before)
  }

  with(counters: Counters): ReadonlyMap<string, number> {
    const all = new Map(this.#before)
    RowCounts.#sums(counters, all)
    return all
  }
}

/** Metrics for Prometheus; their names start with `ridgeline_`. */
export class ServerMetrics {
  readonly #registry: Registry
  readonly #counts = new RowCounts()
  readonly #answers = new Map<string, Answers>()
  readonly #answersOf: (method: string, route: string, status: string) => Answers
  readonly #problems: Counter
  readonly #reloads: Counter
  #inFlight = 0
  #model: CompiledModel
  #loaded = Date.now()

  /** @param registry where the metrics go, which must not hold those of another server. */
  constructor({ Counter, Gauge, Histogram }: PromClient, registry: Registry, model: CompiledModel) {
    this.#registry = registry
    this.#model = model
    const registers = [registry]
    const duration = new Histogram({
      name: 'ridgeline_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['method', 'route'],
      buckets: SECONDS,
      registers,
    })
    const requests = new Counter({
      name: 'ridgeline_http_requests_total',
      help: 'Requests that were answered, by route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    })
    this.#answersOf = (method, route, status) => ({
      duration: duration.labels(method, route),
      requests: requests.labels(method, route, status),
    })
    this.#problems = new Counter({
      name: 'ridgeline_request_problems_total',
      help: 'Requests that could not be answered, by the kind of the problem.',
      labelNames: ['kind'],
      registers,
    })
    this.#reloads = new Counter({
      name: 'ridgeline_model_reloads_total',
      help: 'Attempts to put a new model in place of the served one.',
      labelNames: ['result'],
      registers,
    })
    for (const result of ['success', 'failure']) this.#reloads.inc({ result }, 0)
    const self = this
    new Gauge({
      name: 'ridgeline_http_requests_in_flight',
      help: 'Requests that wait for their answer.',
      registers,
      collect() {
        this.set(self.#inFlight)
      },
    })
    new Gauge({
      name: 'ridgeline_model_info',
      help: 'The model that answers: always 1.',
      labelNames: ['name', 'version', 'uid'],
      registers,
      collect() {
        const { name, version, uid } = self.#model
        this.reset()
        this.set({ name, version, uid }, 1)
      },
    })
    new Gauge({
      name: 'ridgeline_model_loaded_timestamp_seconds',
      help: 'When the model that answers was put in its place.',
      registers,
      collect() {
        this.set(self.#loaded / 1000)
      },
    })
    this.#rowCounters(Counter, registers)
  }

  /** Counters of rows are those of the validators, read when somebody asks. */
  #rowCounters(counter: PromClient['Counter'], registers: Registry[]): void {
    const self = this
    const plain = (name: string, key: string, help: string) =>
      new counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(self.#rows().get(key) ?? 0)
        },
      })
    plain('ridgeline_rows_total', 'rows', 'Rows that were asked for.')
    plain('ridgeline_rows_refused_total', 'refused', 'Rows that the policies of their columns refused.')
    plain('ridgeline_rows_with_extra_columns_total', 'extra', 'Rows with columns that the model does not read.')
    new counter({
      name: 'ridgeline_input_violations_total',
      help: 'Values that are not as the model expects them, by column and by what is odd, whatever the policy.',
      labelNames: ['column', 'violation'],
      registers,
      collect() {
        this.reset()
        const counts = self.#rows()
        for (const violation of VIOLATIONS) {
          for (const { name: column } of self.#model.schema.inputs)
            this.inc({ column, violation: LABELS[violation] }, counts.get(`${violation}:${column}`) ?? 0)
        }
      },
    })
  }

  #rows(): ReadonlyMap<string, number> {
    return this.#counts.with(this.#model.validator.counters)
  }

  started(): void {
    this.#inFlight++
  }

  /** A request is over, answered or not. */
  ended(): void {
    this.#inFlight--
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    const key = `${status} ${method} ${route}`
    let answers = this.#answers.get(key)
    if (!answers) {
      answers = this.#answersOf(method, route, String(status))
      this.#answers.set(key, answers)
    }
    answers.duration.observe(seconds)
    answers.requests.inc()
  }

  problem(kind: string): void {
    this.#problems.inc({ kind })
  }

  /** Another model answers from now on. */
  swapped(model: CompiledModel): void {
    this.#counts.retire(this.#model.validator.counters)
    this.#model = model
    this.#loaded = Date.now()
    this.#reloads.inc({ result: 'success' })
  }

  reloadFailed(): void {
    this.#reloads.inc({ result: 'failure' })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
