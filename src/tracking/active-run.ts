import { AsyncLocalStorage } from 'node:async_hooks'
import type { Run, RunStatus, Tags } from './entities.js'
import { environmentText } from './environment.js'
import type { MlflowClient } from './mlflow-client.js'
import { invalidCall, MlflowError } from './mlflow-error.js'
import { contextTags } from './run-context.js'
import { currentClient, currentExperimentId } from './settings.js'

/** A run that is under way, with a client whose calls stop when the run's signal is aborted. */
export interface ActiveRun extends Run {
  readonly client: MlflowClient
}

/** How a run is starting. */
export interface StartRunOptions {
  /** Default: the server invents one. */
  readonly runName?: string
  /** Goes on with a run that is there, instead of a new one; `MLFLOW_RUN_ID` does so for the first run of a program. */
  readonly runId?: string
  /** Default: that of `setExperiment`, `MLFLOW_EXPERIMENT_NAME`, `MLFLOW_EXPERIMENT_ID`. */
  readonly experimentId?: string
  /** Inside the run that is active. */
  readonly nested?: boolean
  /** Inside another run. */
  readonly parentRunId?: string
  readonly tags?: Tags
  /** A note, in Markdown. */
  readonly description?: string
  /** Ends the run as KILLED when it is aborted, and stops what the run is calling. */
  readonly signal?: AbortSignal
}

interface Entry {
  readonly run: ActiveRun
  readonly signal?: AbortSignal
  /** What is being logged, awaited by its caller or not: a run does not end before it. */
  readonly pending: Set<Promise<unknown>>
}

/** Runs of the code that is inside a `startRun(work)`; parallel ones each have their own. */
const inside = new AsyncLocalStorage<Entry[]>()
/** Runs that were starting without a function, outside of all others. */
const outside: Entry[] = []
const stack = (): Entry[] => inside.getStore() ?? outside
let last: Entry | undefined
let starting: Promise<ActiveRun> | undefined

/** The innermost run that is under way where this is called; undefined when there is none. */
export const activeRun = (): ActiveRun | undefined => stack().at(-1)?.run

/** The run that is active, or the one that was starting last. */
export const lastActiveRun = (): ActiveRun | undefined => activeRun() ?? last?.run

/**
 * Starts a run (Python's `mlflow.start_run`). With a function, the run is active inside it, in all that the function awaits, and ends with it: `FINISHED`, `FAILED` when it throws,
 * `KILLED` when `signal` was aborted; parallel calls do not see each other's runs. Without one, the run is active until `endRun()`, or until the program has nothing left to do.
 *
 * A run ends when everything that was logged in it has arrived.
 *
 * @returns what the function returns; without a function, the run.
 * @throws MlflowError when a run is active and `nested` was not set, and as the calls of {@link MlflowClient}; whatever the function throws.
 */
export function startRun<T>(work: (run: ActiveRun) => T | Promise<T>, options?: StartRunOptions): Promise<T>
export function startRun(options?: StartRunOptions): Promise<ActiveRun>
export async function startRun<T>(
  workOrOptions: ((run: ActiveRun) => T | Promise<T>) | StartRunOptions = {},
  lastOptions: StartRunOptions = {},
): Promise<T | ActiveRun> {
  const outer = stack()
  if (typeof workOrOptions !== 'function') {
    const entry = await open(outer, workOrOptions)
    outer.push(entry)
    if (outer === outside) endWithTheProgram()
    return entry.run
  }
  const entry = await open(outer, lastOptions)
  const own = [...outer, entry]
  try {
    const result = await inside.run(own, async () => workOrOptions(entry.run))
    await endAbove(own, outer.length, 'FINISHED')
    return result
  } catch (error) {
    // The first error counts, also when the run cannot be ended.
    await endAbove(own, outer.length, entry.signal?.aborted ? 'KILLED' : 'FAILED').catch(() => {})
    throw error
  }
}

