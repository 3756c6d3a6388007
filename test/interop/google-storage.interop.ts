import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pythonWith } from '../../scripts/peers.mjs'
import { run } from '../../src/cli/run.js'
import { freePort } from '../helpers/free-port.js'
import { priceModel } from '../serving/models.js'

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-gcs-'))
let emulator: ChildProcess
let host: string
beforeAll(async () => {
  const python = pythonWith('gcs', ['gcp-storage-emulator==2026.7.19'])
  const port = await freePort()
  host = `http://127.0.0.1:${port}`
  const program = join(dirname(python), 'gcp-storage-emulator')
  const how = ['--host', '127.0.0.1', '--port', String(port), '--in-memory', '--default-bucket', 'models']
  emulator = spawn(program, ['start', ...how], { stdio: 'ignore' })
  while (!(await fetch(`${host}/storage/v1/b/models`).catch(() => undefined))?.ok) await setTimeout(50)
})
afterAll(async () => {
  const end = new Promise((resolve) => emulator?.once('exit', resolve))
  emulator?.kill('SIGINT')
  await end
  rmSync(folder, { recursive: true })
})

/** Paths of all files of a folder. */
const filesOf = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesOf(join(path, name))) : [path]

it.each(['json', 'spark'] as const)('a model in a bucket, %s, is served as Vertex AI asks it', async (format) => {
  const model = await priceModel()
  const path = join(folder, format === 'json' ? 'rides.json' : 'rides')
  await model.write().format(format).save(path)
  // The emulator takes no empty files, such as the one that Spark leaves as a sign of success.
  for (const file of filesOf(path).filter((each) => statSync(each).size > 0)) {
    const name = `${format}/artifacts/${relative(folder, file)}`
    const url = `${host}/upload/storage/v1/b/models/o?uploadType=media&name=${encodeURIComponent(name)}`
    expect((await fetch(url, { method: 'POST', body: readFileSync(file) })).ok).toBe(true)
  }
  const routes = { AIP_HEALTH_ROUTE: '/health-7', AIP_PREDICT_ROUTE: '/endpoints/7:predict' }
  const env = {
    ...routes,
    AIP_HTTP_PORT: String(await freePort()),
    AIP_STORAGE_URI: `gs://models/${format}/artifacts`,
    STORAGE_EMULATOR_HOST: host,
  }
  Object.assign(process.env, env)
  const stop = new AbortController()
  const silent = { write: () => undefined }
  const ended = run(['serve', '--log-level', 'silent'], { stdout: silent, stderr: silent, signal: stop.signal })
  try {
    const address = `http://127.0.0.1:${env.AIP_HTTP_PORT}`
    while (!(await fetch(address + env.AIP_HEALTH_ROUTE).catch(() => undefined))?.ok) await setTimeout(50)
    const answer = await fetch(address + env.AIP_PREDICT_ROUTE, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: [{ city: 'FR', km: 7 }] }),
    })
    const predictions = [model.scorer()({ city: 'FR', km: 7 })?.prediction]
    expect(await answer.json()).toEqual({ predictions })
  } finally {
    stop.abort()
    for (const name of Object.keys(env)) delete process.env[name]
  }
  expect(await ended).toBe(0)
})
