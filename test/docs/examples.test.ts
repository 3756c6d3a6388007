import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { examplesNotRun, shownCode } from './blocks.js'

// Inside the package, so that `ridgeline` resolves to its source.
const root = fileURLToPath(new URL('../..', import.meta.url))
const generated = join(root, 'node_modules', '.shown-code')
const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-docs-'))
const shown = shownCode().map((block, i) => ({ ...block, file: join(generated, `block${i}.ts`) }))

beforeAll(() => {
  rmSync(generated, { recursive: true, force: true })
  mkdirSync(generated, { recursive: true })
  for (const { file, code } of shown) writeFileSync(file, `${code}\nexport {}\n`)
  writeFileSync(
    join(generated, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false, checkJs: false, typeRoots: ['../@types'] },
      include: ['*.ts'],
      exclude: [],
    }),
  )
})
afterAll(() => {
  rmSync(generated, { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
})

describe('code that a reader is shown', () => {
  it('is there', () => {
    expect(shown.some(({ name }) => name.startsWith('README.md'))).toBe(true)
    expect(shown.filter(({ name }) => name.startsWith('src')).length).toBeGreaterThan(10)
  })

  it('stands in blocks that are run, after every @example', () => {
    expect(examplesNotRun()).toEqual([])
  })

  it('has correct types', () => {
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    expect(() => execFileSync(tsc, ['-p', generated], { encoding: 'utf8' })).not.toThrow()
  })

  it.each(shown)('runs: $name', async ({ file }) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const before = process.cwd()
    process.chdir(scratch)
    try {
      await import(/* @vite-ignore */ file)
    } finally {
      log.mockRestore()
      process.chdir(before)
    }
  })
})
