// Checks the tarball as a user gets it: publint, arethetypeswrong, no install scripts, and a fresh project that installs it,
// type-checks the README's code and runs it under plain Node.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name)
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-package-'))
const run = (/** @type {string} */ command, /** @type {string[]} */ args, cwd = folder) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root))
  const tarball = join(folder, packed.filename)
  console.log(
    `${packed.filename}: ${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
  )

  console.log(run(bin('publint'), ['--strict', tarball]))
  // CommonJS callers load the package with import(); that is what "esm-only" states.
  console.log(run(bin('attw'), [tarball, '--profile', 'esm-only']))

  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  run('npm', ['install', tarball, '--no-audit', '--no-fund'])
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript)
  if (scripted.length > 0) throw new Error(`install scripts in ${scripted.map(([name]) => name).join(', ')}`)

  /** Type-checks and runs a program in the user's project. @returns {string} what it prints. */
  const check = (/** @type {string} */ name, /** @type {string} */ code) => {
    writeFileSync(join(folder, `${name}.ts`), code)
    writeFileSync(join(folder, `${name}.mjs`), code)
    const options = '--noEmit --strict --module nodenext --target es2022 --skipLibCheck false --types'
    run(bin('tsc'), [...options.split(' '), '', `${name}.ts`])
    return run(process.execPath, [`${name}.mjs`])
  }
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  if (!code) throw new Error('README.md has no code')
  const checkAll = () => {
    const output = check('readme', code)
    console.log(output)
    if (!output.includes('prediction')) throw new Error("the README's code printed no prediction")
    // Every entry has types and loads, also where there is no danfo and no notebook.
    const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const names = Object.keys(entries).filter((path) => !path.endsWith('.json'))
    check('entries', names.map((path, i) => `export * as entry${i} from 'ridgeline${path.slice(1)}'`).join('\n'))
  }
  checkAll()
  // Rows made in JavaScript need no relational engine: neither the code nor its types.
  rmSync(join(folder, 'node_modules', '@duckdb'), { recursive: true })
  checkAll()
  console.log('package: ok')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
