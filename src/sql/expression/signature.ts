import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DateType,
  DoubleType,
  IntegerType,
  isNumeric,
  LongType,
  StringType,
  TimestampType,
} from '../types.js'
import { castsImplicitly, commonType, isIntegral, tightestType } from './coercion.js'
import type { LiteralValue } from './nodes.js'

/** Concrete types that a signature can name. */
export const NAMED_TYPES = {
  INT: IntegerType,
  LONG: LongType,
  DOUBLE: DoubleType,
  BOOLEAN: BooleanType,
  STRING: StringType,
  DATE: DateType,
  BINARY: BinaryType,
  TIMESTAMP: TimestampType,
} as const satisfies Record<string, DataType>

const isNamed = (text: string): text is keyof typeof NAMED_TYPES => text in NAMED_TYPES

/** How several arguments meet in one type, under one letter of a signature. */
const LETTERS: Record<string, (types: readonly DataType[]) => DataType | undefined> = {
  T: (types) => meet(types, commonType),
  S: (types) => meet(types, tightestType),
  N: (types) => {
    const type = meet(types, commonType)
    if (type?.kind === 'void') return DoubleType
    return type && isNumeric(type) ? type : undefined
  },
}

function meet(
  types: readonly DataType[],
  widen: (a: DataType, b: DataType) => DataType | undefined,
): DataType | undefined {
  return types.reduce<DataType | undefined>((wide, type) => wide && widen(wide, type), types[0])
}

/** The type that one argument takes in one place, or undefined where it is refused. */
function accept(expected: string, type: DataType): DataType | undefined {
  const choices = expected.split('|')
  const exact = choices.find((choice) => isNamed(choice) && NAMED_TYPES[choice].kind === type.kind)
  if (exact) return type
  for (const choice of choices) {
    if (choice.endsWith('!')) {
      if (choice.slice(0, -1).toLowerCase() === type.kind) return type
    } else if (isNamed(choice)) {
      if (castsImplicitly(type, NAMED_TYPES[choice])) return NAMED_TYPES[choice]
    } else if (choice === 'ANY' || choice === 'LAMBDA') return type
    else if (choice === 'INTEGRAL') {
      if (isIntegral(type)) return type
    } else if (choice === 'NUMERIC') {
      if (isNumeric(type)) return type
      if (type.kind === 'string' || type.kind === 'void') return DoubleType
    } else if (choice.toLowerCase() === type.kind) return type
  }
  return undefined
}

const arrayLetter = (expected: string): string | undefined => /^ARRAY<(\w)>$/.exec(expected)?.[1]

/** What an argument adds to the types that meet under a letter. */
function memberOf(expected: string, letter: string, type: DataType): DataType | undefined {
  if (expected === letter) return type
  return arrayLetter(expected) === letter && type.kind === 'array' ? type.elementType : undefined
}

function bindOne(expected: string, type: DataType, letters: Readonly<Record<string, DataType>>): DataType | undefined {
  const element = arrayLetter(expected)
  if (element === undefined) return letters[expected] ?? accept(expected, type)
  if (type.kind === 'void') return type
  return type.kind === 'array' ? ArrayType(letters[element], type.containsNull) : undefined
}

/** What a function takes: its parameters, how arguments are cast to them, and what the letters stand for. */
export interface Signature {
  /** What a caller may write, for error messages: `substring(STRING, INT, [INT])` without the name. */
  readonly text: string
  /** Whether a lambda function stands at a place, from 0. */
  takesLambda(at: number): boolean
  /** Values of trailing parameters that a call left out, or undefined where the number of arguments does not fit. */
  fillIn(count: number): readonly LiteralValue[] | undefined
  /** Types that the arguments are cast to, with the types of the letters; undefined where an argument is refused. */
  bind(types: readonly DataType[]): { targets: readonly DataType[]; letters: Record<string, DataType> } | undefined
}

/** A signature without the marks that only the table needs. */
const readable = (text: string): string =>
  text
    .replace(/([A-Z|]+)=("[^"]*"|[^,]+)/g, '[$1]')
    .replace(/\bN\b/g, 'NUMERIC')
    .replace(/\bS\b/g, 'T')
    .replaceAll('!', '')

/**
 * Reads a signature: parameters separated by commas. A parameter is a type of {@link NAMED_TYPES}, `ANY`, `NUMERIC` (a string
 * becomes double), `INTEGRAL`, `ARRAY`, `MAP`, `STRUCT`, `LAMBDA`, `DATE!` (nothing is cast to it), several with `|` between, or a letter: arguments under `T` meet in
 * their common type, under `N` in a number, under `S` without casting strings; `ARRAY<T>` is an array whose elements meet the arguments under T. `=` gives a default in JSON; `...` repeats the last one.
 */
export function signature(text: string): Signature {
  const repeats = text.endsWith('...')
  const parameters = (repeats ? text.slice(0, -3) : text)
    .split(/,\s*(?=[A-Z])/)
    .filter((part) => part !== '')
    .map((part) => {
      const [expected, value] = part.split('=', 2)
      return { expected, value: value === undefined ? undefined : (JSON.parse(value) as LiteralValue) }
    })
  const expectedAt = (i: number): string => parameters[Math.min(i, parameters.length - 1)]?.expected ?? ''
  return {
    text: readable(text),
    takesLambda: (at) => expectedAt(at) === 'LAMBDA',
    fillIn(count) {
      if (count > parameters.length) return repeats ? [] : undefined
      const missing: LiteralValue[] = []
      for (const { value } of parameters.slice(count)) {
        if (value === undefined) return undefined
        missing.push(value)
      }
      return missing
    },
    bind(types) {
      const letters: Record<string, DataType> = {}
      for (const letter of Object.keys(LETTERS)) {
        const members = types.flatMap((type, i) => memberOf(expectedAt(i), letter, type) ?? [])
        if (members.length === 0) continue
        const type = LETTERS[letter](members)
        if (!type) return undefined
        letters[letter] = type
      }
      const targets: DataType[] = []
      for (const [i, type] of types.entries()) {
        const target = bindOne(expectedAt(i), type, letters)
        if (!target) return undefined
        targets.push(target)
      }
      return { targets, letters }
    },
  }
}