/** Ends the run that is active, and with it what is still being logged; nothing when there is none. */
export async function endRun(status: RunStatus = 'FINISHED'): Promise<void> {
  const entry = stack().pop()
  if (entry) await end(entry, status)
}

async function endAbove(entries: Entry[], length: number, status: RunStatus): Promise<void> {
  // Runs that were starting inside and not ended come first.
  while (entries.length > length) await end(entries.pop() as Entry, status)
}

async function end({ run, pending }: Entry, status: RunStatus): Promise<void> {
  await Promise.all(pending)
  await run.client.with({ signal: undefined }).setTerminated(run.info.runId, { status })
}

async function open(outer: readonly Entry[], options: StartRunOptions): Promise<Entry> {
  const active = outer.at(-1)
  const { nested = false, signal = active?.signal } = options
  if (active && !nested) {
    throw invalidCall(`run ${active.run.info.runId} is active`, {
      param: 'nested',
      hint: 'End it with endRun(), or start this one inside it with { nested: true }.',
    })
  }
  const client = currentClient(signal)
  const run = await resumeOrCreate(client, active?.run, options)
  last = { run: { ...run, client }, signal, pending: new Set() }
  return last
}

async function resumeOrCreate(client: MlflowClient, active: Run | undefined, options: StartRunOptions): Promise<Run> {
  const { runName, experimentId, description } = options
  const tags = { ...options.tags, ...(description === undefined ? {} : { 'mlflow.note.content': description }) }
  const runId = options.runId ?? takeRunId()
  if (runId !== undefined) {
    const { info } = await client.getRun(runId)
    if (info.lifecycleStage === 'deleted') throw deleted(runId)
    await client.updateRun(runId, { status: 'RUNNING', name: runName })
    await client.logBatch(runId, { tags })
    return client.getRun(runId)
  }
  const parent = options.parentRunId ?? active?.info.runId
  return client.createRun(experimentId ?? (await currentExperimentId(client)), {
    runName,
    tags: { ...(await contextTags()), ...(parent === undefined ? {} : { 'mlflow.parentRunId': parent }), ...tags },
  })
}

/** `MLFLOW_RUN_ID` is for the first run of a program: as in Python, it is used up. */
function takeRunId(): string | undefined {
  const runId = environmentText('MLFLOW_RUN_ID')
  delete process.env.MLFLOW_RUN_ID
  return runId
}

const deleted = (runId: string): MlflowError =>
  new MlflowError(`run ${runId} was deleted`, {
    errorCode: 'INVALID_STATE',
    received: runId,
    hint: `Bring it back: new MlflowClient().restoreRun("${runId}").`,
  })

let watching = false
/** As Python ends at exit what is still active. `process.exit()` leaves no time for it. */
function endWithTheProgram(): void {
  if (watching) return
  watching = true
  process.once('beforeExit', () => {
    watching = false
    void endAbove(outside, 0, 'FINISHED')
  })
}

/**
 * Does something in a run: the given one, or the active one, or, as in Python, in a new one that is active from now on.
 * @param runId of a run that need not be active.
 */
export function inRun<T>(
  runId: string | undefined,
  work: (client: MlflowClient, runId: string) => Promise<T>,
): Promise<T> {
  if (runId !== undefined) return work(activeRun()?.client ?? currentClient(), runId)
  const entry = stack().at(-1)
  if (entry === undefined) return implicitRun().then(() => inRun(undefined, work))
  const result = work(entry.run.client, entry.run.info.runId)
  const settled = result.then(
    () => {},
    () => {},
  )
  entry.pending.add(settled)
  void settled.then(() => entry.pending.delete(settled))
  // Another promise than the watched one, so that an error that nobody awaits is not hidden.
  return result.then((value) => value)
}

function implicitRun(): Promise<ActiveRun> {
  starting ??= startRun().finally(() => {
    starting = undefined
  })
  return starting
}
