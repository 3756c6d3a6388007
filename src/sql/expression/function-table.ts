import { AGGREGATES } from './table/aggregates.js'
import { ARRAYS } from './table/arrays.js'
import { COLLECTIONS } from './table/collections.js'
import { CONDITIONAL } from './table/conditional.js'
import { CSV_TEXTS } from './table/csv.js'
import { DATES } from './table/dates.js'
import { GROUPING } from './table/grouping.js'
import { HASHES } from './table/hashes.js'
import { JSON_TEXTS } from './table/json.js'
import { LAMBDAS } from './table/lambdas.js'
import { MAPS } from './table/maps.js'
import { MATH } from './table/math.js'
import { NUMBER_FORMATS } from './table/number-formats.js'
import { OPERATORS } from './table/operators.js'
import type { FunctionRow, FunctionRows } from './table/row.js'
import { STRINGS } from './table/strings.js'
import { VECTOR_AGGREGATES, VECTORS } from './table/vectors.js'
import { WINDOWS } from './table/windows.js'

/** In the order in which overloads are tried. */
const TABLES: readonly FunctionRows[] = [
  OPERATORS,
  MATH,
  STRINGS,
  HASHES,
  DATES,
  CONDITIONAL,
  COLLECTIONS,
  ARRAYS,
  MAPS,
  LAMBDAS,
  JSON_TEXTS,
  CSV_TEXTS,
  NUMBER_FORMATS,
  VECTORS,
  AGGREGATES,
  VECTOR_AGGREGATES,
  GROUPING,
  WINDOWS,
]

let byName: Map<string, FunctionRow[]> | undefined

/**
 * Every function and operator that expressions know, by Spark's name in lower case, with its overloads in the order in which they
 * are tried. Names, types, nullability, column titles and DuckDB SQL all come from here.
 */
export function functionTable(): ReadonlyMap<string, readonly FunctionRow[]> {
  if (byName) return byName
  byName = new Map()
  for (const row of TABLES.flatMap((rows) => rows())) {
    const overloads = byName.get(row.name)
    if (overloads) overloads.push(row)
    else byName.set(row.name, [row])
  }
  return byName
}
