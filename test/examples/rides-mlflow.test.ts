import { afterEach, expect, test, vi } from 'vitest'
import { runExample } from './run-example.js'

afterEach(() => vi.unstubAllEnvs())
const run = (...args: string[]) => runExample(() => import('../../examples/rides-mlflow.js'), args)

test('says the command that installs MLflow where there is none', async () => {
  vi.stubEnv('MLFLOW_TRACKING_URI', '')
  vi.stubEnv('PATH', '')
  expect(await run()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('pip install mlflow') })
})

test('explains itself, and refuses unknown options', async () => {
  expect((await run('--help')).out).toMatch(/MLFLOW_TRACKING_URI names the server/)
  expect(await run('--modle', 'x')).toMatchObject({ code: 1, err: expect.stringMatching(/Unknown option '--modle'/) })
})
