import { javaDoubleText, javaFloatText } from '../../../util/java-text.js'
import type { DataType } from '../../types.js'
import { isIntegral } from '../coercion.js'
import { dateOfText, timestampOfText, trimmed } from '../time-text.js'
import { type Cell, type Compute, fitsType, stop } from './cell.js'
import { dateText, floorDiv, MICROS_PER_DAY, timestampText } from './times.js'

const NUMBER = /^[+-]?(?:nan|inf|infinity|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[df]?)$/i
const TRUE: ReadonlySet<string> = new Set(['t', 'true', 'y', 'yes', '1'])
const FALSE: ReadonlySet<string> = new Set(['f', 'false', 'n', 'no', '0'])

/** What a text or a number cannot be; `undefined` stands for it. */
type Convert = (value: never) => Cell | undefined

function doubleOf(given: string): number | undefined {
  const text = trimmed(given)
  if (!NUMBER.test(text)) return undefined
  const plain = text.toLowerCase().replace(/([\d.])[df]$/, '$1')
  const named = /^([+-]?)(nan|inf|infinity)$/.exec(plain)
  if (!named) return Number(plain)
  return named[2] === 'nan' ? Number.NaN : named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function wholeOf(given: string, type: DataType): Cell | undefined {
  const text = trimmed(given)
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  const cell = type.kind === 'long' ? value : Number(value)
  return fitsType(cell, type) ? cell : undefined
}

function ofText(to: DataType): Convert | undefined {
  if (isIntegral(to)) return (text: string) => wholeOf(text, to)
  switch (to.kind) {
    case 'double':
      return doubleOf
    case 'float':
      return (text: string) => {
        const value = doubleOf(text)
        return value === undefined ? undefined : Math.fround(value)
      }
    case 'boolean':
      return (text: string) => {
        const word = trimmed(text).toLowerCase()
        return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined
      }
    case 'date':
      return dateOfText
    case 'timestamp':
      return timestampOfText
    default:
      return undefined
  }
}

function textOf({ kind }: DataType): Convert | undefined {
  switch (kind) {
    case 'double':
      return javaDoubleText
    case 'float':
      return javaFloatText
    case 'date':
      return dateText
    case 'timestamp':
      return timestampText
    case 'decimal':
      return undefined
    default:
      return String
  }
}

function toWhole(from: DataType, to: DataType): Convert {
  const fitted = (value: bigint): Cell | undefined => {
    const cell = to.kind === 'long' ? value : Number(value)
    return fitsType(cell, to) ? cell : undefined
  }
  if (from.kind === 'timestamp') return (value: bigint) => fitted(floorDiv(value, 1_000_000n))
  return (value: number | bigint | boolean) =>
    typeof value === 'number'
      ? Number.isFinite(value)
        ? fitted(BigInt(Math.trunc(value)))
        : undefined
      : fitted(BigInt(value))
}

function convertFor(from: DataType, to: DataType): Convert | undefined {
  if (from.kind === 'string') return ofText(to)
  if (to.kind === 'string') return textOf(from)
  const isTime = from.kind === 'timestamp'
  if (isIntegral(to)) return from.kind === 'date' ? undefined : toWhole(from, to)
  switch (to.kind) {
    case 'boolean':
      return (value: number | bigint) => Number(value) !== 0
    case 'double':
      return isTime ? (value: bigint) => Number(value) / 1e6 : (value: number | bigint | boolean) => Number(value)
    case 'float':
      return isTime
        ? (value: bigint) => Math.fround(Number(value) / 1e6)
        : (value: number | bigint | boolean) => Math.fround(Number(value))
    case 'timestamp':
      if (from.kind === 'date') return (value: number) => BigInt(value) * MICROS_PER_DAY
      return isIntegral(from) ? (value: number | bigint) => BigInt(value) * 1_000_000n : undefined
    case 'date':
      return isTime ? (value: bigint) => Number(floorDiv(value, MICROS_PER_DAY)) : undefined
    default:
      return undefined
  }
}

/** A cast as Spark makes it in ANSI mode; undefined where only the engine knows it. @param safe whether what does not fit is null. */
export function castFor(from: DataType, to: DataType, safe: boolean): Compute | undefined {
  if (from.kind === 'void') return () => null
  const convert = convertFor(from, to) as ((value: Cell) => Cell | undefined) | undefined
  if (!convert) return undefined
  const name = from.kind === 'string' ? 'CAST_INVALID_INPUT' : 'CAST_OVERFLOW'
  return (value: Cell) => {
    const made = convert(value)
    if (made !== undefined) return made
    return safe ? null : stop(name, `${String(value)} is no ${to.kind}`, 'Use try_cast for null instead')
  }
}
