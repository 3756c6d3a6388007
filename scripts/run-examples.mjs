// Runs every compiled example in a folder of its own and fails when one of them fails.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../examples/dist/', import.meta.url))
/** What needs a program that is not of this package; the interop tests run it. */
const NEEDS = { 'rides-mlflow.js': 'an MLflow server', 'rides-stream.js': 'a Kafka broker' }
const examples = readdirSync(dist).filter((name) => name.endsWith('.js') && !(name in NEEDS))
if (examples.length === 0) throw new Error('no examples were built')
/** What an example is told that would otherwise run until it is stopped. @type {Record<string, string[]>} */
const ARGUMENTS = { 'rides-serve.js': ['--once', '--port', '0'] }
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-examples-'))
try {
  for (const [name, what] of Object.entries(NEEDS)) console.log(`${name} is left out: it needs ${what}`)
  for (const name of examples) {
    console.log(`\n== ${name}`)
    const { status } = spawnSync(process.execPath, [join(dist, name), ...(ARGUMENTS[name] ?? [])], {
      cwd: folder,
      stdio: 'inherit',
    })
    if (status !== 0) {
      console.error(`${name} ended with ${status}`)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
