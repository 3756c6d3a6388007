// A Kubernetes API server without nodes: it checks, defaults, admits and stores what is applied to it, and starts nothing.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../helpers/free-port.js'

const VERSION = '1.34.4'
const home = fileURLToPath(new URL(`../../.interop/kubernetes-${VERSION}`, import.meta.url))
const PROGRAMS = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  // The module's last path element names the program.
  server: 'go.etcd.io/etcd/server/v3',
}
const program = (name: keyof typeof PROGRAMS): string => join(home, name)

/**
 * Builds the API server, kubectl and etcd out of their Go modules into `.interop`, unless they are there: some four minutes of two cores, at the lowest priority.
 * Needs Go 1.24 or newer.
 */
export function installKubernetes(): void {
  const stamp = join(home, 'installed')
  if (existsSync(stamp)) return
  if (spawnSync('go', ['version']).status !== 0)
    throw new Error('Kubernetes is built by Go (1.24 or newer), which is missing')
  mkdirSync(home, { recursive: true })
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -buildvcs=false' }
  const go = (args: readonly string[], output: 'pipe' | 'inherit') =>
    execFileSync('nice', ['-n', '19', 'go', ...args], {
      cwd: home,
      env,
      encoding: 'utf8',
      stdio: ['ignore', output, 'inherit'],
    })
  const { GoMod } = JSON.parse(go(['mod', 'download', '-json', `k8s.io/kubernetes@v${VERSION}`], 'pipe'))
  writeFileSync(join(home, 'go.mod'), moduleText(readFileSync(GoMod, 'utf8')))
  const flags = ['-trimpath', '-ldflags', `-s -w -X k8s.io/component-base/version.gitVersion=v${VERSION}`]
  go(['build', ...flags, '-o', `${home}/`, ...Object.values(PROGRAMS)], 'inherit')
  writeFileSync(stamp, VERSION)
}

/** A module that needs Kubernetes, whose parts have versions of their own outside its repository. */
function moduleText(kubernetes: string): string {
  const parts = [...kubernetes.matchAll(/^\s+(\S+) => \.\/staging\//gm)].map(([, part]) => part)
  const replaced = parts.map((part) => `replace ${part} => ${part} v0.${VERSION.slice(2)}`)
  const version = /^go \S+$/m.exec(kubernetes)?.[0]
  return ['module ridgeline.test/kubernetes', version, `require k8s.io/kubernetes v${VERSION}`, ...replaced].join('\n')
}

/** What a program printed, and how it ended. */
export interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

// biome-ignore lint/suspicious/noExplicitAny: what an object holds is told by its kind
export type KubernetesObject = Record<string, any>

export interface Cluster {
  /** Runs kubectl; `input` is its standard input. */
  kubectl(args: readonly string[], input?: string): Ended
  /** The same, where the answer is JSON. @throws Error with what kubectl says when it fails. */
  json(args: readonly string[], input?: string): KubernetesObject
  stop(): Promise<void>
}

/** Starts etcd and the API server on loopback, each on free ports, in a folder that `stop` removes. */
export async function startKubernetes(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-kubernetes-'))
  const started: ChildProcess[] = []
  const start = (name: keyof typeof PROGRAMS, args: readonly string[]): ChildProcess => {
    const log = openSync(join(folder, `${name}.log`), 'w')
    const child = spawn(program(name), args, { cwd: folder, stdio: ['ignore', log, log] })
    started.unshift(child)
    return child
  }
  const stop = async (): Promise<void> => {
    for (const child of started) await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const [client, peer, secure] = [await freePort(), await freePort(), await freePort()]
    const [clientUrl, peerUrl] = [client, peer].map((port) => `http://127.0.0.1:${port}`)
    const urls = { 'listen-client-urls': clientUrl, 'advertise-client-urls': clientUrl, 'listen-peer-urls': peerUrl }
    const own = { 'initial-advertise-peer-urls': peerUrl, 'initial-cluster': `default=${peerUrl}` }
    start('server', flags({ 'data-dir': 'etcd', ...urls, ...own }))

    const token = randomUUID()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(folder, 'tokens.csv'), `${token},admin,1,"system:masters"\n`)
    const server = start(
      'kube-apiserver',
      flags({
        'etcd-servers': clientUrl,
        'bind-address': '127.0.0.1',
        'advertise-address': '127.0.0.1',
        'secure-port': secure,
        'cert-dir': 'certificates',
        'token-auth-file': 'tokens.csv',
        'authorization-mode': 'RBAC',
        'service-account-issuer': 'https://127.0.0.1',
        'service-account-key-file': 'key.pem',
        'service-account-signing-key-file': 'key.pem',
        'service-cluster-ip-range': '10.0.0.0/24',
        // Accounts are made by a controller that does not run here.
        'disable-admission-plugins': 'ServiceAccount',
        'endpoint-reconciler-type': 'none',
      }),
    )
    const config = join(folder, 'kubeconfig')
    writeFileSync(config, JSON.stringify(kubeconfig(`https://127.0.0.1:${secure}`, token)))
    const kubectl = (args: readonly string[], input = ''): Ended => {
      const { status, stdout, stderr } = spawnSync(program('kubectl'), ['--kubeconfig', config, ...args], {
        cwd: folder,
        input,
        encoding: 'utf8',
      })
      return { status, out: stdout, err: stderr }
    }
    const json = (args: readonly string[], input?: string): KubernetesObject => {
      const { status, out, err } = kubectl([...args, '-o', 'json'], input)
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err}`)
      return JSON.parse(out)
    }
    for (let tries = 0; kubectl(['get', '--raw', '/readyz']).out !== 'ok'; tries++) {
      if (tries === 100 || server.exitCode !== null)
        throw new Error(
          `the API server does not start:\n${readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-2000)}`,
        )
      await setTimeout(200)
    }
    return { kubectl, json, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const flags = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`)

const kubeconfig = (server: string, token: string): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'test', user: { token } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  'current-context': 'test',
})

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await end
}
