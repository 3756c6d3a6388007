import { DataError } from '../../../errors.js'
import { javaDoubleText, javaFloatText } from '../../../util/java-text.js'
import { shortText } from '../../../util/names.js'
import { BooleanType, DoubleType, FloatType, IntegerType, StringType } from '../../types.js'
import { roundDecimal } from '../rounding.js'
import { type JsFunction, jsFunction } from './js-function.js'

/** A format of `to_char` and `to_number`: `S$99,999.99`, with `0` for digits that are always there. */
export interface NumberFormat {
  readonly sign: '' | 'S' | 'MI'
  readonly signLast: boolean
  readonly dollar: boolean
  /** Places before the point, `0`, `9` and `,`. */
  readonly whole: string
  /** Places behind the point, `0` and `9`. */
  readonly fraction: string
  readonly point: boolean
  /** Whether a number below zero stands in angle brackets. */
  readonly brackets: boolean
}

const FORMAT = /^(MI|S)?(\$)?([09][09,G]*)?(?:([.D])([09]*))?(\$)?(PR|MI|S)?$/

/** Reads a format, in any case. @returns undefined for a text that is none. */
export function numberFormat(text: string): NumberFormat | undefined {
  const [found, first, dollar, whole = '', point, fraction = '', dollarLast, last] =
    FORMAT.exec(text.toUpperCase()) ?? []
  if (found === undefined || (whole === '' && fraction === '') || (first && last) || (dollar && dollarLast))
    return undefined
  if (/[,G]$|[,G]{2}/.test(whole)) return undefined
  return {
    sign: (last === 'PR' ? '' : (first ?? last ?? '')) as NumberFormat['sign'],
    signLast: first === undefined,
    dollar: dollar !== undefined || dollarLast !== undefined,
    whole: whole.replaceAll('G', ','),
    fraction,
    point: point !== undefined,
    brackets: last === 'PR',
  }
}

/** Digits before and behind the point of a number that is written without an exponent. */
function digitsOf(text: string): { negative: boolean; whole: string; fraction: string } {
  const plain = /e/i.test(text) ? BigInt(Math.trunc(Number(text))).toString() : text
  const [, sign, whole, fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*))?$/.exec(plain) ?? ['', '', '', '']
  return { negative: sign === '-', whole, fraction }
}

/** Digits in the places of a format, from the right; what does not fit is written as `#`. */
function places(format: string, digits: string, full: boolean): string {
  let at = digits.length
  let text = ''
  for (let k = format.length - 1; k >= 0; k--) {
    const place = format[k]
    if (full) text = (place === ',' ? ' ' : '#') + text
    else if (place === ',') text = (at > 0 || format.slice(0, k).includes('0') ? ',' : ' ') + text
    else if (at > 0) text = digits[--at] + text
    else text = (format.slice(0, k + 1).includes('0') ? '0' : ' ') + text
  }
  return text
}

function toChar(value: string, formatText: string): string {
  const format = numberFormat(formatText)!
  const { negative, whole, fraction } = digitsOf(value)
  const room = format.whole.replaceAll(',', '').length
  const full = whole.length > room || fraction.length > format.fraction.length
  const shown = whole === '' && format.fraction !== '' && room > 0 ? '0' : whole
  let text = places(format.whole, shown, full)
  if (format.point)
    text += `.${full ? format.fraction.replace(/./g, '#') : fraction.padEnd(format.fraction.length, '0')}`
  if (format.dollar) text = `$${text}`
  const sign = { S: negative ? '-' : '+', MI: negative ? '-' : ' ', '': '' }[format.sign]
  if (format.signLast) text += sign
  // The sign stands right before the number.
  else text = text.replace(/^( *)/, (spaces) => spaces + sign)
  if (!format.brackets) return text
  return negative ? `${text.replace(/^( *)/, '$1<')}>` : `${text}  `
}

/** Whether digits with their commas fit the places of a format. */
function fits(whole: string, format: string): boolean {
  const [given, wanted] = [whole.split(','), format.split(',')]
  if (given.length > wanted.length) return false
  const needed = format.replaceAll(',', '').replace(/^9*/, '').length
  const digits = whole.replaceAll(',', '').length
  return (
    digits >= needed &&
    given.every((group, k) => {
      const room = wanted[wanted.length - given.length + k].length
      return k === 0 ? group.length <= room : group.length === room
    })
  )
}

/** The number that a text says by a format, as a plain text; undefined where it does not fit. */
function numberOf(text: string, formatText: string): string | undefined {
  const { sign, signLast, dollar, whole, fraction, point, brackets } = numberFormat(formatText)!
  const before = sign !== '' && !signLast ? (sign === 'S' ? '([+-]?)' : '(-?)') : '()'
  const behind = sign !== '' && signLast ? (sign === 'S' ? '([+-]?)' : '(-?)') : '()'
  const decimals = point ? `(?:\\.(\\d{0,${fraction.length}}))?` : '()'
  const body = `${before}${dollar ? '\\$' : ''}([\\d,]*)${decimals}${behind}`
  const open = brackets && /^<.*>$/.test(text.trim())
  const match = new RegExp(`^${body}$`).exec(open ? text.trim().slice(1, -1) : text.trim())
  if (!match) return undefined
  const [, first, digits, rest = '', last] = match
  if ((digits === '' && rest === '') || !fits(digits, whole)) return undefined
  const negative = open || first === '-' || last === '-'
  return `${negative ? '-' : ''}${digits.replaceAll(',', '') || '0'}.${rest || '0'}`
}

function toNumber(text: string, format: string): string {
  const found = numberOf(text, format)
  if (found !== undefined) return found
  throw new DataError(`[INVALID_FORMAT.MISMATCH_INPUT] ${shortText(text)} does not match the format ${format}`, {
    received: shortText(text),
    hint: 'Use try_to_number to receive null',
  })
}

/** Numbers by formats of SQL. */
export const NUMBER_FORMATS: readonly JsFunction[] = [
  jsFunction('double_text', [DoubleType], StringType, javaDoubleText),
  jsFunction('float_text', [FloatType], StringType, javaFloatText),
  jsFunction('round', [DoubleType, IntegerType, BooleanType], DoubleType, roundDecimal),
  jsFunction('to_char', [StringType, StringType], StringType, toChar),
  jsFunction('to_number', [StringType, StringType], StringType, toNumber),
  jsFunction(
    'try_to_number',
    [StringType, StringType],
    StringType,
    (text: string, format: string) => numberOf(text, format) ?? null,
  ),
]
