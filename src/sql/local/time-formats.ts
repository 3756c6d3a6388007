import { ParamError } from '../../errors.js'

/** Letters of Java's patterns of dates and times, and what the engine's formats have for them. */
const LETTERS: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  MMMM: '%B',
  MMM: '%b',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  EEEE: '%A',
  EEE: '%a',
  E: '%a',
  DDD: '%j',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSSSSS: '%f',
  SSS: '%g',
  a: '%p',
  XXX: '%z',
  XX: '%z',
  X: '%z',
  xxx: '%z',
  xx: '%z',
  Z: '%z',
}

/**
 * The engine's format of a pattern of Java's DateTimeFormatter, as Spark's options `timestampFormat` and `dateFormat` have it.
 * @throws ParamError naming a letter that it does not have.
 */
export function strptimeFormat(pattern: string): string {
  return pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*|%/g, (text, quoted: string | undefined, letter?: string) => {
    if (text === '%') return '%%'
    if (letter === undefined) return text === "''" ? "'" : (quoted ?? '').replaceAll("''", "'").replaceAll('%', '%%')
    const format = LETTERS[text]
    if (format !== undefined) return format
    throw new ParamError(`the pattern ${pattern} has ${text}`, {
      stage: 'read',
      param: 'timestampFormat',
      allowed: `Allowed: ${Object.keys(LETTERS).join(', ')}, and text in quotes`,
      received: pattern,
    })
  })
}
