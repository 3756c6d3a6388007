import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { differences, notebookNames } from '../../scripts/notebooks.mjs'

const folder = fileURLToPath(new URL('../../examples/notebooks/', import.meta.url))
const cell = (outputs: object[], tags: string[] = ['nbval-check-output']) => ({
  id: 'c1',
  cell_type: 'code',
  source: ['x'],
  metadata: { tags },
  outputs: outputs as never,
})
const printed = (...text: string[]) => text.map((t) => ({ output_type: 'stream', text: t }))
const html = (text: string | string[]) => [{ output_type: 'display_data', data: { 'text/html': text } }]
const compared = (before: object[], now: object[], tags?: string[]) =>
  differences({ cells: [cell(before, tags)] }, { cells: [cell(now, tags)] })

describe('the comparison of a notebook with its stored outputs', () => {
  it('finds no difference in how texts are cut', () => {
    expect(compared(printed('a', 'b\n'), printed('ab\n'))).toEqual([])
    expect(compared(html(['<p>\n', '</p>']), html('<p>\n</p>'))).toEqual([])
  })

  it('finds other texts, other displays and missing ones', () => {
    expect(compared(printed('RMSE 1.241'), printed('RMSE 1.242'))).toEqual([
      'cell c1: stored "RMSE 1.241", now "RMSE 1.242"',
    ])
    expect(compared(html('<p>1</p>'), html('<p>2</p>'))).toHaveLength(1)
    expect(compared(html('<p>1</p>'), [])).toHaveLength(1)
    expect(compared([], printed('more'))).toHaveLength(1)
    expect(compared(printed('ab'), printed('abc'))).toHaveLength(1)
    expect(differences({ cells: [cell([])] }, { cells: [] })).toHaveLength(1)
  })

  it('leaves cells alone that are not marked', () => {
    expect(compared(printed('10:31'), printed('10:32'), [])).toEqual([])
  })
})

describe.each(notebookNames())('%s', (name) => {
  const { cells } = JSON.parse(readFileSync(`${folder}${name}`, 'utf8'))
  const code = cells.filter((c: { cell_type: string }) => c.cell_type === 'code')

  it('is stored with its outputs, of which the marked ones are compared', () => {
    const counts = code.map((c: { execution_count: number }) => c.execution_count)
    expect(counts).toEqual(code.map((_: unknown, i: number) => i + 1))
    const marked = code.filter((c: { metadata: { tags?: string[] } }) =>
      c.metadata.tags?.includes('nbval-check-output'),
    )
    expect(marked.length).toBeGreaterThan(0)
    for (const { outputs } of marked) expect(outputs.length).toBeGreaterThan(0)
  })

  it('failed nowhere', () => {
    const errors = code.flatMap((c: { outputs: { output_type: string; name?: string }[] }) =>
      c.outputs.filter((output) => output.output_type === 'error' || output.name === 'stderr'),
    )
    expect(errors).toEqual([])
  })
})
