import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { PipelineModel } from 'ridgeline'
import { createServer, ModelHost, type ModelServer } from 'ridgeline/serving'
import { saveModel } from 'ridgeline/tracking'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'
import { watchPath } from '../../src/serving/watch.js'
import { ridgeline } from '../cli/helper.js'
import { priceModel } from './models.js'

let twofold: PipelineModel
let threefold: PipelineModel
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-live-'))
const path = (name: string): string => join(folder, name)
beforeAll(async () => {
  ;[twofold, threefold] = [await priceModel(2), await priceModel(3)]
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The price of 3 km by each model, plus one: 7 and 10. */
const PAYLOAD = JSON.stringify({ dataframe_records: [{ city: 'FR', km: 3 }] })
const headers = { 'content-type': 'application/json' }

interface Answer {
  readonly status: number
  readonly version: string | undefined
  readonly price: number
}

/** One request over an agent's connections. */
function ask(address: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}/invocations`, { method: 'POST', headers, agent }, (reply) => {
      let text = ''
      reply.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      reply.on('end', () => {
        const [price] = JSON.parse(text).predictions ?? []
        resolve({ status: reply.statusCode ?? 0, version: reply.headers['x-model-version'] as string, price })
      })
      reply.on('error', reject)
    })
    sent.on('error', reject).end(PAYLOAD)
  })
}

/** Clients that ask one request after the other on connections that they keep, until a connection is refused. */
async function clients(address: string, count: number, answered: (answer: Answer) => void, goOn = () => true) {
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  const lost: unknown[] = []
  const one = async (): Promise<void> => {
    while (goOn()) {
      try {
        answered(await ask(address, agent))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return
        lost.push(error)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: count }, one))
  agent.destroy()
  return lost
}

const quiet = (model: PipelineModel, version = 'two'): Promise<ModelServer> =>
  createServer(model, { logLevel: 'silent', version })

describe('a server under load', () => {
  it('loses no request when it ends', async () => {
    const server = await quiet(twofold)
    const address = await server.listen()
    // A connection on which nothing was asked does not hold the server for long.
    const idle = connect(Number(new URL(address).port), '127.0.0.1')
    await once(idle, 'connect')
    let answers = 0
    const lost = clients(address, 8, ({ status }) => {
      expect(status).toBe(200)
      answers++
    })
    while (answers < 100) await sleep(5)
    const before = performance.now()
    await server.close()
    expect(performance.now() - before).toBeLessThan(5000)
    expect(await lost).toEqual([])
    idle.destroy()
  })

  it('drops no request when another model takes over, and mixes none', async () => {
    const server = await quiet(twofold)
    const address = await server.listen()
    const seen = { two: 0, three: 0 }
    const lost = clients(
      address,
      8,
      ({ status, version, price }) => {
        expect(status).toBe(200)
        expect(Math.round(price)).toBe(version === 'two' ? 7 : 10)
        seen[version as 'two' | 'three']++
      },
      () => seen.two + seen.three < 400,
    )
    for (let i = 0; seen.two + seen.three < 300; i++) {
      await server.reload(i % 2 ? twofold : threefold, i % 2 ? 'two' : 'three')
      await expect(server.reload(path('none.json'))).rejects.toThrow('nothing is saved')
      await sleep(2)
    }
    expect(await lost).toEqual([])
    expect(Math.min(seen.two, seen.three)).toBeGreaterThan(20)
    await server.close()
  })

  it('cuts what takes too long when it ends', async () => {
    const server = await createServer(twofold, { logLevel: 'silent', closeGrace: 10, closeTimeout: 50 })
    const address = await server.listen()
    const slow = connect(Number(new URL(address).port), '127.0.0.1')
    // A body that never comes to its end.
    slow.write(
      'POST /invocations HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    )
    await sleep(50)
    await Promise.all([once(slow, 'close'), server.close()])
  })

  it('forgets a request whose client goes away', async () => {
    const server = await quiet(twofold)
    const address = await server.listen()
    const body = JSON.stringify({ inputs: { city: new Array(50_000).fill('FR'), km: new Array(50_000).fill(3) } })
    for (const delay of [1, 5, 20]) {
      const gone = AbortSignal.timeout(delay)
      await fetch(`${address}/invocations`, { method: 'POST', headers, body, signal: gone }).catch(() => undefined)
    }
    const inFlight = async () => /in_flight (\d+)/.exec(await (await fetch(`${address}/metrics`)).text())?.[1]
    // The request for the metrics is one.
    for (let i = 0; i < 100 && (await inFlight()) !== '1'; i++) await sleep(10)
    expect(await inFlight()).toBe('1')
    await server.close()
  })
})

describe('the scoring of many rows', () => {
  const rows = new Array(1_000_000).fill({ city: 'FR', km: 3 })

  it('lets others have their turn', async () => {
    const { current } = await ModelHost.open(twofold)
    let turns = 0
    const count = (): void => {
      turns++
      timer = setImmediate(count)
    }
    let timer = setImmediate(count)
    expect(await current.score(rows)).toHaveLength(rows.length)
    // A million rows take some hundred milliseconds, and others have their turn after every ten.
    expect(turns).toBeGreaterThan(1)
    clearImmediate(timer)
  })

  it('stops when the client is gone', async () => {
    const { current } = await ModelHost.open(twofold)
    const request = { raw: { socket: { destroyed: true } } } as FastifyRequest
    await expect(current.score(rows, request)).rejects.toMatchObject({ kind: 'gone', status: 499 })
  })
})

describe('a path that is watched', () => {
  it('is told of once it has stayed as it is', async () => {
    const file = path('watched.json')
    writeFileSync(file, '1')
    let changes = 0
    const stop = watchPath(file, async () => changes++, 10)
    await sleep(50)
    expect(changes).toBe(0)
    writeFileSync(file, '22')
    rmSync(file)
    await sleep(50)
    expect(changes).toBe(0)
    writeFileSync(file, '333')
    for (let i = 0; i < 100 && changes === 0; i++) await sleep(10)
    await sleep(50)
    expect(changes).toBe(1)
    stop()
  })
})

describe('ridgeline serve', () => {
  it('says where it is, reloads when told to, and ends with 0', async () => {
    await twofold.write().save(path('rides.json'))
    writeFileSync(path('tokens'), '# of today\nsecret\n')
    const stop = new AbortController()
    const argv = ['serve', path('rides.json'), '--port', '0', '--token-file', path('tokens'), '--json']
    const { out, ended } = await started([...argv, '--columns', 'prediction', '--timeout', '5'], stop.signal)
    const { address, name, version } = JSON.parse(out)
    expect([name, version]).toEqual(['rides', twofold.uid])
    await threefold.write().overwrite().save(path('rides.json'))
    process.emit('SIGHUP', 'SIGHUP')
    const asked = async (url: string) => {
      const reply = await fetch(address + url, {
        headers: { ...headers, authorization: 'Bearer secret' },
        method: 'POST',
        body: PAYLOAD,
      })
      return [reply.status, reply.headers.get('x-model-version')]
    }
    for (let i = 0; i < 100 && (await asked('/invocations'))[1] === twofold.uid; i++) await sleep(10)
    expect(await asked('/invocations')).toEqual([200, threefold.uid])
    writeFileSync(path('rides.json'), 'broken')
    expect(await asked('/admin/reload')).toEqual([500, null])
    expect(await asked('/invocations')).toEqual([200, threefold.uid])
    stop.abort()
    expect((await ended).code).toBe(0)
  })

  it('takes a model of MLflow', async () => {
    await saveModel(twofold, path('mlflow-model'))
    const stop = new AbortController()
    const { out, ended } = await started(['serve', path('mlflow-model'), '--port', '0', '--json'], stop.signal)
    const { address, name } = JSON.parse(out)
    expect(name).toBe('mlflow-model')
    expect(Math.round((await ask(address, new Agent())).price)).toBe(7)
    stop.abort()
    await ended
  })

  it.each([
    [['serve'], 2, 'MODEL is missing'],
    [['serve', 'a.json', 'b.json'], 2, 'one too many'],
    [['serve', 'none.json'], 3, 'nothing to read'],
    [['serve', 'none.json', '--port', '70000'], 2, '--port is "70000"'],
    [['serve', 'none.json', '--contract', 'v3'], 2, '--contract is "v3"'],
    [['serve', 'none.json', '--body-limit', 'much'], 2, '--body-limit is "much"'],
    [['serve', 'none.json', '--policies', '{'], 2, '--policies is not JSON'],
    [['serve', 'none.json', '--tls-key', 'a'], 2, '--tls-key and --tls-cert'],
    [['serve', 'none.json', '--tls-key', 'a', '--tls-cert', 'b'], 3, 'ENOENT'],
    [['serve', 's3://bucket/model', '--watch'], 2, '--watch'],
  ])('%j ends with %i', async (argv, expected, message) => {
    const { code, err } = await ridgeline(argv)
    expect(err).toContain(message)
    expect(code).toBe(expected)
  })

  it('ends with 1 where the port is taken', async () => {
    const server = await quiet(twofold)
    const { port } = new URL(await server.listen())
    await twofold.write().overwrite().save(path('rides.json'))
    const { code, err } = await ridgeline(['serve', path('rides.json'), '--port', port])
    expect(err).toContain('EADDRINUSE')
    expect(code).toBe(1)
    await server.close()
  })
})

/** A command line that has begun to serve: what it printed, and how it will have ended. */
async function started(argv: readonly string[], signal: AbortSignal) {
  let ended: Promise<{ code: number }> = Promise.resolve({ code: -1 })
  const out = await new Promise<string>((resolve) => {
    ended = run(argv, { stdout: { write: resolve }, stderr: { write: () => undefined }, signal }).then((code) => ({
      code,
    }))
  })
  return { out, ended }
}
