import { expect, test, vi } from 'vitest'

test('without the optional package the error says what to install, and rows in memory still work', async () => {
  vi.doMock('@duckdb/node-bindings', () => {
    throw new Error('Cannot find package')
  })
  const { createDataFrame } = await import('../../../src/sql/session.js')
  const { EngineError } = await import('../../../src/errors.js')
  const df = createDataFrame([{ x: 1 }])
  expect(await df.limit(1).collect()).toEqual([{ x: 1 }])
  await expect(df.filter('x > 0').collect()).rejects.toThrow(EngineError)
  await expect(df.filter('x > 0').collect()).rejects.toThrow(/npm install @duckdb\/node-bindings/)
})
