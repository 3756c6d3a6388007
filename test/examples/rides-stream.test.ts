import { expect, it } from 'vitest'
import { runExample } from './run-example.js'

const run = (...args: string[]) => runExample(() => import('../../examples/rides-stream.js'), args)

// What it does with a broker, the interop tests ask.
it('tells what it does, and what it needs', async () => {
  expect((await run('--help')).out).toMatch(/rides_features -> model -> topic rides_predictions/)
  expect(await run('--serve')).toMatchObject({ code: 1, err: expect.stringMatching(/--serve needs a --checkpoint/) })
  expect(await run('--rides', '1')).toMatchObject({ code: 1, err: expect.stringMatching(/whole numbers from 1000/) })
})
