// Images without Docker: Debian's buildah, unpacked beside the machine's own programs, with processes that run in a chroot.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('../../.interop/buildah', import.meta.url))
const PACKAGES = [
  'buildah',
  'crun',
  'libgpgme11',
  'libassuan0',
  'libdevmapper1.02.1',
  'libseccomp2',
  'libyajl2',
  'libsubid4',
]
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

/** Unpacks Debian's packages into `.interop/buildah`, unless they are there. Needs Debian or a system like it, and root. */
export function installBuildah(): void {
  const stamp = join(home, 'installed')
  if (existsSync(stamp)) return
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0)
    throw new Error('images are built by buildah of Debian: this needs apt-get, and root')
  mkdirSync(home, { recursive: true })
  execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('apt-get', ['-qq', 'download', ...PACKAGES], { cwd: home, stdio: 'ignore' })
  for (const file of readdirSync(home).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg', ['-x', join(home, file), join(home, 'root')])
  writeFileSync(join(home, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}')
  writeFileSync(stamp, PACKAGES.join())
}

/** What a program printed, and how it ended. */
export interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** A store of images and containers in a folder of its own. */
export class Buildah {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ridgeline-images-'))

  /** The command line: buildah finds its libraries in an overlay that only its processes see. */
  #command(args: readonly string[]): [string, string[]] {
    const [libraries] = readdirSync(join(home, 'root/usr/lib')).filter((name) => name.endsWith('-linux-gnu'))
    const path = `/usr/lib/${libraries}`
    const script =
      'mount -t overlay overlay -o "lowerdir=$0$1:$1" "$1" && program=$0/usr/bin/buildah && shift && exec "$program" "$@"'
    const store = [
      '--root',
      join(this.#folder, 'storage'),
      '--runroot',
      join(this.#folder, 'run'),
      '--storage-driver',
      'vfs',
    ]
    return [
      'unshare',
      ['-m', 'sh', '-c', script, join(home, 'root'), path, ...store, '--registries-conf', '/dev/null', ...args],
    ]
  }

  get #options() {
    const env = { ...process.env, BUILDAH_ISOLATION: 'chroot', CONTAINERS_CONF: '/dev/null', TMPDIR: this.#folder }
    return { env, cwd: this.#folder }
  }

  try(...args: string[]): Ended {
    const { status, stdout, stderr } = spawnSync(...this.#command(args), { ...this.#options, encoding: 'utf8' })
    return { status, out: stdout.trim(), err: stderr }
  }

  /** What buildah prints. @throws Error with what it says when it fails. */
  run(...args: string[]): string {
    const { status, out, err } = this.try(...args)
    if (status !== 0) throw new Error(`buildah ${args.join(' ')} ended with ${status}:\n${out}\n${err}`)
    return out
  }

  /** Runs it beside this process. */
  start(...args: string[]): ChildProcess {
    return spawn(...this.#command(args), { ...this.#options, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  build(context: string, base: string, tag: string): Ended {
    const trust = ['--signature-policy', join(home, 'policy.json'), '--pull-never']
    const how = ['--format', 'docker', '--network', 'host', '--build-arg', `NODE_IMAGE=${base}`]
    return this.try('bud', ...trust, ...how, '-t', tag, context)
  }

  /** An image with this machine's Node and npm, a shell and what these need: what an image of Node has, as far as a Dockerfile uses it. */
  nodeImage(tag: string): void {
    const root = join(this.#folder, 'node')
    const put = (from: string, to = from): void => {
      mkdirSync(dirname(root + to), { recursive: true })
      copyFileSync(realpathSync(from), root + to)
    }
    const programs = { '/bin/sh': '/bin/sh', '/usr/bin/env': '/usr/bin/env', [process.execPath]: '/usr/local/bin/node' }
    for (const [from, to] of Object.entries(programs)) {
      put(from, to)
      const libraries = execFileSync('ldd', [realpathSync(from)], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
      for (const library of libraries) put(library)
    }
    put(CERTIFICATES)
    cpSync(npmFolder(), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
    for (const folder of ['tmp', 'proc', 'sys', 'dev', 'root']) mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n')
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n')
    const container = this.run('from', 'scratch')
    this.run('add', container, root, '/')
    // Where this machine trusts another authority, so do the steps of the Dockerfile.
    this.run(
      'config',
      '--env',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      '--env',
      `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
      container,
    )
    this.run('commit', '--signature-policy', join(home, 'policy.json'), container, tag)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Folder of the npm that runs here. */
function npmFolder(): string {
  const [path] = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).split('\n')
  return dirname(dirname(realpathSync(path)))
}
