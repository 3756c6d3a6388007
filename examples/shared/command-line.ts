// What the examples share as programs: options, files that are written whole, errors that are told in a sentence.
import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { RidgelineError } from 'ridgeline'

/** Value of an option. @throws RidgelineError that names the option. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new RidgelineError(`--${name} is ${text}`, { allowed: `Allowed: whole numbers from ${least} to ${most}` })
}

/** Writes a file so that a reader sees the old content or the new one, never a part. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    await writeFile(aside, content)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

/** Runs a program. What the library or the command line says of wrong input needs no stack. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    const expected =
      error instanceof RidgelineError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
    console.error(expected ? (error as Error).message : error)
    process.exitCode = 1
  }
}
