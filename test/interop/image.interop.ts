import type { ChildProcess } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tree } from '../../bench/jobs/process-tree.mjs'
import { freePort } from '../helpers/free-port.js'
import { priceModel } from '../serving/models.js'
import { Buildah, installBuildah } from './buildah.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const BASE = 'localhost/node:test'
const IMAGE = 'localhost/rides:1'

describe('the image of a model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-image-'))
  const context = join(folder, 'context')
  let images: Buildah
  let predicted: number
  beforeAll(async () => {
    installBuildah()
    images = new Buildah()
    images.nodeImage(BASE)

    // What deploy/README.md tells to do, with the package of this repository.
    mkdirSync(join(context, 'model'), { recursive: true })
    cpSync(join(root, 'deploy/Dockerfile'), join(context, 'Dockerfile'))
    const npm = (args: readonly string[], cwd: string) =>
      execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
    npm(['run', '-s', 'build'], root)
    npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', context], root)
    npm(['init', '-y'], context)
    const packed = `./ridgeline-${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}.tgz`
    npm(['install', '--silent', '--package-lock-only', packed, 'fastify@5', 'prom-client@15'], context)
    const model = await priceModel()
    await model.write().save(join(context, 'model', 'rides.json'))
    predicted = model.scorer()({ city: 'FR', km: 7 })?.prediction
    const built = images.build(context, BASE, IMAGE)
    expect(built, built.err + built.out).toMatchObject({ status: 0 })
  })
  afterAll(() => {
    images?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('says how it is run', () => {
    const { config } = JSON.parse(images.run('inspect', '--type', 'image', IMAGE)).Docker
    expect(config).toMatchObject({
      User: '1000:1000',
      StopSignal: 'SIGTERM',
      ExposedPorts: { '8080/tcp': {} },
      Entrypoint: ['node', 'node_modules/ridgeline/dist/cli/main.js'],
      Cmd: ['serve', '--host', '0.0.0.0'],
      Labels: { 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true' },
    })
    expect(config.Healthcheck.Test[0]).toBe('CMD')
    expect(config.Env).toContain('NODE_ENV=production')
  })

  it('holds what is served with, and nothing else: some 20 MB beside Node', () => {
    const container = images.run('from', '--pull-never', IMAGE)
    const packages = images.run(
      'run',
      '--user',
      '0',
      container,
      '--',
      'node',
      '-e',
      "console.log(fs.readdirSync('node_modules').join())",
    )
    expect(packages).toContain('ridgeline')
    expect(packages).toContain('fastify')
    expect(packages).not.toMatch(/duckdb|typescript|vitest|kafkajs|aws-sdk/)
    const size = images.run(
      'run',
      '--user',
      '0',
      container,
      '--',
      'node',
      '-e',
      `
      const size = (path) => fs.statSync(path).isDirectory() ? fs.readdirSync(path).reduce((sum, name) => sum + size(path + '/' + name), 0) : fs.statSync(path).size
      console.log(size('/app'))`,
    )
    expect(Number(size)).toBeLessThan(30e6)
  })

  it('is not built without packages that are locked', () => {
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    for (const file of ['Dockerfile', 'package.json']) cpSync(join(context, file), join(bare, file))
    const { status, err } = images.build(bare, BASE, 'localhost/bare:1')
    expect(err).toContain('package-lock.json')
    expect(status).not.toBe(0)
  })

  /** Starts a container as a platform does, waits until it answers, and ends it as a platform does. */
  async function running(
    env: Record<string, string>,
    port: number,
    volumes: readonly string[],
    ask: (url: string, container: string) => Promise<void>,
  ) {
    const container = images.run('from', '--pull-never', IMAGE)
    const settings = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    const child = images.start(
      'run',
      '--network',
      'host',
      ...settings,
      ...volumes.flatMap((volume) => ['-v', volume]),
      container,
      '--',
      'node',
      'node_modules/ridgeline/dist/cli/main.js',
      'serve',
    )
    let log = ''
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      log += text
    })
    const end = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const url = `http://127.0.0.1:${port}`
    try {
      await answers(`${url}/ping`, child)
      const server = serverOf(child)
      expect(readFileSync(`/proc/${server}/status`, 'utf8')).toMatch(/^Uid:\s+1000\s+1000/m)
      await ask(url, container)
      process.kill(server, 'SIGTERM')
      expect(await end, log).toBe(0)
    } finally {
      if (child.exitCode === null) for (const pid of tree(child.pid ?? 0).reverse()) process.kill(pid, 'SIGKILL')
      images.run('rm', container)
    }
  }
  /** Files of a container with their times. */
  const filesOf = (container: string): string[] =>
    images
      .run(
        'run',
        '--user',
        '0',
        container,
        '--',
        'node',
        '-e',
        `
        const walk = (path) => fs.readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
          const file = path + entry.name
          return entry.isDirectory() ? (/^\\/(proc|sys|dev)$/.test(file) ? [] : walk(file + '/')) : [file + ' ' + fs.lstatSync(file).mtimeMs]
        })
        console.log(walk('/').join('\\n'))`,
      )
      .split('\n')
      .filter((file) => !/^\/(etc\/(hosts|hostname|resolv\.conf)|run\/)/.test(file))
  const serverOf = (child: ChildProcess): number => {
    const found = tree(child.pid ?? 0).find((pid) => /^[^\0]*node\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))
    if (found === undefined) throw new Error('no process of Node')
    return found
  }
  async function answers(url: string, child: ChildProcess): Promise<void> {
    for (let tries = 0; tries < 150 && child.exitCode === null; tries++) {
      if ((await fetch(url).catch(() => undefined))?.ok) return
      await setTimeout(100)
    }
    throw new Error(`${url} does not answer`)
  }
  const post = async (url: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    return answer.json()
  }

  it('serves its model as nobody special, and ends when it is told to; its health check tells', async () => {
    const port = await freePort()
    await running({ SAGEMAKER_BIND_TO_PORT: String(port) }, port, [], async (url, container) => {
      expect(await post(`${url}/invocations`, { instances: [{ city: 'FR', km: 7 }] })).toEqual({
        predictions: [predicted],
      })
      expect(await (await fetch(`${url}/execution-parameters`)).json()).toMatchObject({ BatchStrategy: 'MULTI_RECORD' })
      const [, ...check] = JSON.parse(images.run('inspect', '--type', 'image', IMAGE)).Docker.config.Healthcheck.Test
      const health = (at: number) =>
        images.try('run', '--network', 'host', '--env', `SAGEMAKER_BIND_TO_PORT=${at}`, container, '--', ...check)
          .status
      expect(health(port)).toBe(0)
      expect(health(await freePort())).toBe(1)
      // Nothing is written, so that the root may be read-only.
      expect(filesOf(container)).toEqual(filesOf(images.run('from', '--pull-never', IMAGE)))
    })
  })

  it('serves what the platform mounts: SageMaker', async () => {
    const mounted = join(folder, 'sagemaker')
    mkdirSync(mounted)
    const other = await priceModel(3)
    await other.write().save(join(mounted, 'model.json'))
    const port = await freePort()
    await running({ SAGEMAKER_BIND_TO_PORT: String(port) }, port, [`${mounted}:/opt/ml/model:ro`], async (url) => {
      const expected = other.scorer()({ city: 'FR', km: 7 })?.prediction
      expect(await post(`${url}/invocations`, { instances: [{ city: 'FR', km: 7 }] })).toEqual({
        predictions: [expected],
      })
    })
  })

  it('answers the routes that the platform names: Vertex AI', async () => {
    const port = await freePort()
    const routes = {
      AIP_HEALTH_ROUTE: '/v1/endpoints/7/deployedModels/8',
      AIP_PREDICT_ROUTE: '/v1/endpoints/7/deployedModels/8:predict',
    }
    await running({ AIP_HTTP_PORT: String(port), ...routes }, port, [], async (url) => {
      expect((await fetch(url + routes.AIP_HEALTH_ROUTE)).status).toBe(200)
      expect(await post(url + routes.AIP_PREDICT_ROUTE, { instances: [{ city: 'FR', km: 7 }] })).toEqual({
        predictions: [predicted],
      })
    })
  })
})
