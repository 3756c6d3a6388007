import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { KernelEngine, type KernelOptions } from '../../src/kernels/engine.js'
import { BAGS, BIN_ROWS, GRID, PARTITION } from '../../src/kernels/records.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { ROOT } from '../helpers/sources.js'

const ROWS = 200

/** A record for `binRows` over values 0, 1, 2 ... with a threshold between any two. Every task does the same. */
function binRecord({ memory }: KernelEngine): { record: number; bins: () => number[] } {
  const table = memory.allocate(264 * 8 + 1024)
  memory.f64.fill(Number.POSITIVE_INFINITY, table / 8, table / 8 + 264)
  for (let i = 0; i < ROWS; i++) memory.f64[table / 8 + i] = i + 0.5
  const grids = memory.allocate(GRID.bytes)
  GRID.write(memory, grids, { low: 0, cellsPerOne: 0, thresholds: table, steps: 5 })
  const values = memory.allocate(8 * (ROWS + 1))
  for (let i = 0; i < ROWS; i++) memory.f64[values / 8 + i] = i
  const bins = memory.allocate(4 * ROWS)
  const columns = memory.allocate(4 * 256)
  const record = memory.allocate(BIN_ROWS.bytes)
  BIN_ROWS.write(memory, record, {
    ...{ values, grids, bins, columns, featureCount: 1, rowBytes: 4, count: ROWS, blockRows: 256 },
  })
  return { record, bins: () => Array.from({ length: ROWS }, (_, i) => memory.u8[bins + 4 * i]) }
}

/** An engine with more memory than is kept for sure; it is given back at once. */
function takeMuchMemory(): KernelEngine {
  using engine = KernelEngine.acquire()
  engine.memory.allocate(2 ** 27)
  return engine
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

const options: readonly KernelOptions[] = [{}, { backend: 'js' }, { threads: 1 }, { threads: 3 }]

describe('an engine', () => {
  it.each(options)('runs every task: %o', async (given) => {
    using engine = KernelEngine.acquire(given)
    engine.expect(0)
    expect(engine.threads).toBe(given.backend === 'js' ? 1 : (given.threads ?? 1))
    const { record, bins } = binRecord(engine)
    for (const tasks of [1, 2, 50, 70_000]) {
      await engine.run('binRows', record, tasks, new TurnTaker())
      expect(bins()).toEqual(Array.from({ length: ROWS }, (_, i) => i))
    }
  })

  it('does every task of many short rounds once', async () => {
    const PARTITIONS = 5
    const ROUNDS = 150_000
    using engine = KernelEngine.acquire({ threads: 3 })
    engine.expect(0)
    const { memory } = engine
    const partitions = memory.allocate(PARTITION.bytes * PARTITIONS)
    const counts = memory.allocate(PARTITIONS * ROUNDS)
    for (let p = 0; p < PARTITIONS; p++) {
      const state = memory.allocate(10_048)
      const entries = memory.allocate(64)
      PARTITION.write(memory, partitions + p * PARTITION.bytes, {
        ...{ nextRow: p * ROUNDS, endRow: (p + 1) * ROUNDS, state, entries, isNew: 1, seedHigh: 0, seedLow: p },
      })
    }
    const bags = memory.allocate(BAGS.bytes)
    const spare = memory.allocate(64 * engine.threads)
    BAGS.write(memory, bags, {
      ...{
        counts,
        rowCount: PARTITIONS * ROUNDS,
        treeCount: 1,
        partitions,
        step: 1,
        spare,
        mean: 1,
        floor: Math.exp(-1),
      },
    })
    const turns = new TurnTaker()
    // A task moves its partition on by one row. Rounds have more and fewer tasks by turns.
    const done = new Array<number>(PARTITIONS).fill(0)
    for (let round = 0; round < ROUNDS; round++) {
      const tasks = round % 2 === 0 ? 2 : PARTITIONS
      await engine.run('drawBags', bags, tasks, turns)
      for (let p = 0; p < PARTITIONS; p++) {
        if (p < tasks) done[p]++
        const { nextRow } = PARTITION.read(memory, partitions + p * PARTITION.bytes)
        if (nextRow !== p * ROUNDS + done[p]) throw new Error(`round ${round}: partition ${p} is at row ${nextRow}`)
      }
    }
  }, 60_000)

  it('is used again, one job after another', () => {
    const first = KernelEngine.acquire()
    const second = KernelEngine.acquire()
    expect(second).not.toBe(first)
    first[Symbol.dispose]()
    second[Symbol.dispose]()
    const third = KernelEngine.acquire()
    expect(third).toBe(first)
    third[Symbol.dispose]()
  })

  it('keeps much memory only until it is needed elsewhere', async () => {
    const collectGarbage = garbageCollector()
    const address = new WeakRef(takeMuchMemory())
    expect(takeMuchMemory()).toBe(address.deref())
    // A weak reference holds on until the end of the turn.
    await new Promise(setImmediate)
    collectGarbage()
    expect(address.deref()).toBeUndefined()
  })

  it.each(options)('stops soon when the caller aborts, and goes on working: %o', async (given) => {
    using engine = KernelEngine.acquire(given)
    engine.expect(0)
    const { record, bins } = binRecord(engine)
    const controller = new AbortController()
    const reason = new Error('enough')
    const started = performance.now()
    let stopped = 0
    setTimeout(() => {
      stopped = performance.now()
      controller.abort(reason)
    }, 30)
    await expect(engine.run('binRows', record, 2 ** 30, new TurnTaker(controller.signal))).rejects.toBe(reason)
    expect(stopped).toBeGreaterThan(started)
    await engine.run('binRows', record, 100, new TurnTaker())
    expect(bins()).toEqual(Array.from({ length: ROWS }, (_, i) => i))
  })

  it('does not keep the process alive while its workers wait', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
    try {
      const run = promisify(execFile)
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
      await run(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', folder])
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      const program = `
        import { KernelEngine } from './kernels/engine.js'
        const engine = KernelEngine.acquire({ threads: 3 })
        engine.expect(0)
        console.log(engine.threads)`
      await writeFile(join(folder, 'program.js'), program)
      const { stdout } = await run(process.execPath, [join(folder, 'program.js')])
      expect(stdout.trim()).toBe('3')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
