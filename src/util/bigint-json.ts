import { ParamError, PersistenceError } from '../errors.js'
import { javaDoubleText } from './java-text.js'
import { shortText } from './names.js'

/** Deeper nesting than any file of ours or Spark's has; a bound that a hostile file cannot exceed. */
const MAX_DEPTH = 200

/** A JSON value whose integers may have 64 bits. */
export type BigJson = null | boolean | number | bigint | string | BigJson[] | { [key: string]: BigJson }

/**
 * A number that must be written as a double: `1.0`, not `1`, since Spark refuses a JSON integer where a double belongs.
 * NaN and the infinities are written as Spark's strings "NaN", "Inf" and "-Inf".
 */
export class JsonDouble {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/**
 * Parses JSON without losing digits: an integer beyond 2^53 that fits in 64 bits becomes a bigint; every other number is a
 * double, as with JSON.parse. Safe for untrusted text: a key `__proto__` is an ordinary own property.
 * For example, `parseJson('{"seed": -9223372036854775808}')` is `{ seed: -9223372036854775808n }`.
 *
 * @throws PersistenceError, with the position, when the text is cut off or is not JSON, when a key occurs twice in an object,
 * a number overflows a double, or the nesting is deeper than 200.
 */
export function parseJson(text: string): BigJson {
  return new Parser(text).document()
}

class Parser {
  private readonly text: string
  private readonly space = /[ \t\n\r]*/y
  private readonly literal = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
  private position = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  document(): BigJson {
    const value = this.value()
    if (this.position < this.text.length) this.fail('something follows the end of the value')
    return value
  }

  /** A value with the white space around it. */
  private value(): BigJson {
    this.take(this.space)
    const value = this.bareValue()
    this.take(this.space)
    return value
  }

