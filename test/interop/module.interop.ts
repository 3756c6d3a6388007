import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
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

/** Scores the rows in the page, and writes what came of them into the document. */
const pageScript = (name: string): string => `
  import { score, scoreBatch } from './${name}.js'
  const rows = ${JSON.stringify(rows)}
  let error
  try { score(${JSON.stringify(refused)}) } catch (caught) { error = String(caught) }
  const canEval = (() => { try { return new Function('return true')() } catch { return false } })()
  const said = JSON.stringify({ scores: scoreBatch(rows), one: rows.map((row) => score(row)), error, canEval })
  document.getElementById('said').textContent = encodeURIComponent(said)
`

let server: Server
let address: string
const models = new Map<string, PipelineModel>()
beforeAll(async () => {
  installChromium()
  const files = new Map<string, string>()
  for (const [name, predictor] of Object.entries(predictors)) {
    const model = await pipeline(predictor)
    models.set(name, model)
    files.set(`/${name}.js`, model.toModule().code)
    files.set(`/${name}.page.js`, pageScript(name))
    files.set(
      `/${name}.html`,
      `<!doctype html><pre id="said"></pre><script type="module" src="${name}.page.js"></script>`,
    )
  }
  server = createServer((request, response) => {
    const file = files.get(request.url ?? '')
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': request.url?.endsWith('.js') ? 'text/javascript' : 'text/html',
      // A strict policy: code from here and no other, and none made of text.
      'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
    })
    response.end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

describe('a module in Chromium, under a policy that forbids eval', () => {
  for (const name of Object.keys(predictors)) {
    it(name, async () => {
      const document = await documentOf(`${address}/${name}.html`)
      const [, text] = /<pre id="said">([^<]*)<\/pre>/.exec(document) ?? []
      const { scores, one, error, canEval } = JSON.parse(decodeURIComponent(text))
      const score = (models.get(name) as PipelineModel).scorer()
      const expected = rows.map((row) => score(row))
      expect(expected.at(-1)).toBeNull()
      expectNear(scores, expected)
      expectNear(one, expected)
      expect(error).toMatch(/^RangeError: column "hour" holds 25, for which Bucketizer_\w+ gives no result$/)
      expect(canEval).toBe(false)
    })
  }
})
