import { expect, it } from 'vitest'
import type { ParamRow } from '../../src/param/row.js'
import { shortText } from '../../src/util/names.js'
import { registry } from '../helpers/registry.js'

const uid = (sparkClass: string): string => `${sparkClass.split('.').at(-1)}_…`
const cell = (text: string): string => text.replaceAll('|', '\\|')

function defaultText(row: ParamRow<unknown>, sparkClass: string): string {
  if (row.default === undefined) return '(none)'
  const value = typeof row.default === 'function' ? row.default(uid(sparkClass)) : row.default
  return `\`${shortText(value, 60)}\``
}

/** docs/parameters.md, made from the tables that the classes are made from. */
function parametersPage(): string {
  const sections = registry
    .filter((stage) => Object.keys({ ...stage.params, ...stage.state }).length > 0)
    .map((stage) => {
      const lines = [`## ${stage.name}`, '', `\`${stage.sparkClass}\``]
      const params = Object.entries(stage.params)
      if (params.length > 0) {
        lines.push('', '| parameter | default | allowed | meaning |', '|---|---|---|---|')
        for (const [name, row] of params) {
          const text = `${row.doc}${row.expert ? ' (expert)' : ''}${row.beyondSpark ? ' (not in Spark)' : ''}`
          lines.push(
            `| \`${name}\` | ${defaultText(row, stage.sparkClass)} | ${cell(row.constraint.text)} | ${cell(text)} |`,
          )
        }
      }
      const state = Object.entries(stage.state)
      if (state.length > 0) {
        lines.push('', '| learned | kind | meaning |', '|---|---|---|')
        for (const [name, row] of state) lines.push(`| \`${name}\` | ${row.kind} | ${cell(row.doc)} |`)
      }
      return lines.join('\n')
    })
  return `# Parameters

Every class with its parameters and learned values. This page is made from the tables in \`src/\` by
\`npx vitest run test/docs/parameters.test.ts -u\`; a test compares it.

${sections.join('\n\n')}
`
}

it('docs/parameters.md says what the classes say', async () => {
  await expect(parametersPage()).toMatchFileSnapshot('../../docs/parameters.md')
})