  private bareValue(): BigJson {
    switch (this.text[this.position]) {
      case '{':
        return this.nested(() => this.object())
      case '[':
        return this.nested(() => this.array())
      case '"':
        return this.string()
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private nested<T>(parse: () => T): T {
    if (++this.depth > MAX_DEPTH) this.fail(`the nesting is deeper than ${MAX_DEPTH}`)
    this.position++
    const value = parse()
    this.depth--
    return value
  }

  private object(): BigJson {
    const entries = new Map<string, BigJson>()
    this.take(this.space)
    if (this.skip('}')) return {}
    do {
      this.take(this.space)
      const start = this.position
      const key = this.string()
      if (entries.has(key)) this.fail(`the key ${shortText(key)} occurs twice`, start)
      this.take(this.space)
      this.expect(':')
      entries.set(key, this.value())
    } while (this.skip(','))
    this.expect('}')
    // Unlike an assignment, this makes `__proto__` an own property.
    return Object.fromEntries(entries)
  }

  private array(): BigJson {
    const values: BigJson[] = []
    this.take(this.space)
    if (this.skip(']')) return values
    do values.push(this.value())
    while (this.skip(','))
    this.expect(']')
    return values
  }

  /** A search for the closing quote, since a regular expression would run out of stack on an array of megabytes in base64. */
  private string(): string {
    const start = this.position
    if (this.text[start] !== '"') this.fail('a string is missing')
    let end = start
    do {
      end = this.text.indexOf('"', end + 1)
      if (end < 0) this.fail('a string has no end', this.text.length)
    } while (this.isEscaped(end))
    this.position = end + 1
    try {
      return JSON.parse(this.text.slice(start, this.position))
    } catch {
      return this.fail('a string holds a control character or an unknown escape', start)
    }
  }

  private isEscaped(quote: number): boolean {
    let first = quote
    while (this.text[first - 1] === '\\') first--
    return (quote - first) % 2 === 1
  }

  private word<T>(text: string, value: T): T {
    return this.skip(text) ? value : this.fail('a value is missing')
  }

  private number(): number | bigint {
    const start = this.position
    const literal = this.take(this.literal)
    if (!literal) return this.fail('a value is missing')
    const value = Number(literal[0])
    if (!Number.isFinite(value)) this.fail('a number is too large for a double', start)
    const isInteger = literal[1] === undefined && literal[2] === undefined
    // The bound spares BigInt a literal of a million digits.
    if (!isInteger || Number.isSafeInteger(value) || Math.abs(value) > 2 ** 63) return value
    const integer = BigInt(literal[0])
    return BigInt.asIntN(64, integer) === integer ? integer : value
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position
    const match = pattern.exec(this.text)
    if (match) this.position = pattern.lastIndex
    return match
  }

  private skip(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false
    this.position += expected.length
    return true
  }

  private expect(expected: string): void {
    if (!this.skip(expected)) this.fail(`"${expected}" is missing`)
  }

  private fail(problem: string, position = this.position): never {
    const before = this.text.slice(0, position).split('\n')
    const where = `line ${before.length}, column ${before[before.length - 1].length + 1}`
    const isCut = position >= this.text.length
    throw new PersistenceError(
      `${isCut ? 'the JSON text is cut off' : 'the text is not JSON'}: ${problem} at ${where}`,
      {
        received: shortText(this.text.slice(position, position + 20)),
        ...(isCut && { hint: 'Write or fetch the file again' }),
      },
    )
  }
}

/**
 * Writes JSON: a bigint as a plain integer, a {@link JsonDouble} always with a point, and a whole number beyond 2^53 with a point
 * too, so that {@link parseJson} gives it back as a number. Properties that are undefined are left out.
 * For example, `stringifyJson({ seed: -9223372036854775808n, tol: new JsonDouble(1) })` is `'{"seed":-9223372036854775808,"tol":1.0}'`.
 *
 * @param indent number of spaces for each level; 0 (default) writes one line.
 * @throws ParamError for NaN and infinities outside a JsonDouble, for functions, symbols, class instances and undefined items, and
 * when the nesting (or a cycle) is deeper than 200.
 */
export function stringifyJson(value: unknown, indent = 0): string {
  return write(value, indent === 0 ? '' : ' '.repeat(indent), '', 0)
}

function write(value: unknown, indent: string, margin: string, depth: number): string {
  if (depth > MAX_DEPTH) refuse(`the nesting is deeper than ${MAX_DEPTH}`, value, 'Look for a cycle')
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return writeNumber(value)
  if (value instanceof JsonDouble) return writeDouble(value.value)
  const inner = margin + indent
  const child = (item: unknown) => write(item, indent, inner, depth + 1)
  if (Array.isArray(value)) return enclose('[', value.map(child), ']', indent, margin)
  if (!isPlainObject(value)) refuse(`${shortText(value)} has no JSON form`, value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const colon = indent ? ': ' : ':'
  return enclose(
    '{',
    entries.map(([key, item]) => JSON.stringify(key) + colon + child(item)),
    '}',
    indent,
    margin,
  )
}

function enclose(open: string, items: string[], close: string, indent: string, margin: string): string {
  if (items.length === 0) return open + close
  const line = indent ? `\n${margin}` : ''
  return open + items.map((item) => line + indent + item).join(',') + line + close
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) refuse(`${value} has no JSON form`, value, 'Wrap it in a JsonDouble')
  const isExact = !Number.isInteger(value) || (Number.isSafeInteger(value) && !Object.is(value, -0))
  return isExact ? String(value) : javaDoubleText(value)
}

function writeDouble(value: number): string {
  if (Number.isFinite(value)) return javaDoubleText(value)
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"Inf"' : '"-Inf"'
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function refuse(problem: string, value: unknown, hint?: string): never {
  throw new ParamError(problem, {
    stage: 'stringifyJson',
    allowed: 'Allowed: null, booleans, finite numbers, bigints, strings, JsonDouble, arrays and plain objects',
    received: typeof value,
    ...(hint && { hint }),
  })
}
