import { IntegerType, LongType } from '../types.js'
import { literal } from './literal.js'
import type { Expression, Interval } from './nodes.js'

type Call = Extract<Expression, { kind: 'call' }>

const MICROS = { DAY: 86_400_000_000, HOUR: 3_600_000_000, MINUTE: 60_000_000, SECOND: 1_000_000 } as const

/** A sum or difference with an interval as the call that shifts the other operand; undefined for every other call. */
export function withInterval({ name, args }: Call): Call | undefined {
  const step = args[2]
  if (name.toLowerCase() === 'sequence' && step?.kind === 'interval' && step.micros === 0) {
    const unit = step.months === 0 ? 'day' : 'month'
    return shift(`+${unit}sequence`, args[0], args[1], literal(step.months || step.days, IntegerType))
  }
  if ((name !== '+' && name !== '-') || args.length !== 2) return undefined
  const [left, right] = args
  const [value, interval] = right.kind === 'interval' ? [left, right] : [right, left]
  if (interval.kind !== 'interval' || value.kind === 'interval' || (interval === left && name === '-')) return undefined
  const sign = name === '-' ? -1 : 1
  const { months, days, micros, unit } = interval
  if (months !== 0) return shift('+months', value, literal(sign * months || 0, IntegerType))
  if (unit === 'DAY') return shift('+days', value, literal(sign * days || 0, IntegerType))
  return shift('+micros', value, literal(BigInt(sign * (days * MICROS.DAY + micros)), LongType))
}

const shift = (name: string, ...args: Expression[]): Call => ({ kind: 'call', name, args })

/** The text of an interval in the engine's SQL. */
export const intervalSql = ({ months, days, micros }: Interval): string =>
  `INTERVAL '${months} months ${days} days ${micros} microseconds'`

const UNITS = ['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const
const pad = (value: number): string => String(value).padStart(2, '0')

/** Spark's text: `INTERVAL '1-06' YEAR TO MONTH`, `INTERVAL '1 02:00:00' DAY TO SECOND`. */
export function intervalTitle({ months, days, micros, unit }: Interval): string {
  const negative = months < 0 || days < 0 || micros < 0
  const sign = negative ? '-' : ''
  const m = Math.abs(months)
  if (unit === 'YEAR TO MONTH') return `INTERVAL '${sign}${Math.floor(m / 12)}-${m % 12}' ${unit}`
  if (unit === 'YEAR') return `INTERVAL '${sign}${m / 12}' YEAR`
  if (unit === 'MONTH') return `INTERVAL '${sign}${m}' MONTH`
  const [first, last = first] = unit.split(' TO ')
  const wanted = UNITS.slice(UNITS.indexOf(first as 'DAY'), UNITS.indexOf(last as 'DAY') + 1)
  let rest = Math.abs(days * MICROS.DAY + micros)
  let text = ''
  for (const name of wanted) {
    const whole = name === 'SECOND' ? rest / MICROS.SECOND : Math.floor(rest / MICROS[name])
    rest -= Math.floor(whole) * MICROS[name]
    const digits = name === 'SECOND' ? seconds(whole) : name === 'DAY' ? String(whole) : pad(whole)
    text += (text === '' ? '' : name === 'HOUR' ? ' ' : ':') + digits
  }
  return `INTERVAL '${sign}${text}' ${unit}`
}

function seconds(value: number): string {
  const [whole, fraction] = value.toFixed(6).replace(/0+$/, '').split('.')
  return pad(Number(whole)) + (fraction ? `.${fraction}` : '')
}

/** Spark's text of a unit, singular, in capitals; undefined for another word. */
const PER_UNIT: Readonly<Record<string, readonly [months: number, days: number, micros: number, unit: string]>> = {
  YEAR: [12, 0, 0, 'YEAR'],
  MONTH: [1, 0, 0, 'MONTH'],
  WEEK: [0, 7, 0, 'DAY'],
  DAY: [0, 1, 0, 'DAY'],
  HOUR: [0, 0, MICROS.HOUR, 'HOUR'],
  MINUTE: [0, 0, MICROS.MINUTE, 'MINUTE'],
  SECOND: [0, 0, MICROS.SECOND, 'SECOND'],
  MILLISECOND: [0, 0, 1000, 'SECOND'],
  MICROSECOND: [0, 0, 1, 'SECOND'],
}

const ORDER = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']

/**
 * The interval of `INTERVAL 1 DAY 2 HOURS`, given as pairs of a number and a unit, singular or plural.
 * @returns what is wrong, as a text, where it is no interval.
 */
export function intervalOf(parts: readonly (readonly [value: string, unit: string])[]): Interval | string {
  let [months, days, micros] = [0, 0, 0]
  const units: number[] = []
  for (const [text, word] of parts) {
    const per = PER_UNIT[word.toUpperCase().replace(/S$/, '')]
    if (!per) return `${word} is no unit of time`
    const value = Number(text)
    if (!/^[+-]?\d+(\.\d+)?$/.test(text.trim()) || (per[3] !== 'SECOND' && !Number.isInteger(value))) {
      return `${JSON.stringify(text)} is no number of ${word}`
    }
    months += value * per[0]
    days += value * per[1]
    micros += Math.round(value * per[2])
    units.push(ORDER.indexOf(per[3]))
  }
  const [first, last] = [Math.min(...units), Math.max(...units)]
  if (units.length === 0) return 'an interval needs a number and a unit'
  if (first < 2 && last >= 2) return 'an interval cannot mix months with days'
  return { kind: 'interval', months, days, micros, unit: unitRange(ORDER[first], ORDER[last]) }
}

const unitRange = (first: string, last: string): string => (first === last ? first : `${first} TO ${last}`)

/** The interval of `INTERVAL '1 02:03:04' DAY TO SECOND` or `INTERVAL '1-6' YEAR TO MONTH`; undefined where the text does not fit. */
export function intervalBetween(text: string, first: string, last: string): Interval | undefined {
  const wanted = ORDER.slice(ORDER.indexOf(first), ORDER.indexOf(last) + 1)
  const match = /^\s*([+-]?)(.*?)\s*$/.exec(text)!
  const parts = match[2].split(/[-: ]/)
  if (parts.length !== wanted.length) return undefined
  const sign = match[1] === '-' ? '-' : ''
  const interval = intervalOf(parts.map((part, k) => [sign + part, wanted[k]]))
  return typeof interval === 'string' ? undefined : { ...interval, unit: unitRange(first, last) }
}
