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

  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  if (!code) throw new Error('README.md has no code')
  writeFileSync(join(folder, 'readme.ts'), code)
  writeFileSync(join(folder, 'readme.mjs'), code)
  const runReadme = () => {
    run(bin('tsc'), [
      ...'--noEmit --strict --module nodenext --target es2022 --skipLibCheck false --types'.split(' '),
      '',
      'readme.ts',
    ])
    const output = run(process.execPath, ['readme.mjs'])
    console.log(output)
    if (!output.includes('prediction')) throw new Error("the README's code printed no prediction")
  }
  runReadme()
  // Rows made in JavaScript need no relational engine: neither the code nor its types.
  rmSync(join(folder, 'node_modules', '@duckdb'), { recursive: true })
  runReadme()
  console.log('package: ok')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
