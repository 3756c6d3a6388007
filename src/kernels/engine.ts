import { availableParallelism } from 'node:os'
import '../util/disposable.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { jsKernels } from './js/kernels.js'
import type { KernelName, Kernels } from './kernels.js'
import { KernelMemory } from './memory.js'
import { CONTROL_BYTES, WorkerPool } from './pool.js'
import { SHUFFLE_BYTES, writeShuffles } from './shuffles.js'
import { wasmKernels, wasmModule } from './wasm.js'

/** How kernels run. The defaults are right for everything but tests and benchmarks: results are the same for all settings. */
export interface KernelOptions {
  /** Number of threads; default: as many as the process may run at once, at most 16. */
  readonly threads?: number
  /** Default: `wasm` where the runtime has all that it needs. */
  readonly backend?: 'wasm' | 'js'
}

const MAX_THREADS = 16
/**
 * Milliseconds of work before which no workers start: a single shorter job is done before they are ready, but a process with
 * one short job after another gains from them.
 */
const WORTH_WORKERS = 150
/** The garbage collector may take more memory than this between two jobs. */
const KEPT_BYTES = 64 * 2 ** 20

/** Milliseconds of work that jobs of this process have expected so far. */
let expected = 0

/**
 * The last engine that was given back; its memory and workers serve the next job: the first touch of new memory costs as much as
 * several passes over it.
 */
let idle: KernelEngine | WeakRef<KernelEngine> | undefined

/** Ends the workers of an engine that the garbage collector took. */
const orphans = new FinalizationRegistry<WorkerPool>((pool) => pool.terminate())

/** A memory with kernels over it, for one job at a time. */
export class KernelEngine implements Disposable {
  readonly memory: KernelMemory
  readonly #module: object | null
  readonly #kernels: Kernels
  readonly #isDefault: boolean
  readonly #maxThreads: number
  #pool: WorkerPool | undefined

  private constructor(options: KernelOptions) {
    this.#isDefault = options.threads === undefined && options.backend === undefined
    this.#maxThreads = options.threads ?? Math.min(availableParallelism(), MAX_THREADS)
    this.#module = options.backend === 'js' ? null : wasmModule()
    this.memory = new KernelMemory(this.#module !== null, CONTROL_BYTES + SHUFFLE_BYTES)
    writeShuffles(this.memory, CONTROL_BYTES)
    this.#kernels = this.#module ? wasmKernels(this.#module, this.memory) : jsKernels(this.memory)
  }

  /** An engine whose memory is free. Dispose of it at the end of the job. */
  static acquire(options: KernelOptions = {}): KernelEngine {
    let engine: KernelEngine | undefined
    if (options.threads === undefined && options.backend === undefined) {
      engine = idle instanceof WeakRef ? idle.deref() : idle
      idle = undefined
    }
    engine ??= new KernelEngine(options)
    engine.memory.release()
    return engine
  }

  /**
   * Long jobs, and short ones that follow others, get the help of worker threads; those who have their own room for each thread ask for {@link threads} afterwards.
   * @param milliseconds how long one thread would work, by estimate.
   */
  expect(milliseconds: number): void {
    expected += milliseconds
    if (expected < WORTH_WORKERS && this.#isDefault) return
    if (!this.#module || this.#pool || this.#maxThreads < 2) return
    this.#pool = new WorkerPool(this.#module, this.memory, this.#maxThreads - 1)
    orphans.register(this, this.#pool, this.#pool)
  }

  /** Number of threads that may take part: kernels that sum up give each its own room. */
  get threads(): number {
    return 1 + (this.#pool?.size ?? 0)
  }

  /**
   * Runs the tasks 0 to `tasks - 1` of a kernel, on all threads. Between tasks, the event loop gets its turn.
   * @throws the reason of the caller's signal. No task runs then any more.
   */
  async run(name: KernelName, record: number, tasks: number, turns: TurnTaker): Promise<void> {
    if (this.#pool && tasks > 1) {
      await this.#pool.run(this.#kernels, name, record, tasks, turns)
      return
    }
    for (let task = 0; task < tasks; task++) {
      this.#kernels[name](record, task, 0)
      if (turns.due()) await turns.take()
    }
  }

  /** The same at once, on this thread and without turns for the event loop: for work of a few milliseconds. */
  runSync(name: KernelName, record: number, tasks: number): void {
    for (let task = 0; task < tasks; task++) this.#kernels[name](record, task, 0)
  }

  /** Gives memory and workers to the next job. */
  [Symbol.dispose](): void {
    if (this.#isDefault && !idle) {
      idle = this.memory.size <= KEPT_BYTES ? this : new WeakRef(this)
    } else if (this.#pool) {
      orphans.unregister(this.#pool)
      this.#pool.terminate()
    }
  }
}
