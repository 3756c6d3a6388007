import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  Bucketizer,
  createDataFrame,
  GBTRegressor,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  RandomForestRegressor,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import type { PipelineStage } from 'ridgeline/pipeline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, installChromium } from '../../scripts/chromium.mjs'
import { installRuntimes } from '../../scripts/runtimes.mjs'
import { expectNear } from '../helpers/near.js'

const cities = ['FR', 'US', 'DE', 'MG', 'Åland & <co>', 'FR', 'US']
const rides = Array.from({ length: 500 }, (_, i) => ({
  city: cities[i % 7],
  km: ((i * 37) % 101) / 4,
  hour: (i * 5) % 24,
  price: 3 + ((i * 37) % 101) / 3 + (i % 7) * 1.3 + ((i * 5) % 24) / 10,
}))
const frame = createDataFrame(rides, 'city STRING, km DOUBLE, hour INT, price DOUBLE')

const pipeline = (predictor: PipelineStage): Promise<PipelineModel> =>
  new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
      new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 6, 12, 18, 24], handleInvalid: 'skip' }),
      new OneHotEncoder({ inputCols: ['cityIdx', 'part'], outputCols: ['citySlots', 'partSlots'] }),
      new VectorAssembler({ inputCols: ['km', 'citySlots', 'partSlots'], outputCol: 'raw', handleInvalid: 'skip' }),
      new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean: true }),
      predictor,
    ],
  }).fit(frame)

const predictors: Readonly<Record<string, PipelineStage>> = {
  linear: new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
  forest: new RandomForestRegressor({ labelCol: 'price', numTrees: 100, maxDepth: 6, seed: 3 }),
  boosted: new GBTRegressor({ labelCol: 'price', maxIter: 20, maxDepth: 5, seed: 3 }),
}

/** Rides, and such as a stage keeps or drops. A last one is refused. */
const rows: readonly object[] = [
  ...rides.slice(0, 50),
  { ...rides[0], city: 'ZZ' },
  { ...rides[0], city: null },
  { ...rides[0], hour: null },
]
const refused = { ...rides[0], hour: 25 }

/** Scores the rows, and tells what came of them in `said`. */
const scoring = (name: string): string => `
  import { score, scoreBatch } from './${name}.js'
  const rows = ${JSON.stringify(rows)}
  let error
  try { score(${JSON.stringify(refused)}) } catch (caught) { error = String(caught) }
  const canEval = (() => { try { return new Function('return true')() } catch { return false } })()
  const said = JSON.stringify({ scores: scoreBatch(rows), one: rows.map((row) => score(row)), error, canEval })
`

/** Asserts that what a runtime said is what the library says. */
function expectSaid(name: string, text: string, canEval: boolean): void {
  const said = JSON.parse(text)
  const score = (models.get(name) as PipelineModel).scorer()
  const expected = rows.map((row) => score(row))
  expect(expected.at(-1)).toBeNull()
  expectNear(said.scores, expected)
  expectNear(said.one, expected)
  expect(said.error).toMatch(/^RangeError: column "hour" holds 25, for which Bucketizer_\w+ gives no result$/)
  expect(said.canEval).toBe(canEval)
}

const models = new Map<string, PipelineModel>()
beforeAll(async () => {
  for (const [name, predictor] of Object.entries(predictors)) models.set(name, await pipeline(predictor))
})
const codeOf = (name: string): string => (models.get(name) as PipelineModel).toModule().code

describe('a module in Chromium, under a policy that forbids eval', () => {
  let server: Server
  let address: string
  beforeAll(async () => {
    installChromium()
    const files = new Map<string, string>()
    for (const name of models.keys()) {
      files.set(`/${name}.js`, codeOf(name))
      files.set(
        `/${name}.page.js`,
        `${scoring(name)}document.getElementById('said').textContent = encodeURIComponent(said)`,
      )
      files.set(
        `/${name}.html`,
        `<!doctype html><pre id="said"></pre><script type="module" src="${name}.page.js"></script>`,
      )
    }
    server = createServer((request, response) => {
      const file = files.get(request.url ?? '')
      response.writeHead(file === undefined ? 404 : 200, {
        'content-type': request.url?.endsWith('.js') ? 'text/javascript' : 'text/html',
        // Code from here and no other, and none that is made of text.
        'content-security-policy': "default-src 'none'; script-src 'self'",
      })
      response.end(file)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  for (const name of Object.keys(predictors)) {
    it(name, async () => {
      const document = await documentOf(`${address}/${name}.html`)
      const [, text] = /<pre id="said">([^<]*)<\/pre>/.exec(document) ?? []
      expectSaid(name, decodeURIComponent(text), false)
    })
  }
})

describe('a module in other runtimes', () => {
  let program: ReturnType<typeof installRuntimes>
  let folder: string
  beforeAll(() => {
    program = installRuntimes()
    folder = mkdtempSync(join(tmpdir(), 'ridgeline-'))
    for (const name of models.keys()) {
      writeFileSync(join(folder, `${name}.js`), codeOf(name))
      writeFileSync(join(folder, `${name}.main.js`), `${scoring(name)}console.log(said)`)
      writeFileSync(
        join(folder, `${name}.worker.js`),
        `${scoring(name)}export default { fetch: () => new Response(said) }`,
      )
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  for (const name of Object.keys(predictors)) {
    it(`Deno and Bun: ${name}`, async () => {
      for (const runtime of ['deno', 'bun'] as const) {
        const { stdout } = await promisify(execFile)(program(runtime), ['run', `${name}.main.js`], { cwd: folder })
        expectSaid(name, stdout, true)
      }
    })

    it(`workerd, the runtime of Cloudflare's edge: ${name}`, async () => {
      const port = await freePort()
      writeFileSync(
        join(folder, 'config.capnp'),
        `using Workerd = import "/workerd/workerd.capnp";
        const config :Workerd.Config = (
          services = [(name = "main", worker = .worker)],
          sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
        );
        const worker :Workerd.Worker = (
          modules = [
            (name = "worker.js", esModule = embed "${name}.worker.js"),
            (name = "${name}.js", esModule = embed "${name}.js")
          ],
          compatibilityDate = "2025-01-01"
        );`,
      )
      const workerd = spawn(program('workerd'), ['serve', 'config.capnp'], { cwd: folder, stdio: 'inherit' })
      try {
        expectSaid(name, await answerOf(`http://127.0.0.1:${port}/`), false)
      } finally {
        workerd.kill()
        await once(workerd, 'exit')
      }
    })
  }
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The answer of a server that may still be starting. */
async function answerOf(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).text()
    } catch (error) {
      if (tries === 100) throw error
      await setTimeout(100)
    }
  }
}
