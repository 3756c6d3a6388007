import { ParseError } from '../../errors.js'

/** A piece of SQL text. `text` is what it means: strings without quotes and escapes, names without backticks. */
export interface Token {
  readonly kind: 'name' | 'quoted' | 'string' | 'number' | 'symbol' | 'end'
  readonly text: string
  /** Where it starts in the source, from 0. */
  readonly at: number
}

const SPACE = String.raw`(?:\s+|--[^\n]*|/\*[\s\S]*?\*/)*`
const NUMBER = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[lLsSyYdDfF]|[bB][dD])?(?![\p{L}\p{N}_])`
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*`
const QUOTED = '`(?:[^`]|``)*`'
const STRING = String.raw`'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"`
const SYMBOL = String.raw`<=>|<>|<=|>=|!=|==|\|\||::|->|=>|[-+*/%&|^~=<>!(),.[\]:?;]`
const TOKEN = new RegExp(`${SPACE}(?:(${NUMBER})|(${NAME})|(${QUOTED})|(${STRING})|(${SYMBOL})|($))`, 'uy')
const KINDS = ['number', 'name', 'quoted', 'string', 'symbol', 'end'] as const

const ESCAPES: Readonly<Record<string, string>> = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' }

/** Spark's escapes: `\n`, `\u0041`, `\101`; `\%` and `\_` keep the backslash, for LIKE. */
function unescaped(body: string): string {
  return body.replace(/\\(u[0-9a-fA-F]{4}|[0-3][0-7]{2}|[\s\S])/g, (whole, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code, 8))
    return code === '%' || code === '_' ? whole : (ESCAPES[code] ?? code)
  })
}

const MEANING: Readonly<Record<string, (text: string) => string>> = {
  quoted: (text) => text.slice(1, -1).replaceAll('``', '`'),
  string: (text) => unescaped(text.slice(1, -1)),
}

/** The error of a place in SQL text, with the line and a caret under the place. */
export function parseError(
  problem: string,
  source: string,
  at: number,
  hint = 'Write expressions as in Spark SQL',
): ParseError {
  const start = source.lastIndexOf('\n', at - 1) + 1
  const end = source.indexOf('\n', at)
  const line = source.slice(start, end < 0 ? undefined : end)
  const where = `line ${source.slice(0, start).split('\n').length}, position ${at - start + 1}`
  return new ParseError(`${problem} (${where})`, {
    received: line,
    hint: `\n${line}\n${' '.repeat(at - start)}^\n${hint}`,
  })
}

/**
 * Cuts Spark SQL text into tokens; the last has kind `end`. Comments and spaces are left out.
 * @throws ParseError at a character that starts no token, such as a quote without its end.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (tokens.at(-1)?.kind !== 'end') {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(source)
    if (!match) {
      const bad = at + (source.slice(at).match(new RegExp(`^${SPACE}`, 'u'))?.[0].length ?? 0)
      const open = /['"`]/.test(source[bad])
      throw parseError(`${open ? 'no end of' : 'unexpected'} ${JSON.stringify(source[bad])}`, source, bad)
    }
    const group = KINDS.findIndex((_, k) => match[k + 1] !== undefined)
    const kind = KINDS[group]
    const text = match[group + 1]
    at = TOKEN.lastIndex
    tokens.push({ kind, text: MEANING[kind]?.(text) ?? text, at: at - text.length })
  }
  return tokens
}
