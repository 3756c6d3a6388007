import { Worker } from 'node:worker_threads'
import type { TurnTaker } from '../util/turn-taker.js'
import { KERNEL_NAMES, type KernelName, type Kernels } from './kernels.js'
import type { KernelMemory } from './memory.js'

/** Bytes at the start of the memory through which threads agree who does what. */
export const CONTROL_BYTES = 1024

/*
 * Words of the control area, each in a cache line of its own where several threads write.
 * A ticket holds the number of the round in its upper half and the next task in its lower half. Whoever raises it by one, by
 * compare-and-exchange, has to do that task; success proves that the round it has read about is still the current one.
 */
const ROUND = 0
const KERNEL = 1
const RECORD = 2
const TASKS = 3
const FIRST = 4
const TICKET = 16
const DONE = 32
const FAILED = 48
/** Lower half of the ticket of a round that is over: more than any number of tasks, so that nobody takes it for a task of the next one. */
const CLOSED = 0xffff
/** Most tasks of a round. */
const MAX_TASKS = CLOSED - 1

/** Looks at shared memory that often before going to sleep. More of them would cost processor time and gain none. */
const SPINS = 100

/**
 * What a worker runs. It is a text, so that it works from sources, from the built package and from bundles alike.
 * It sleeps until a round begins, takes tasks until there are none, and goes to sleep again.
 */
const WORKER = `
const { workerData } = require('node:worker_threads')
const { module, memory, thread, names } = workerData
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports
const control = new Int32Array(memory.buffer, 0, ${CONTROL_BYTES / 4})
let round = 0
for (;;) {
  Atomics.wait(control, ${ROUND}, round)
  round = Atomics.load(control, ${ROUND})
  for (;;) {
    const ticket = Atomics.load(control, ${TICKET})
    const task = ticket & ${CLOSED}
    const tasks = Atomics.load(control, ${TASKS})
    if (task >= tasks) break
    if (Atomics.compareExchange(control, ${TICKET}, ticket, ticket + 1) !== ticket) continue
    try {
      kernels[names[control[${KERNEL}]]](control[${RECORD}], control[${FIRST}] + task, thread)
    } catch {
      Atomics.store(control, ${FAILED}, 1)
    }
    Atomics.add(control, ${DONE}, 1)
    Atomics.notify(control, ${DONE})
  }
}
`

/** Worker threads that help the main thread with the tasks of kernels over one memory. They never keep the process alive. */
export class WorkerPool {
  readonly #control: Int32Array
  readonly #workers: readonly Worker[]
  #round = 0

  /** @param workers number of workers; the threads are one more, because the main thread does tasks, too. */
  constructor(module: object, memory: KernelMemory, workers: number) {
    this.#control = new Int32Array(memory.wasm!.buffer, 0, CONTROL_BYTES / 4).fill(0)
    this.#workers = Array.from({ length: workers }, (_, i) => {
      const workerData = { module, memory: memory.wasm, thread: i + 1, names: KERNEL_NAMES }
      // No options of this process: loaders and hooks in them would cost time, and the worker imports nothing.
      const worker = new Worker(WORKER, { eval: true, workerData, execArgv: [], env: {} })
      // A worker that cannot start leaves its tasks to the others.
      worker.on('error', () => {})
      worker.unref()
      return worker
    })
  }

  get size(): number {
    return this.#workers.length
  }

  /** Does the tasks 0 to `tasks - 1` on all threads. When the caller aborts, tasks that have begun are finished first. */
  async run(kernels: Kernels, name: KernelName, record: number, tasks: number, turns: TurnTaker): Promise<void> {
    for (let first = 0; first < tasks; first += MAX_TASKS) {
      await this.#runRound(kernels, name, record, first, Math.min(tasks - first, MAX_TASKS), turns)
    }
  }

  async #runRound(
    kernels: Kernels,
    name: KernelName,
    record: number,
    first: number,
    tasks: number,
    turns: TurnTaker,
  ): Promise<void> {
    const control = this.#control
    this.#round++
    control[KERNEL] = KERNEL_NAMES.indexOf(name)
    control[RECORD] = record
    control[FIRST] = first
    Atomics.store(control, DONE, 0)
    Atomics.store(control, TASKS, tasks)
    const begin = (this.#round & 0xffff) << 16
    Atomics.store(control, TICKET, begin)
    Atomics.store(control, ROUND, this.#round)
    Atomics.notify(control, ROUND)
    try {
      for (let task = this.#take(tasks); task >= 0; task = this.#take(tasks)) {
        kernels[name](record, first + task, 0)
        Atomics.add(control, DONE, 1)
        if (turns.due()) await turns.take()
      }
    } finally {
      this.#await(this.#close(begin))
    }
    if (Atomics.exchange(control, FAILED, 0)) throw new Error(`kernel ${name} failed on a worker thread`)
  }

  /** Ends all workers. */
  terminate(): void {
    for (const worker of this.#workers) void worker.terminate()
  }

  /** The next task for this thread; -1 when all are taken. */
  #take(tasks: number): number {
    const control = this.#control
    for (;;) {
      const ticket = Atomics.load(control, TICKET)
      const task = ticket & CLOSED
      if (task >= tasks) return -1
      if (Atomics.compareExchange(control, TICKET, ticket, ticket + 1) === ticket) return task
    }
  }

  /** Lets nobody take more tasks. @returns how many were taken. */
  #close(begin: number): number {
    const control = this.#control
    for (;;) {
      const ticket = Atomics.load(control, TICKET)
      if (Atomics.compareExchange(control, TICKET, ticket, begin | CLOSED) === ticket) return ticket & CLOSED
    }
  }

  /** Waits until so many tasks are done. */
  #await(tasks: number): void {
    const control = this.#control
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, DONE) === tasks) return
    for (let done = Atomics.load(control, DONE); done !== tasks; done = Atomics.load(control, DONE)) {
      Atomics.wait(control, DONE, done)
    }
  }
}
