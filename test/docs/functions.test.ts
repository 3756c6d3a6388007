import { expect, it } from 'vitest'
import { functionTable } from '../../src/sql/expression/function-table.js'
import { ARRAYS } from '../../src/sql/expression/table/arrays.js'
import { COLLECTIONS } from '../../src/sql/expression/table/collections.js'
import { CONDITIONAL } from '../../src/sql/expression/table/conditional.js'
import { CSV_TEXTS } from '../../src/sql/expression/table/csv.js'
import { DATES } from '../../src/sql/expression/table/dates.js'
import { HASHES } from '../../src/sql/expression/table/hashes.js'
import { JSON_TEXTS } from '../../src/sql/expression/table/json.js'
import { LAMBDAS } from '../../src/sql/expression/table/lambdas.js'
import { MAPS } from '../../src/sql/expression/table/maps.js'
import { MATH } from '../../src/sql/expression/table/math.js'
import { NUMBER_FORMATS } from '../../src/sql/expression/table/number-formats.js'
import type { FunctionRow } from '../../src/sql/expression/table/row.js'
import { STRINGS } from '../../src/sql/expression/table/strings.js'
import { VECTORS } from '../../src/sql/expression/table/vectors.js'
import { KNOWN } from '../sql/expression/known.js'
import { recorded } from '../sql/expression/recorded.js'

const all = [...functionTable().values()].flat()
const GROUPS: readonly (readonly [title: string, rows: readonly FunctionRow[]])[] = [
  ['Aggregates', all.filter((row) => row.aggregate)],
  ['Windows', all.filter((row) => row.window)],
  ['Mathematics', MATH()],
  ['Text', [...STRINGS(), ...NUMBER_FORMATS()]],
  ['Hashes and codes', HASHES()],
  ['JSON and csv', [...JSON_TEXTS(), ...CSV_TEXTS()]],
  ['Dates and times', DATES()],
  ['Null, NaN and choices', CONDITIONAL()],
  ['Arrays and structs', [...COLLECTIONS(), ...ARRAYS()]],
  ['Maps', MAPS()],
  ['Vectors', VECTORS()],
  ['Functions of functions', LAMBDAS()],
]

const names = (rows: readonly FunctionRow[]): string =>
  [...new Set(rows.map((row) => row.name).filter((name) => /^[a-z]\w*$/.test(name)))]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ')

const questions = recorded.scalars.length + recorded.aggregates.length + recorded.windows.length

const page = `<!-- Made by test/docs/functions.test.ts: npx vitest run test/docs/functions.test.ts -u -->

# SQL functions

Every function has Spark's name, and Spark's answer for null, NaN, overflow, division by zero and bad casts, in Spark's ANSI mode with
time zone UTC. It can be called in SQL text (\`expr\`, \`selectExpr\`, \`filter\`, \`SQLTransformer\`), and most of them from
TypeScript (\`functions.substring_index('path', '/', 2)\`). The tests compare the answers to ${questions} questions with those that
Spark ${recorded.spark} gave; \`npm run test:interop\` asks a real Spark again.

${GROUPS.map(([title, rows]) => `## ${title}\n\n${names(rows)}`).join('\n\n')}

## What differs from Spark

- Decimals are computed as doubles: \`1.5\` is a double, and \`floor(x, places)\` does not exist.
- Regular expressions are Java's where they are literals; computed ones are those of RE2, without look-around and back references.
- The words \`now\`, \`today\` and \`epoch\` are no dates; patterns of dates have no names of zones, days of the year or eras where texts are read.
- \`format_number\` takes a number of places, not a pattern; \`format_string\` has no \`%c\` and \`%g\`.
- Patterns of dates, formats of \`format_string\`, \`to_char\` and \`to_number\`, and schemas of \`from_json\` and \`from_csv\` must be
  literals; these take no options.
- \`shuffle\` takes no seed. \`window\` stands in select, withColumn and groupBy, once.
- \`approx_count_distinct\` and \`percentile_approx\` are exact.
- Intervals can be added and subtracted, and end the frames of windows, but are no values.
- \`rand\`, \`randn\`, \`monotonically_increasing_id\` and \`spark_partition_id\` stand in select, withColumn, filter and orderBy.

The questions whose answers differ:

${Object.entries(KNOWN)
  .map(([question, reason]) => `- \`${question}\`: ${reason}`)
  .join('\n')}
`

it('the page of functions is up to date', async () => {
  await expect(page).toMatchFileSnapshot('../../docs/functions.md')
})
