// Other runtimes than Node, in a folder of their own: Bun, Deno, and workerd, which Cloudflare's edge runs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = join(root, '.interop', 'runtimes')
const manifest = join(root, 'test', 'interop', 'runtimes', 'package.json')

/**
 * Installs them into `.interop/runtimes`, unless the same versions are there already.
 * @returns {(name: 'bun' | 'deno' | 'workerd') => string} path of a program.
 */
export function installRuntimes() {
  const wanted = readFileSync(manifest, 'utf8')
  const stamp = join(home, 'installed')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), wanted)
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: home, stdio: 'inherit' })
    writeFileSync(stamp, wanted)
  }
  return (name) => join(home, 'node_modules', '.bin', name)
}
