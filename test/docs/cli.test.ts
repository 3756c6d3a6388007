import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ridgeline } from '../cli/helper.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/cli.md'), 'utf8')
const [program] = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1])
const generated = join(root, 'node_modules', '.shown-cli')
const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-docs-'))
const before = process.cwd()

/** What may differ from run to run, or from version to version: random ends of names, times, sizes, the last digits of numbers. */
const steady = (text: string): string =>
  text
    .replace(/_[0-9a-f]{12}\b/g, '_…')
    .replace(/in \d+[.]\d s/g, 'in … s')
    .replace(/\d+[.]\d kB/g, '… kB')
    .replace(/\d+[.]\d{9,}/g, (digits) => Number(digits).toPrecision(9))

/** One line that a reader is told to type, what it prints, and its exit code. */
interface Step {
  readonly line: string
  readonly shown: string
}

/** The lines after `$ ` in blocks of kind `console`, with what stands below each. */
const steps: readonly Step[] = [...page.matchAll(/^```console\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const end = step.indexOf('\n')
      return { line: step.slice(0, end), shown: step.slice(end + 1) }
    }),
)

/** What a line prints: `ridgeline …`, `cat FILE`, `node …`, and `echo $?` for the last exit code. */
let lastCode = 0
async function printed(line: string): Promise<string> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare)
  const [program, ...args] = words
  if (program === 'cat') return readFileSync(args[0], 'utf8')
  if (program === 'echo') return `${lastCode}\n`
  if (program === 'node') return execFileSync(process.execPath, args, { encoding: 'utf8' })
  expect(program).toBe('ridgeline')
  const { code, out, err } = await ridgeline(args)
  lastCode = code
  return out + err
}

beforeAll(async () => {
  rmSync(generated, { recursive: true, force: true })
  mkdirSync(generated, { recursive: true })
  const file = join(generated, 'program.ts')
  writeFileSync(file, program)
  process.chdir(scratch)
  await import(/* @vite-ignore */ file)
})
afterAll(() => {
  process.chdir(before)
  rmSync(generated, { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
})

it('shows some lines', () => expect(steps.length).toBeGreaterThan(5))

it.each(steps)('$line', async ({ line, shown }) => {
  expect(steady(await printed(line))).toBe(steady(shown))
})
