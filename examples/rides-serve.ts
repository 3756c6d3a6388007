// The price of a ride over HTTP: a pipeline is fitted, saved, and served from its file to any client.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  createDataFrame,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { createServer } from 'ridgeline/serving'
import { curlLine, requests, send } from './rides-serve/requests.js'
import { runProgram, wholeNumber } from './shared/command-line.js'

const HELP = `The price of a ride, served over HTTP.

  node rides-serve.js [--port 8080] [--out MODEL.json] [--once]

  --port N           port to listen on; 0 for any free one
  --out MODEL.json   keep the fitted pipeline there; a file of that name is replaced
  --once             end when all is shown, instead of serving until ctrl-C
  --help             this text`

const rides = [
  { city: 'FR', distanceKm: 7.5, hour: 9, price: 10.8 },
  { city: 'US', distanceKm: 12.0, hour: 18, price: 18.4 },
  { city: 'DE', distanceKm: 3.0, hour: 23, price: 6.2 },
  { city: 'FR', distanceKm: 16.2, hour: 8, price: 21.7 },
  { city: 'US', distanceKm: 4.4, hour: 12, price: 8.3 },
  { city: 'DE', distanceKm: 9.5, hour: 17, price: 12.9 },
  { city: 'FR', distanceKm: 2.1, hour: 22, price: 5.4 },
  { city: 'US', distanceKm: 21.3, hour: 7, price: 30.2 },
]

function fitPrices(): Promise<PipelineModel> {
  const stages = [
    // Rides from a city that is new get a slot of their own.
    new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
    new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots' }),
    new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'citySlots'], outputCol: 'raw' }),
    new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean: true }),
    new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
  ]
  const schema = 'city STRING, distanceKm DOUBLE, hour INT, price DOUBLE'
  return new Pipeline({ stages }).fit(createDataFrame(rides, schema))
}

/** Resolves on ctrl-C, and when a supervisor tells the process to end. */
const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve())
  })

async function serve(path: string, port: number, once: boolean): Promise<void> {
  await (await fitPrices()).write().overwrite().save(path)
  console.log(`Saved as ${path}.`)
  const server = await createServer(path, { name: 'rides', version: '1', logLevel: 'warn' })
  const address = await server.listen({ port })
  console.log(`Serving rides at ${address}; ${address}/docs describes it.\n`)
  try {
    for (const asked of requests) {
      console.log(`# ${asked.what}\n${curlLine(address, asked)}\n${await send(address, asked)}\n`)
    }
    if (once) return
    console.log('Ask it from another terminal; ctrl-C ends it, once it has answered what was sent.')
    await toldToStop()
  } finally {
    await server.close()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      out: { type: 'string' },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const port = wholeNumber('port', values.port, 0, 65_535)
  const folder = await mkdtemp(join(tmpdir(), 'rides-'))
  try {
    await serve(values.out ?? join(folder, 'rides.json'), port, values.once)
  } finally {
    await rm(folder, { recursive: true })
  }
}

await runProgram(main)
