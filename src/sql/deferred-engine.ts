import type { Batch, LocalTable } from './batch.js'
import type { ActionOptions, Engine, ReadRequest, StreamOptions, WriteRequest } from './engine.js'
import type { Plan } from './plan.js'

/** An engine whose code is imported on first need: a process that only scores rows does without. */
export class DeferredEngine implements Engine {
  readonly partitionCount: (plan: Plan) => number
  readonly #start: () => Promise<Engine>
  #engine: Promise<Engine> | undefined

  constructor(partitionCount: (plan: Plan) => number, start: () => Promise<Engine>) {
    this.partitionCount = partitionCount
    this.#start = start
  }

  #started(): Promise<Engine> {
    this.#engine ??= this.#start()
    return this.#engine
  }

  async *stream(plan: Plan, options?: StreamOptions): AsyncGenerator<Batch> {
    const engine = await this.#started()
    yield* engine.stream(plan, options)
  }

  async toTable(plan: Plan, options?: ActionOptions): Promise<LocalTable> {
    return (await this.#started()).toTable(plan, options)
  }

  async count(plan: Plan, options?: ActionOptions): Promise<number> {
    return (await this.#started()).count(plan, options)
  }

  async explain(plan: Plan): Promise<string> {
    return (await this.#started()).explain(plan)
  }

  async scan(request: ReadRequest, options?: ActionOptions): Promise<Plan> {
    return (await this.#started()).scan(request, options)
  }

  async write(plan: Plan, request: WriteRequest, options?: ActionOptions): Promise<void> {
    return (await this.#started()).write(plan, request, options)
  }

  async close(): Promise<void> {
    await (await this.#engine)?.close()
  }
}
