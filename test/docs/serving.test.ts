import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/serving.md'), 'utf8')
const [program] = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1])
const [block] = [...page.matchAll(/^```console\n([\s\S]*?)^```/gm)].map((match) => match[1])
const [[serveLine, served], ...requests] = block
  .trim()
  .split(/^\$ /m)
  .slice(1)
  .map((step) => step.trim().split('\n'))

const generated = join(root, 'node_modules', '.shown-serving')
const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-docs-'))
const before = process.cwd()
const stop = new AbortController()
let ended: Promise<number>
let address = ''

/** The words of a line as a shell takes them: plain, in quotes, or in quotes after a dollar, in which \n ends a line. */
const words = (line: string): string[] =>
  [...line.matchAll(/\$'([^']*)'|'([^']*)'|(\S+)/g)].map(
    ([, escaped, quoted, bare]) => escaped?.replaceAll('\\n', '\n') ?? quoted ?? bare,
  )

/** Does what a line with curl does. */
async function curl(line: string): Promise<Response> {
  const [program, ...rest] = words(line)
  expect(program).toBe('curl')
  const after = (flag: RegExp): string[] => rest.flatMap((word, i) => (flag.test(word) ? [rest[i + 1]] : []))
  const headers = after(/^-H$/).map((header) => header.split(/: */) as [string, string])
  const [url] = rest.filter((word) => word.startsWith('http'))
  return fetch(url.replace('http://127.0.0.1:8080', address), {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: after(/^(-d|--data-binary)$/)[0],
  })
}

const steady = (text: string): string => text.replace(/\d+[.]\d{9,}/g, (digits) => Number(digits).toPrecision(9))

beforeAll(async () => {
  mkdirSync(generated, { recursive: true })
  writeFileSync(join(generated, 'program.ts'), program)
  process.chdir(scratch)
  await import(/* @vite-ignore */ join(generated, 'program.ts'))
  const [, ...argv] = words(serveLine.replace('8080', '0'))
  await new Promise<void>((resolve, reject) => {
    const stdout = {
      write(text: string): void {
        address = /http:\S+/.exec(text)?.[0] ?? ''
        expect(text.trim().replace(address, 'http://127.0.0.1:8080')).toBe(served)
        resolve()
      },
    }
    ended = run([...argv, '--log-level', 'silent'], { stdout, stderr: { write: reject }, signal: stop.signal })
  })
})
afterAll(async () => {
  stop.abort()
  expect(await ended).toBe(0)
  process.chdir(before)
  rmSync(generated, { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
})

it.each(requests)('%s', async (line, shown) => {
  expect(steady(await (await curl(line)).text())).toBe(steady(shown))
})

it('names routes and metrics that are there', async () => {
  const metrics = await (await fetch(`${address}/metrics`)).text()
  const rows = [...page.matchAll(/^\| (`(?:ridgeline|…_)[^|]*) \|/gm)].map((match) => match[1])
  const names = rows.join().match(/[a-z_]*(?:ridgeline|_rows)[a-z_]*/g) ?? []
  expect(names.length).toBeGreaterThan(9)
  expect(names.filter((name) => !metrics.includes(name))).toEqual([])
  for (const path of ['/ping', '/health', '/version', '/v2/health/live', '/v2/health/ready', '/openapi.json', '/docs'])
    expect((await fetch(address + path)).status).toBe(200)
})
