import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { type InstanceBlock, Instances } from '../../src/optim/instances.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { StructField, VectorUDT } from '../../src/sql/types.js'

const columns = { stage: 'test', features: 'x', label: 'y', weight: '' }
const counting = { ...columns, features: 'counted' }
const data = createDataFrame(
  Array.from({ length: 5 }, (_, i) => ({ x: Vectors.dense(i, 1), y: i, w: i + 1 })),
  undefined,
  { numPartitions: 2 },
)

/** The frame, and how often its rows were computed. */
function counted(): { frame: DataFrame; reads: () => number } {
  let rows = 0
  const frame = data.withTransform({
    name: 'counter',
    inputs: ['x'],
    outputs: [StructField('counted', VectorUDT)],
    filters: false,
    run: (inputs, length) => {
      rows += length
      return { columns: inputs }
    },
  })
  return { frame, reads: () => rows / 5 }
}

/** Keeps the event loop waiting, in milliseconds. */
function work(time: number): void {
  const until = performance.now() + time
  while (performance.now() < until);
}

async function all(instances: Instances): Promise<InstanceBlock[]> {
  const blocks: InstanceBlock[] = []
  for await (const block of instances) blocks.push(block)
  return blocks
}

describe('Instances', () => {
  it('gives blocks in order of partitions, labels as doubles', async () => {
    const blocks = await all(new Instances(data, columns))
    expect(blocks.map(({ partition, length }) => [partition, length])).toEqual([
      [0, 2],
      [1, 3],
    ])
    expect(blocks.flatMap(({ labels }) => [...labels])).toEqual([0, 1, 2, 3, 4])
    expect(blocks.every(({ weights }) => weights === null)).toBe(true)
    const [{ weights }] = await all(new Instances(data, { ...columns, weight: 'w' }))
    expect(weights).toEqual(Float64Array.of(1, 2))
  })
  it('keeps few rows for later passes', async () => {
    const { frame, reads } = counted()
    const instances = new Instances(frame, counting)
    const first = await all(instances)
    expect(await all(instances)).toEqual(first)
    expect(await instances.collect()).toEqual(first)
    expect(reads()).toBe(1)
  })
  it('reads many rows again, unless they were collected', async () => {
    const { frame, reads } = counted()
    const instances = new Instances(frame, counting, undefined, 0)
    const first = await all(instances)
    expect(await all(instances)).toEqual(first)
    expect(reads()).toBe(2)
    await instances.collect()
    await all(instances)
    expect(reads()).toBe(3)
  })
  it('keeps nothing of a pass that was broken off', async () => {
    const { frame } = counted()
    const instances = new Instances(frame, counting)
    for await (const block of instances) if (block.length > 0) break
    expect(await all(instances)).toHaveLength(2)
  })
  it('needs rows', async () => {
    const nothing = new Instances(data.limit(0), columns)
    const error: unknown = await all(nothing).catch((refused) => refused)
    expect(error).toBeInstanceOf(DataError)
    expect((error as DataError).details).toMatchObject({ stage: 'test', column: 'x', received: '0 rows' })
    expect((error as DataError).message).toBe(
      'test: the training data has no rows. Allowed: at least one row. Look at the filters and joins before the fit, or at a fold that got no rows.',
    )
  })
  it('can be stopped by a timer while kept rows are read', async () => {
    const controller = new AbortController()
    const instances = new Instances(data, columns, controller.signal)
    await instances.collect()
    setTimeout(() => controller.abort(new Error('enough')), 1)
    const endless = async (): Promise<never> => {
      for (;;) for await (const _ of instances) work(20)
    }
    await expect(endless()).rejects.toThrow('enough')
  })
  it('stops with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(all(new Instances(data, columns, signal))).rejects.toThrow('enough')
  })
})
