import { Vector } from '../linalg/vector.js'
import { DataFrame } from '../sql/dataframe.js'
import { invalidCall } from './mlflow-error.js'

/** Rows as a model reads them. */
export type InputExample = readonly object[] | DataFrame

/** Rows that an example may have. */
const MOST_ROWS = 100

/** The example as MLflow stores it, once as data and once as the body of a request to its server. */
export async function exampleFiles(
  example: InputExample,
): Promise<{ readonly info: object; readonly files: readonly (readonly [path: string, text: string])[] }> {
  const rows = example instanceof DataFrame ? await example.take(MOST_ROWS) : example
  if (rows.length === 0 || rows.length > MOST_ROWS) {
    throw invalidCall(`the input example has ${rows.length} rows`, {
      param: 'inputExample',
      allowed: `Allowed: 1 to ${MOST_ROWS} rows`,
      received: String(rows.length),
    })
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const data = rows.map((row) => columns.map((name) => cell((row as Record<string, unknown>)[name])))
  const split = { columns, data }
  return {
    info: {
      artifact_path: 'input_example.json',
      pandas_orient: 'split',
      serving_input_path: 'serving_input_example.json',
      type: 'dataframe',
    },
    files: [
      ['input_example.json', JSON.stringify(split)],
      ['serving_input_example.json', `${JSON.stringify({ dataframe_split: split }, null, 2)}\n`],
    ],
  }
}

/** A value as JSON has it: vectors as arrays, NaN as null, as pandas writes them. */
function cell(value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Vector) return Array.from(value.toArray(), cell)
  return Array.isArray(value) ? value.map(cell) : value
}
