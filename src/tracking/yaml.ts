import { PersistenceError } from '../errors.js'
import type { Json } from '../sql/types.js'
import { shortText } from '../util/names.js'

interface Line {
  readonly number: number
  readonly indent: number
  readonly text: string
}

/**
 * Reads the YAML that Python's `yaml.safe_dump` writes, as it stands in the `MLmodel` file of a model that MLflow's Python has logged: mappings and lists in blocks, scalars plain, in
 * quotes or as blocks of text. JSON is YAML, too. Anchors, tags and nested flow collections are not read.
 * @throws PersistenceError naming the line.
 */
export function parseYaml(text: string, file: string): Json {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text) as Json
    } catch (cause) {
      throw damaged(file, 1, 'is not JSON', cause)
    }
  }
  return new YamlReader(text, file).read()
}

const damaged = (file: string, line: number, problem: string, cause?: unknown): PersistenceError =>
  new PersistenceError(`the YAML ${problem}`, {
    stage: 'mlflow',
    file,
    line,
    hint: 'Log the model again, or restore the file.',
    cause,
  })

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '0': '\0', a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b' },
  ...{ N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029' },
}

class YamlReader {
  private readonly lines: readonly string[]
  private readonly file: string
  private at = 0

  constructor(text: string, file: string) {
    this.lines = text.split(/\r?\n/)
    this.file = file
  }

  read(): Json {
    if (this.lines[0] === '---') this.at++
    const first = this.peek()
    if (!first) return null
    const value = this.block(first.indent)
    const rest = this.peek()
    if (rest) throw this.fail(rest, 'has a line that belongs nowhere')
    return value
  }

  /** The next line with content, without going on. */
  private peek(): Line | undefined {
    while (this.at < this.lines.length && /^\s*(#.*)?$/.test(this.lines[this.at])) this.at++
    const line = this.lines[this.at]
    if (line === undefined || line === '...') return undefined
    const text = line.trimStart()
    return { number: this.at + 1, indent: line.length - text.length, text: text.trimEnd() }
  }

  private block(indent: number): Json {
    const line = this.peek()
    return line && isItem(line.text) ? this.list(indent) : this.mapping(indent)
  }

  private mapping(indent: number): Json {
    const values: Record<string, Json> = {}
    for (let line = this.peek(); line?.indent === indent && !isItem(line.text); line = this.peek()) {
      const [, single, double, plain, rest] =
        /^(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)"|([^'"\s[{#&*!|>%@`-][^#]*?|-[^\s#][^#]*?))\s*:(?:\s+(.*))?$/.exec(
          line.text,
        ) ?? []
      const key = single?.replaceAll("''", "'") ?? (double === undefined ? plain : unescaped(double))
      if (key === undefined) throw this.fail(line, `has ${shortText(line.text)} where a key should be`)
      this.at++
      const value = rest === undefined ? this.below(indent) : this.scalar(rest, indent, line)
      Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true })
    }
    return values
  }

  /** What a key holds that stands alone on its line: a block that is farther in, or a list that need not be. */
  private below(indent: number): Json {
    const next = this.peek()
    if (!next || next.indent < indent || (next.indent === indent && !isItem(next.text))) return null
    return this.block(next.indent)
  }

  private list(indent: number): Json {
    const items: Json[] = []
    for (let line = this.peek(); line?.indent === indent && isItem(line.text); line = this.peek()) {
      const rest = line.text.slice(1).trimStart()
      if (rest === '') {
        this.at++
        const next = this.peek()
        items.push(next && next.indent > indent ? this.block(next.indent) : null)
      } else if (isItem(rest) || /^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^'"[{][^:]*):(\s|$)/.test(rest)) {
        // A mapping or list that begins on the line of the dash: the dash is like a blank.
        const inner = indent + line.text.length - rest.length
        ;(this.lines as string[])[this.at] = `${' '.repeat(inner)}${rest}`
        items.push(this.block(inner))
      } else {
        this.at++
        items.push(this.scalar(rest, indent, line))
      }
    }
    return items
  }

  private scalar(text: string, indent: number, line: Line): Json {
    const [first] = text
    if (first === "'" || first === '"') return this.quoted(text, line)
    if (first === '|' || first === '>') return this.literal(text, indent)
    if (first === '[' || first === '{') {
      try {
        return JSON.parse(text) as Json
      } catch {
        throw this.fail(line, `has the flow collection ${shortText(text)}, which is not JSON`)
      }
    }
    if (first === '&' || first === '*' || first === '!')
      throw this.fail(line, `has ${shortText(text)}: anchors and tags are not read`)
    let plain = text
    for (let next = this.peek(); next && next.indent > indent; next = this.peek()) {
      plain += ` ${next.text}`
      this.at++
    }
    return plainValue(plain.replace(/\s#.*$/, ''))
  }

  /** A text in quotes; line breaks in it are blanks, and empty lines are line breaks. */
  private quoted(text: string, line: Line): string {
    const quote = text[0]
    const whole = quote === "'" ? /^'((?:[^']|'')*)'\s*(?:#.*)?$/ : /^"((?:[^"\\]|\\[\s\S])*)"\s*(?:#.*)?$/
    let joined = text
    let breaks = 0
    for (let match = whole.exec(joined); ; match = whole.exec(joined)) {
      if (match) return quote === "'" ? match[1].replaceAll("''", "'") : unescaped(match[1])
      const next = this.lines[this.at++]
      if (next === undefined) throw this.fail(line, 'has a text that does not end')
      if (next.trim() === '') breaks++
      else {
        // A backslash at the end of a line joins it with the next one.
        const continued = quote === '"' && /(^|[^\\])(\\\\)*\\$/.test(joined)
        joined = continued
          ? joined.slice(0, -1) + next.trimStart()
          : joined + (breaks > 0 ? '\n'.repeat(breaks) : ' ') + next.trim()
        breaks = 0
      }
    }
  }

  /** A text in lines of its own: `|` keeps the line breaks, `>` makes blanks of them. */
  private literal(header: string, indent: number): string {
    const lines: string[] = []
    let inner: number | undefined
    for (; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at]
      const own = line.length - line.trimStart().length
      if (line.trim() === '') lines.push('')
      else if (own <= indent) break
      else {
        inner ??= own
        lines.push(line.slice(inner))
      }
    }
    const text = lines.join('\n').replace(/\n+$/, '')
    const folded = header[0] === '|' ? text : text.replace(/([^\n])\n(?=[^\n ])/g, '$1 ')
    return header.includes('-') ? folded : `${folded}\n`
  }

  private fail(line: Line, problem: string): PersistenceError {
    return damaged(this.file, line.number, problem)
  }
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ')

const unescaped = (text: string): string =>
  text.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g, (_, code: string) =>
    code.length > 1 ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  )

function plainValue(text: string): Json {
  if (/^(null|Null|NULL|~|)$/.test(text)) return null
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  if (/^[-+]?(\d+|\d+\.\d*([eE][-+]\d+)?)$/.test(text)) return Number(text)
  return text
}
