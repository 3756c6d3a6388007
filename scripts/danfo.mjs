// The real danfo, in a folder of its own: it needs overrides, which npm takes only from the package.json of the project that installs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = join(root, '.interop', 'danfo')
const manifest = join(root, 'test', 'interop', 'danfo', 'package.json')

/**
 * Installs danfojs-node into `.interop/danfo`, unless the same versions are there already. TensorFlow's native package, which downloads its
 * binary when it is installed, is replaced by the one in JavaScript, and so is a package that is no longer at the address that danfo gives.
 * @returns {string} the address to import.
 */
export function installDanfo() {
  const wanted = readFileSync(manifest, 'utf8')
  const stamp = join(home, 'installed')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), wanted)
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], {
      cwd: home,
      stdio: 'inherit',
    })
    writeFileSync(stamp, wanted)
  }
  return pathToFileURL(createRequire(join(home, 'package.json')).resolve('danfojs-node')).href
}
