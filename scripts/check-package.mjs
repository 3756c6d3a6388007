// Checks the tarball as a user gets it: publint, arethetypeswrong, no install scripts, and a fresh project that installs it,
// type-checks the README's code, runs it under plain Node, and calls the program.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name)
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-package-'))
const run = (/** @type {string} */ command, /** @type {string[]} */ args, cwd = folder) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })

/** The program of the package, on the model that the README's code has saved: as a process of its own. */
async function checkCommands() {
  const program = join(folder, 'node_modules', '.bin', 'ridgeline')
  const version = run(program, ['--version']).trim()
  if (version !== JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
    throw new Error(`version ${version}`)
  const model = 'rides-model.json'
  if (!run(program, ['inspect', model]).includes('bestModel PipelineModel')) throw new Error('inspect tells no model')
  writeFileSync(join(folder, 'rides.csv'), 'city,distanceKm,hour\nFR,7.5,9\nZZ,12,18\n')
  run(program, ['score', model, '--input', 'rides.csv', '--output', 'scored.csv', '--columns', 'city,prediction'])
  if (!/^city,prediction\nFR,\d+[.]\d+\nZZ,/.test(readFileSync(join(folder, 'scored.csv'), 'utf8'))) {
    throw new Error('score wrote no predictions')
  }
  const { status, stderr } = spawnSync(program, ['inspct'], { encoding: 'utf8' })
  if (status !== 2 || !stderr.includes('Did you mean "inspect"'))
    throw new Error(`a wrong command: ${status} ${stderr}`)
  // A file that takes long enough, and ctrl-C in the middle of it.
  writeFileSync(join(folder, 'long.csv'), `city,distanceKm,hour\n${'FR,7.5,9\n'.repeat(3_000_000)}`)
  const argv = ['score', model, '--input', 'long.csv', '--output', 'never.csv', '--bad-rows', 'skip']
  const interrupted = spawn(program, argv, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  interrupted.stderr.on('data', (bytes) => {
    told += bytes
  })
  const timer = setTimeout(() => interrupted.kill('SIGINT'), 1000)
  const [code] = await once(interrupted, 'close')
  clearTimeout(timer)
  const left = readdirSync(folder).filter((name) => name.includes('never.csv'))
  if (code !== 130 || !told.includes('interrupted') || left.length > 0) {
    throw new Error(`ctrl-C: exit code ${code}, ${told}, left ${left}`)
  }
  console.log('commands: ok')
}

/**
 * A server of the model that the README's code has saved, as a process of its own: it says what is missing, and works when that is there.
 * @param {() => void} installPeers
 */
async function checkServer(installPeers) {
  const program = join(folder, 'node_modules', '.bin', 'ridgeline')
  const argv = ['serve', 'rides-model.json', '--port', '0', '--json', '--columns', 'prediction', '--log-level', 'warn']
  run(process.execPath, ['--input-type=module', '-e', "await import('ridgeline/serving')"])
  const without = spawnSync(program, argv, { cwd: folder, encoding: 'utf8' })
  if (without.status !== 1 || !without.stderr.includes('npm install fastify@5'))
    throw new Error(`a server without fastify: ${without.status} ${without.stderr}`)
  installPeers()
  const server = spawn(program, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(server, 'close')
  const { address } = JSON.parse(String((await once(server.stdout, 'data'))[0]))
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ dataframe_records: [{ city: 'FR', distanceKm: 7.5, hour: 9 }] })
  /** @type {any} */
  const answer = await (await fetch(`${address}/invocations`, { method: 'POST', headers, body })).json()
  if (typeof answer.predictions?.[0] !== 'number') throw new Error(`a server: ${JSON.stringify(answer)}`)
  if (!(await (await fetch(`${address}/metrics`)).text()).includes('ridgeline_rows_total 1'))
    throw new Error('a server has no metrics')
  server.kill('SIGTERM')
  const [code] = await ended
  if (code !== 0) throw new Error(`SIGTERM: exit code ${code}`)
  console.log('server: ok')
}

/** Entries for servers, whose types are also those of other packages. They load without these. */
const SERVERS = { './serving': ['fastify', 'prom-client', '@types/node'], './tracking': ['@types/node'] }

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
  const check = (/** @type {string} */ name, /** @type {string} */ code, types = '') => {
    writeFileSync(join(folder, `${name}.ts`), code)
    writeFileSync(join(folder, `${name}.mjs`), code)
    const options = '--noEmit --strict --module nodenext --target es2022 --skipLibCheck false --types'
    run(bin('tsc'), [...options.split(' '), types, `${name}.ts`])
    return run(process.execPath, [`${name}.mjs`])
  }
  const reexports = (/** @type {readonly string[]} */ paths) =>
    paths.map((path, i) => `export * as entry${i} from 'ridgeline${path.slice(1)}'`).join('\n')
  const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const names = Object.keys(entries).filter((path) => !path.endsWith('.json'))
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  if (!code) throw new Error('README.md has no code')
  const checkAll = () => {
    const output = check('readme', code)
    console.log(output)
    if (!output.includes('prediction')) throw new Error("the README's code printed no prediction")
    // Every entry has types and loads, also where there is no danfo and no notebook.
    check('entries', reexports(names.filter((path) => !(path in SERVERS))))
  }
  checkAll()
  await checkCommands()
  // Rows made in JavaScript need no relational engine: neither the code nor its types.
  rmSync(join(folder, 'node_modules', '@duckdb'), { recursive: true })
  checkAll()
  await checkServer(() => {
    run('npm', ['install', ...new Set(Object.values(SERVERS).flat()), '--no-audit', '--no-fund'])
    check('servers', reexports(names), 'node')
  })
  console.log('package: ok')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
