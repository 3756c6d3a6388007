import { escapeHtml } from '../notebook/escape.js'
import type { FieldSchema } from '../schema/field-schema.js'
import { simpleString } from '../sql/types.js'
import { version } from '../version.js'
import type { ServedModel } from './served-model.js'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d8dee4;vertical-align:top}
code,pre{font:14px/1.5 ui-monospace,monospace}pre{background:#f4f6f8;padding:1rem;overflow:auto}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}pre{background:#161b22}a{color:#79c0ff}}`

const SHOWN = 20

/** What is known of the values of a column. */
function valuesText({ categories, range, size, nullable }: FieldSchema): string {
  const parts = [
    ...(categories
      ? [
          `${categories.slice(0, SHOWN).map(String).join(', ')}${categories.length > SHOWN ? ` and ${categories.length - SHOWN} more` : ''}`,
        ]
      : []),
    ...(range ? [`${range.min} to ${range.max}`] : []),
    ...(size === undefined ? [] : [`${size} numbers`]),
    ...(nullable ? [] : ['not null']),
  ]
  return parts.join('; ')
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead><tr>${head.map((text) => `<th>${text}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`

const columns = (fields: readonly FieldSchema[]): string =>
  table(
    ['Column', 'Type', 'Values that the model was fitted on'],
    fields.map((field) => [
      `<code>${escapeHtml(field.name)}</code>`,
      escapeHtml(simpleString(field.type)),
      escapeHtml(valuesText(field)),
    ]),
  )

/** A value that a column may hold. */
function exampleOf({ type, categories, range, size = 1 }: FieldSchema): unknown {
  if (categories?.length) return typeof categories[0] === 'bigint' ? Number(categories[0]) : categories[0]
  if (range) return range.min
  switch (type.kind) {
    case 'string':
      return ''
    case 'boolean':
      return true
    case 'date':
      return '2024-01-31'
    case 'timestamp':
    case 'timestamp_ntz':
      return '2024-01-31T12:00:00Z'
    case 'vector':
      return new Array(size).fill(0)
    case 'array':
      return []
    case 'map':
    case 'struct':
      return {}
    case 'binary':
      return ''
    default:
      return 0
  }
}

/** A row that the model takes, for a reader to change. */
export const exampleRow = (inputs: readonly FieldSchema[]): Record<string, unknown> =>
  Object.fromEntries(inputs.map((field) => [field.name, exampleOf(field)]))

/** A page in HTML that tells people what the service takes and gives. It loads nothing from elsewhere, and runs no script. */
export function docsPage(
  { name, version: modelVersion, uid, schema }: ServedModel,
  document: object,
  prefix: string,
): string {
  const { paths } = document as { paths: Record<string, Record<string, { summary?: string }>> }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary = '' }]) => [
      `<code>${method.toUpperCase()} ${escapeHtml(prefix + path)}</code>`,
      escapeHtml(summary),
    ]),
  )
  const [scoring] = Object.entries(paths).find(([, methods]) => 'post' in methods) ?? []
  const row = JSON.stringify({ dataframe_records: [exampleRow(schema.inputs)] })
  const curl =
    scoring === '/invocations'
      ? `<h2>Example</h2><pre>curl -X POST -H 'content-type: application/json' \\
  -d '${escapeHtml(row.replaceAll("'", "'\\''"))}' \\
  http://HOST${escapeHtml(prefix + scoring)}</pre>`
      : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(name)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(name)}</h1>
<p>Version <code>${escapeHtml(modelVersion)}</code>, model <code>${escapeHtml(uid)}</code>, served by Ridgeline ${version}. For programs: <a href="openapi.json">openapi.json</a>.</p>
<h2>Reads</h2>${columns(schema.inputs)}
<h2>Gives</h2>${columns(schema.outputs)}
<h2>Routes</h2>${table(['Route', 'What it does'], routes)}
${curl}</body></html>
`
}
