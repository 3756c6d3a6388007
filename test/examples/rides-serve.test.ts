import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../helpers/free-port.js'
import { runExample } from './run-example.js'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
/** The lines of the README that begin with `$ curl`, and what stands below each. */
const lines = [...readme.matchAll(/^\$ (curl .*)\n(.*)\n/gm)].map(([, line, answer]) => ({ line, answer }))
const README_ADDRESS = 'http://127.0.0.1:8080'

const run = (...args: string[]) => runExample(() => import('../../examples/rides-serve.js'), args)
/** The last digits of a number hang on how sums are ordered. */
const steady = (text: string): string => text.replace(/\d+[.]\d{9,}/g, (digits) => Number(digits).toPrecision(9))
const shell = async (line: string): Promise<string> => (await promisify(execFile)('sh', ['-c', line])).stdout

describe('the rides server', () => {
  let address: string
  let ended: ReturnType<typeof run>
  beforeAll(async () => {
    const port = await freePort()
    address = `http://127.0.0.1:${port}`
    ended = run('--port', String(port))
    while (!(await fetch(`${address}/ping`).catch(() => undefined))?.ok) await setTimeout(20)
  })
  afterAll(async () => {
    process.emit('SIGTERM')
    const { out, err, code } = await ended
    expect([err, code]).toEqual(['', 0])
    // What the program shows is what the README shows.
    for (const { line, answer } of lines) {
      expect(steady(out)).toContain(steady(`${line.replace(README_ADDRESS, address)}\n${answer}\n`))
    }
  })

  test('has lines in the README', () => expect(lines).toHaveLength(4))

  test.each(lines)('answers $line', async ({ line, answer }) => {
    expect(steady(await shell(line.replace(README_ADDRESS, address)))).toBe(steady(answer))
  })
})

test('the rides server explains itself, and refuses ports that are none', async () => {
  expect((await run('--help')).out).toContain('--once')
  expect(await run('--port', '70000')).toMatchObject({ code: 1, err: expect.stringContaining('--port is 70000') })
})
