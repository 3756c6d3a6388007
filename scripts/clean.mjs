// Removes the folders that are named on the command line, inside this package only.
import { rmSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const name of process.argv.slice(2)) {
  const folder = resolve(root, name)
  if (!folder.startsWith(root) || folder === resolve(root) || folder + sep === root)
    throw new Error(`not inside the package: ${name}`)
  rmSync(folder, { recursive: true, force: true })
}
