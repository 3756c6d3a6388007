import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { python as followed } from '../../scripts/peers.mjs'

/**
 * Runs one of the Python scripts of this folder in real Spark and gives back the JSON that it wrote.
 * The script gets the path of its output file, then `args`.
 * @param python of the environment with the Spark to ask.
 */
export function askSpark<T>(script: string, args: readonly string[] = [], python = followed): T {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-interop-'))
  try {
    const output = join(folder, 'answer.json')
    const path = fileURLToPath(new URL(`./${script}`, import.meta.url))
    const { status, stderr } = spawnSync(python, [path, output, ...args], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONHASHSEED: '0', PYSPARK_PYTHON: python },
    })
    if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr.slice(-4000)}`)
    return JSON.parse(readFileSync(output, 'utf8')) as T
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
