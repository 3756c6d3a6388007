// The package as a user gets it: built and packed.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds and packs the package into a folder. @returns {string} the path of the tarball. */
export function packInto(/** @type {string} */ folder) {
  const npm = (/** @type {string[]} */ args) =>
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  npm(['run', '-s', 'build'])
  const [packed] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder]))
  return join(folder, packed.filename)
}
