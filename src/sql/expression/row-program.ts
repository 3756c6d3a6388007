import type { ColumnData } from '../batch.js'
import { isValid } from '../batch.js'
import { type DataType, type StructField, simpleString } from '../types.js'
import { ARITHMETIC } from './rows/arithmetic.js'
import { castFor } from './rows/casts.js'
import { type Build, type Cell, cellOf, type Evaluate, strict } from './rows/cell.js'
import { CONDITIONS } from './rows/conditions.js'
import { TEXTS } from './rows/texts.js'
import { DAY_ARITHMETIC, TIMES } from './rows/times.js'
import type { Typed, TypedCall } from './typed.js'

export type { Cell, Evaluate } from './rows/cell.js'

/** An expression that is computed row by row in JavaScript, without the relational engine. */
export interface RowProgram {
  /** The columns that are read. */
  readonly inputs: readonly StructField[]
  /** The value for the cells of a row, which are in the order of `inputs`. */
  readonly evaluate: Evaluate
}

const TYPES: ReadonlySet<string> = new Set([
  ...['double', 'float', 'integer', 'short', 'byte', 'long', 'decimal', 'boolean', 'string'],
  ...['date', 'timestamp', 'void'],
])

const FUNCTIONS: Readonly<Record<string, Build>> = { ...CONDITIONS, ...ARITHMETIC, ...TEXTS, ...TIMES }

/** The functions that programs know, for messages. */
export const rowFunctions: readonly string[] = Object.keys(FUNCTIONS).sort()

/** What only the engine knows. */
class EngineOnly extends Error {}

/**
 * The program of an expression, with Spark's answers.
 * @returns a text that names the function, or the type, that only the engine knows, where there is one.
 */
export function rowProgram(typed: Typed): RowProgram | string {
  const inputs: StructField[] = []
  try {
    return { inputs, evaluate: compile(typed, inputs) }
  } catch (error) {
    if (error instanceof EngineOnly) return error.message
    throw error
  }
}

function compile(node: Typed, inputs: StructField[]): Evaluate {
  if (!TYPES.has(node.dataType.kind)) throw new EngineOnly(`values of type ${simpleString(node.dataType)}`)
  switch (node.kind) {
    case 'attribute': {
      const known = inputs.findIndex(({ name }) => name === node.field.name)
      const at = known >= 0 ? known : inputs.push(node.field) - 1
      return (cells) => cells[at]
    }
    case 'literal': {
      const value = cellOf(node.value, node.dataType)
      const cell = node.dataType.kind === 'float' && typeof value === 'number' ? Math.fround(value) : value
      return () => cell
    }
    case 'cast': {
      const { child, dataType, safe } = node
      const cast = castFor(child.dataType, dataType, safe)
      if (!cast) throw new EngineOnly(`the cast from ${simpleString(child.dataType)} to ${simpleString(dataType)}`)
      return strict(cast)([compile(child, inputs)], undefined as never) as Evaluate
    }
    case 'case': {
      const branches = node.branches.map(([when, then]) => [compile(when, inputs), compile(then, inputs)] as const)
      const otherwise = node.otherwise ? compile(node.otherwise, inputs) : () => null
      return (cells) => {
        for (const [when, then] of branches) if (when(cells) === true) return then(cells)
        return otherwise(cells)
      }
    }
    case 'call': {
      const args = node.args.map((arg) => compile(arg, inputs))
      const call = buildOf(node)?.(args, node)
      if (!call) {
        const types = node.args.map(({ dataType }) => simpleString(dataType))
        throw new EngineOnly(`the function ${node.row.name}(${types.join(', ')})`)
      }
      return call
    }
    default:
      throw new EngineOnly('a window or a lambda function')
  }
}

function buildOf({ row: { name }, args }: TypedCall): Build | undefined {
  const ofDays = Object.hasOwn(DAY_ARITHMETIC, name) && args.some(({ dataType }) => dataType.kind === 'date')
  const builds = ofDays ? DAY_ARITHMETIC : FUNCTIONS
  return Object.hasOwn(builds, name) ? builds[name] : undefined
}

/** Reader of the cells of a column. */
export function cellReader(column: ColumnData, { kind }: DataType): (row: number) => Cell {
  const { valid } = column
  const read = ((): ((row: number) => Cell) => {
    if (column.kind === 'dict') return (row) => column.dictionary[column.codes[row]]
    const { data } = column as { readonly data: ArrayLike<unknown> }
    if (kind === 'boolean') return (row) => Number(data[row]) !== 0
    if (kind === 'long' || kind === 'timestamp') return (row) => BigInt(data[row] as number)
    return (row) => data[row] as Cell
  })()
  return valid === null ? read : (row) => (isValid(valid, row) ? read(row) : null)
}
