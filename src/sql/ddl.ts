import { ParseError } from '../errors.js'
import {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  MatrixUDT,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  simpleString,
  TimestampNTZType,
  TimestampType,
  VectorUDT,
} from './types.js'

/** Type names of Spark's SQL grammar; `vector` and `matrix` are ours, since SQL cannot name Spark's ML types. */
const SIMPLE: Readonly<Record<string, DataType>> = {
  boolean: BooleanType,
  tinyint: ByteType,
  byte: ByteType,
  smallint: ShortType,
  short: ShortType,
  int: IntegerType,
  integer: IntegerType,
  bigint: LongType,
  long: LongType,
  float: FloatType,
  real: FloatType,
  double: DoubleType,
  string: StringType,
  binary: BinaryType,
  date: DateType,
  timestamp: TimestampType,
  timestamp_ltz: TimestampType,
  timestamp_ntz: TimestampNTZType,
  void: NullType,
  vector: VectorUDT,
  matrix: MatrixUDT,
}

const TOKEN = /\s*(?:(`(?:[^`]|``)*`)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([\p{L}\p{N}_]+)|(\S))/uy

/** Recursive descent over the tokens of a type or schema. */
class DdlParser {
  private readonly text: string
  private readonly tokens: { text: string; at: number }[] = []
  private next = 0

  constructor(text: string) {
    this.text = text
    TOKEN.lastIndex = 0
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
      const token = match[0].trimStart()
      this.tokens.push({ text: token, at: match.index + match[0].length - token.length })
    }
  }

  fail(expected: string): never {
    const token = this.tokens[this.next]
    const at = token?.at ?? this.text.length
    throw new ParseError(
      `"${this.text}" is not a type or schema: ${expected} expected at position ${at}, found ${token ? `"${token.text}"` : 'the end'}`,
      { allowed: "Write types as in Spark SQL, for example 'id BIGINT, tags ARRAY<STRING>'" },
    )
  }

  done(): boolean {
    return this.next >= this.tokens.length
  }

  accept(word: string): boolean {
    const found = this.tokens[this.next]?.text.toLowerCase() === word
    if (found) this.next++
    return found
  }

  expect(word: string): void {
    if (!this.accept(word)) this.fail(`"${word}"`)
  }

  name(): string {
    const token = this.tokens[this.next]?.text
    if (token?.startsWith('`') && token.length > 1) {
      this.next++
      return token.slice(1, -1).replaceAll('``', '`')
    }
    if (token === undefined || !/^[\p{L}\p{N}_]+$/u.test(token)) this.fail('a name')
    this.next++
    return token
  }

  integer(): number {
    const token = this.tokens[this.next]?.text ?? ''
    if (!/^\d+$/.test(token)) this.fail('a whole number')
    this.next++
    return Number(token)
  }

  type(): DataType {
    const start = this.next
    const word = this.name().toLowerCase()
    switch (word) {
      case 'decimal':
      case 'dec':
      case 'numeric':
        return this.decimal()
      case 'char':
      case 'varchar':
        this.expect('(')
        this.integer()
        this.expect(')')
        return StringType
      case 'array': {
        this.expect('<')
        const element = this.type()
        this.expect('>')
        return ArrayType(element)
      }
      case 'map': {
        this.expect('<')
        const key = this.type()
        this.expect(',')
        const value = this.type()
        this.expect('>')
        return MapType(key, value)
      }
      case 'struct': {
        this.expect('<')
        if (this.accept('>')) return StructType([])
        const fields = this.fields()
        this.expect('>')
        return StructType(fields)
      }
    }
    if (Object.hasOwn(SIMPLE, word)) return SIMPLE[word]
    this.next = start
    return this.fail('a type')
  }

  private decimal(): DataType {
    if (!this.accept('(')) return DecimalType()
    const precision = this.integer()
    const scale = this.accept(',') ? this.integer() : 0
    this.expect(')')
    return DecimalType(precision, scale)
  }

  fields(): StructField[] {
    const fields: StructField[] = []
    do {
      const name = this.name()
      this.accept(':')
      const dataType = this.type()
      const nullable = !this.accept('not')
      if (!nullable) this.expect('null')
      let metadata = {}
      if (this.accept('comment')) metadata = { comment: this.string() }
      fields.push(StructField(name, dataType, nullable, metadata))
    } while (this.accept(','))
    return fields
  }

  private string(): string {
    const token = this.tokens[this.next]?.text ?? ''
    if (!/^['"]/.test(token)) this.fail('a string')
    this.next++
    return token.slice(1, -1).replaceAll(/\\(.)/g, '$1')
  }
}

/**
 * Type named in Spark's SQL grammar: `bigint`, `decimal(10,2)`, `array<string>`, `struct<a: int, b: double>`, `vector`.
 * @throws ParseError with the position of the first token that does not fit.
 */
export function parseDataType(text: string): DataType {
  const parser = new DdlParser(text)
  const type = parser.type()
  if (!parser.done()) parser.fail('the end')
  return type
}

/**
 * Schema written as DDL, as in Spark's `StructType.fromDDL`: `'id BIGINT NOT NULL, city STRING'`.
 * @throws ParseError with the position of the first token that does not fit.
 */
export function parseSchema(text: string): StructType {
  const parser = new DdlParser(text)
  const fields = parser.fields()
  if (!parser.done()) parser.fail('a comma or the end')
  return StructType(fields)
}

/** A type, or else the struct of a schema: both `ARRAY<INT>` and `id INT, tags ARRAY<STRING>`. @throws ParseError for neither. */
export function parseDataTypeOrSchema(text: string): DataType {
  try {
    return parseDataType(text)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return parseSchema(text)
  }
}

const quoted = (name: string): string => (/^\w+$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``)

/** The text that {@link parseDataType} reads back as the type, whatever characters names have. */
export function typeText(type: DataType): string {
  switch (type.kind) {
    case 'array':
      return `array<${typeText(type.elementType)}>`
    case 'map':
      return `map<${typeText(type.keyType)},${typeText(type.valueType)}>`
    case 'struct':
      return `struct<${type.fields.map(({ name, dataType }) => `${quoted(name)}:${typeText(dataType)}`).join(',')}>`
    default:
      return simpleString(type)
  }
}
