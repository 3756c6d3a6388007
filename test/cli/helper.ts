import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDataFrame,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { afterAll, beforeAll } from 'vitest'
import { run } from '../../src/cli/run.js'

/** What a command line printed, and how it ended. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs one command line in this process. */
export async function ridgeline(
  argv: readonly string[],
  more: { signal?: AbortSignal; isTTY?: boolean } = {},
): Promise<Ran> {
  let out = ''
  let err = ''
  const code = await run(argv, {
    stdout: {
      write(text) {
        out += text
      },
    },
    stderr: {
      write(text) {
        err += text
      },
      isTTY: more.isTTY,
      columns: 100,
    },
    signal: more.signal,
  })
  return { code, out, err }
}

/** Paths in a folder that lives as long as the tests of the file. */
export function scratch(): (name: string) => string {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ridgeline-cli-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}

/** A pipeline over text and numbers, fitted on a few rides. */
export function ridesModel(regParam = 0.1): Promise<PipelineModel> {
  const rides = createDataFrame([
    { city: 'FR', km: 7.5, hour: 9, price: 10.8 },
    { city: 'US', km: 12, hour: 18, price: 18.4 },
    { city: 'DE', km: 3, hour: 23, price: 6.2 },
    { city: 'FR', km: 16.2, hour: 8, price: 21.7 },
    { city: 'MG', km: 9.5, hour: 12, price: 13.1 },
  ])
  const stages = [
    new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
    new OneHotEncoder({ inputCols: ['cityIdx'], outputCols: ['cityOhe'] }),
    new VectorAssembler({ inputCols: ['km', 'hour', 'cityOhe'], outputCol: 'features' }),
    new LinearRegression({ labelCol: 'price', regParam }),
  ]
  return new Pipeline({ stages }).fit(rides)
}
