import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, connect as openSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('../../.interop/', import.meta.url))
const MOTO = 'moto[s3,server]==5.2.5'
const MINIO = 'github.com/minio/minio@latest'
const minio = join(home, 'minio')
const minioProgram = join(minio, 'minio')
const minioFailure = join(minio, 'failed')

/** A server of S3 on loopback. */
export interface S3Server {
  readonly endpoint: string
  stop(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        server.close(() => resolve(port))
      })
  })

async function start(program: string, args: readonly string[], env: object, health: string): Promise<S3Server> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const { origin: endpoint } = new URL(health)
  for (let tries = 0; ; tries++) {
    const answer = await fetch(health).catch(() => undefined)
    if (answer?.ok) break
    if (child.exitCode !== null || tries > 600) throw new Error(`${program} does not answer:\n${log}`)
    await sleep(100)
  }
  return {
    endpoint,
    async stop() {
      child.kill()
      await ended
    },
  }
}

/** moto, installed by pip into an environment of its own: it checks no signatures and encrypts nothing, but speaks all of S3. */
export async function startMoto(): Promise<S3Server> {
  const venv = join(home, 'moto')
  const program = join(venv, 'bin', 'moto_server')
  const stamp = join(venv, 'installed')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== MOTO) {
    execFileSync('python3', ['-m', 'venv', '--clear', venv], { stdio: 'inherit' })
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', MOTO]
    execFileSync(join(venv, 'bin', 'python'), pip, { stdio: 'inherit' })
    writeFileSync(stamp, MOTO)
  }
  const port = await freePort()
  return start(program, ['-H', '127.0.0.1', '-p', String(port)], {}, `http://127.0.0.1:${port}/moto-api/`)
}

/**
 * Builds MinIO from its Go module, unless it was; about four minutes of processor time. A test tool only: it is under the AGPL.
 * @returns the build under way.
 */
export function buildMinio(): ChildProcess | undefined {
  if (existsSync(minioProgram)) return undefined
  mkdirSync(minio, { recursive: true })
  rmSync(minioFailure, { force: true })
  const [go, cache, bin] = ['go', 'cache', 'bin'].map((name) => join(minio, name))
  const env = { GOPATH: go, GOCACHE: cache, GOBIN: bin, GOFLAGS: '-modcacherw', CGO_ENABLED: '0' }
  // The name is taken when the program is complete; what it was made of is 2 GB.
  const steps = `nice -n 19 go install ${MINIO} 2>log && mv bin/minio minio && rm -rf go cache bin || mv log failed`
  return spawn('sh', ['-c', steps], { cwd: minio, env: { ...process.env, ...env }, stdio: 'ignore', detached: true })
}

/** MinIO with a KMS key `rides-key`, once it is built. */
export async function startMinio(): Promise<S3Server & { readonly data: string }> {
  while (!existsSync(minioProgram)) {
    if (existsSync(minioFailure))
      throw new Error(`MinIO was not built:\n${readFileSync(minioFailure, 'utf8').slice(-4000)}`)
    await sleep(1000)
  }
  const data = mkdtempSync(join(tmpdir(), 'ridgeline-minio-'))
  const port = await freePort()
  const env = {
    MINIO_ROOT_USER: MINIO_USER.accessKeyId,
    MINIO_ROOT_PASSWORD: MINIO_USER.secretAccessKey,
    MINIO_KMS_SECRET_KEY: `rides-key:${Buffer.alloc(32, 'k').toString('base64')}`,
    MINIO_UPDATE: 'off',
    MINIO_CALLHOME_ENABLE: 'off',
    MINIO_BROWSER: 'off',
    MINIO_CI_CD: '1',
  }
  const address = `127.0.0.1:${port}`
  const server = await start(
    minioProgram,
    ['server', '--address', address, data],
    env,
    `http://${address}/minio/health/live`,
  )
  return {
    ...server,
    data,
    async stop() {
      await server.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Hadoop's S3A client for the Spark that Ridgeline follows, by Maven; half a gigabyte. @returns the folder of its jars. */
export function installS3a(): string {
  const folder = join(home, 's3a')
  // hadoop-aws names the version of the SDK that it is built with.
  for (const artifact of ['org.apache.hadoop:hadoop-aws:3.4.1', 'software.amazon.awssdk:bundle:2.24.6']) {
    const [, name, version] = artifact.split(':')
    if (existsSync(join(folder, `${name}-${version}.jar`))) continue
    const args = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]
    execFileSync('mvn', args, { stdio: 'inherit' })
  }
  return folder
}

export const MINIO_USER = { accessKeyId: 'test', secretAccessKey: 'testtest' } as const

/** A wire to a server that is cut after some bytes have gone to it: then, or once, or for ever. */
export async function startCutter(endpoint: string) {
  const target = new URL(endpoint)
  let passed = 0
  let cutAt = Number.POSITIVE_INFINITY
  let forEver = true
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = openSocket(Number(target.port), target.hostname)
    const both = [client, upstream]
    const cut = (): void => {
      for (const socket of both) socket.destroy()
    }
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', cut).on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (chunk) => {
      passed += chunk.length
      if (passed < cutAt) {
        upstream.write(chunk)
        return
      }
      // What came before the cut arrives.
      upstream.write(chunk.subarray(0, Math.max(0, chunk.length - (passed - cutAt))), cut)
      if (!forEver) cutAt = Number.POSITIVE_INFINITY
    })
    upstream.on('data', (chunk) => client.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Bytes that have gone to the server since the last `cutAfter`. */
    passed: () => passed,
    cutAfter(bytes: number, options: { readonly once?: boolean } = {}): void {
      passed = 0
      cutAt = bytes
      forEver = !options.once
    },
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
