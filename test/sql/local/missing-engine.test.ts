import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'

test('without the optional package the error says what to install, and rows in memory and plain csv still work', async () => {
  vi.doMock('@duckdb/node-bindings', () => {
    throw new Error('Cannot find package')
  })
  const { createDataFrame, read } = await import('../../../src/sql/session.js')
  const { EngineError } = await import('../../../src/errors.js')
  const df = createDataFrame([{ x: 1 }])
  expect(await df.limit(1).collect()).toEqual([{ x: 1 }])
  await expect(df.filter('x > 0').collect()).rejects.toThrow(EngineError)
  await expect(df.filter('x > 0').collect()).rejects.toThrow(/npm install @duckdb\/node-bindings/)

  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
  try {
    await writeFile(join(folder, 'a.csv'), '1,x\n')
    const reader = read.schema('i INT, s STRING')
    expect(await (await reader.csv(folder)).collect()).toEqual([{ i: 1, s: 'x' }])
    await writeFile(join(folder, 'b.csv'), '2,"a ""quoted"" text"\n')
    await expect((await reader.csv(folder)).collect()).rejects.toThrow(/npm install @duckdb\/node-bindings/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
