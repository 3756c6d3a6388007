import { ParamError } from '../errors.js'
import type { DataType, StructType } from '../sql/types.js'
import { isNumeric, isVector } from '../sql/types.js'
import { shortText } from '../util/names.js'

/** A column, or all of them; what an interaction is made of. */
type Factor = { readonly kind: 'column'; readonly name: string } | { readonly kind: 'dot' }
/** One part of the right side of a formula. Products that mean nothing, such as `1:a`, are empty. */
type Term =
  | Factor
  | { readonly kind: 'interaction'; readonly factors: readonly Factor[] }
  | { readonly kind: 'intercept'; readonly enabled: boolean }
  | { readonly kind: 'deletion'; readonly term: Term }
  | { readonly kind: 'empty' }

const EMPTY: Term = { kind: 'empty' }
/** Powers of sums grow quickly; more terms than this are a mistake. */
const MAX_TERMS = 10_000
/** Parentheses inside each other. */
const MAX_DEPTH = 100

/** A formula as it is written: its label (the empty string: none) and its terms, where `.` and deletions still stand. */
export interface ParsedFormula {
  readonly label: string
  readonly terms: readonly Term[]
  readonly hasIntercept: boolean
}

/** A formula over the columns of a schema (Spark's `ResolvedRFormula`): each term is a column, or the columns that interact. */
export class ResolvedFormula {
  readonly label: string
  readonly terms: readonly (readonly string[])[]
  readonly hasIntercept: boolean

  constructor(label: string, terms: readonly (readonly string[])[], hasIntercept: boolean) {
    this.label = label
    this.terms = terms
    this.hasIntercept = hasIntercept
  }

  /** Spark's text. */
  toString(): string {
    const terms = this.terms.map((term) => (term.length > 1 ? `{${term.join(',')}}` : term.join('')))
    return `ResolvedRFormula(label=${this.label}, terms=[${terms.join(',')}], hasIntercept=${this.hasIntercept})`
  }
}

const TOKEN = /\s*([a-zA-Z][a-zA-Z0-9._]*|\.[a-zA-Z_][a-zA-Z0-9._]*|[1-9]\d*|[01]|[.~^:*+()-])/y

/**
 * Reads a formula in the part of R's grammar that Spark knows: `~`, `.`, `:`, `*`, `^`, `+`, `-`, `0` and `1` for the intercept, and
 * parentheses; from the tightest, `^`, `:`, `*`, then `+` and `-`. Source: Spark's `RFormulaParser`.
 * @param stage uid for messages.
 * @throws ParamError naming the place.
 */
export function parseFormula(formula: string, stage: string): ParsedFormula {
  return new FormulaParser(formula, stage).parse()
}

class FormulaParser {
  private readonly formula: string
  private readonly stage: string
  private readonly tokens: { readonly text: string; readonly at: number }[] = []
  private next = 0
  private depth = 0

  constructor(formula: string, stage: string) {
    this.formula = formula
    this.stage = stage
    let at = 0
    while (formula.slice(at).trim() !== '') {
      TOKEN.lastIndex = at
      const match = TOKEN.exec(formula)
      const start = at + formula.slice(at).search(/\S/)
      if (match === null) throw this.refused(start)
      this.tokens.push({ text: match[1], at: start })
      at = TOKEN.lastIndex
    }
  }

  parse(): ParsedFormula {
    const label = isColumn(this.peek()) ? this.take() : ''
    this.expect('~')
    const terms = this.sum()
    if (this.next < this.tokens.length) throw this.refused(this.tokens[this.next].at)
    return { label, terms, hasIntercept: hasIntercept(terms) }
  }

  private sum(): Term[] {
    let left = this.product()
    while (this.peek() === '+' || this.peek() === '-') {
      const minus = this.take() === '-'
      const right = this.product()
      left = this.few([...left, ...(minus ? right.map(deleted) : right)])
    }
    return left
  }

  private product(): Term[] {
    let left = this.interaction()
    while (this.peek() === '*') {
      this.take()
      left = this.cross(left, this.interaction())
    }
    return left
  }

  private interaction(): Term[] {
    let left = this.power()
    while (this.peek() === ':') {
      this.take()
      left = this.interact(left, this.power())
    }
    return left
  }

  private power(): Term[] {
    const base = this.primary()
    if (this.peek() !== '^') return base
    this.take()
    const degree = this.peek()
    if (degree === undefined || !/^[1-9]\d*$/.test(degree)) throw this.refused()
    this.take()
    let result = base
    for (let i = 1; i < Number(degree); i++) result = this.cross(result, base)
    return result
  }

  private primary(): Term[] {
    const token = this.peek()
    if (token === '(') {
      if (++this.depth > MAX_DEPTH) throw this.refused()
      this.take()
      const inner = this.sum()
      this.expect(')')
      this.depth--
      return inner
    }
    if (token === '0' || token === '1') return [{ kind: 'intercept', enabled: this.take() === '1' }]
    if (token === '.') {
      this.take()
      return [{ kind: 'dot' }]
    }
    if (!isColumn(token)) throw this.refused()
    return [{ kind: 'column', name: this.take() }]
  }

  private cross(left: readonly Term[], right: readonly Term[]): Term[] {
    return this.few([...left, ...right, ...this.interact(left, right)])
  }

  private interact(left: readonly Term[], right: readonly Term[]): Term[] {
    this.requireFew(left.length * right.length)
    return left.flatMap((l) => right.map((r) => interacted(l, r)))
  }

  private few(terms: Term[]): Term[] {
    this.requireFew(terms.length)
    return terms
  }

  private requireFew(count: number): void {
    if (count <= MAX_TERMS) return
    throw new ParamError(`the formula ${shortText(this.formula)} has more than ${MAX_TERMS} terms`, {
      stage: this.stage,
      param: 'formula',
      allowed: `Allowed: up to ${MAX_TERMS} terms`,
      hint: 'Name the interactions that are wanted.',
    })
  }

  private peek(): string | undefined {
    return this.tokens[this.next]?.text
  }

  private take(): string {
    return this.tokens[this.next++].text
  }

  private expect(token: string): void {
    if (this.peek() !== token) throw this.refused()
    this.next++
  }

  private refused(at = this.tokens[this.next]?.at ?? this.formula.length): ParamError {
    const found = at < this.formula.length ? `${shortText(this.formula.slice(at, at + 12))} at ${at}` : 'its end'
    return new ParamError(`the formula ${shortText(this.formula)} cannot be read: unexpected ${found}`, {
      stage: this.stage,
      param: 'formula',
      allowed: 'Allowed: "label ~ terms", with the operators + - : * ^ ( ), the terms 0 and 1, and . for all columns',
      received: this.formula,
      hint: 'Write for example "price ~ distance + city:hour". Names have letters, digits, "." and "_", and begin with a letter.',
    })
  }
}

const isColumn = (token: string | undefined): token is string => token !== undefined && /^\.?[a-zA-Z_]/.test(token)

const deleted = (term: Term): Term => (term.kind === 'deletion' ? term : { kind: 'deletion', term })

const factorsOf = (term: Term): readonly Factor[] | undefined => {
  if (term.kind === 'interaction') return term.factors
  return term.kind === 'column' || term.kind === 'dot' ? [term] : undefined
}

function interacted(left: Term, right: Term): Term {
  if (left.kind === 'deletion') {
    return deletionOf(interacted(left.term, right.kind === 'deletion' ? right.term : right))
  }
  const [l, r] = [factorsOf(left), factorsOf(right)]
  if (l === undefined) return EMPTY
  if (r !== undefined) return { kind: 'interaction', factors: [...l, ...r] }
  return right.kind === 'deletion' ? deletionOf(interacted(right.term, left)) : EMPTY
}

const deletionOf = (term: Term): Term => ({ kind: 'deletion', term })

/** The last word on the intercept counts; without one there is an intercept. */
function hasIntercept(terms: readonly Term[]): boolean {
  let intercept = true
  for (const term of terms) {
    if (term.kind === 'intercept') intercept = term.enabled
    else if (term.kind === 'deletion' && term.term.kind === 'intercept') intercept = !term.term.enabled
  }
  return intercept
}

/**
 * The terms of a formula over the columns of a schema: `.` becomes every column but the label that is numeric, boolean, a string or a
 * vector, and terms that are deleted are taken out of those before them. Interactions of the same columns count once.
 */
export function resolveFormula({ label, terms, hasIntercept }: ParsedFormula, schema: StructType): ResolvedFormula {
  const all = schema.fields.filter((f) => isExpanded(f.dataType) && f.name !== label).map(({ name }) => name)
  let included: (readonly string[])[] = []
  const seen = new Set<string>()
  for (const term of terms) {
    const { kind } = term
    if (kind === 'column') included.push([term.name])
    else if (kind === 'dot') included.push(...all.map((name) => [name]))
    else if (kind === 'interaction') {
      included.push(...newSets(expand(term.factors, all), seen))
    } else if (kind === 'deletion') {
      const gone = new Set(deletedSets(term.term, all))
      included = included.filter((columns) => !gone.has(setKey(columns)))
    }
  }
  return new ResolvedFormula(label, newSets(included, new Set(), orderedKey), hasIntercept)
}

const isExpanded = (type: DataType): boolean =>
  isNumeric(type) || isVector(type) || type.kind === 'string' || type.kind === 'boolean'

/** A text that is the same for the same columns, in whatever order. */
const setKey = (columns: readonly string[]): string => orderedKey([...new Set(columns)].sort())
const orderedKey = (columns: readonly string[]): string => columns.join('\n')

/** Those whose key is not seen before; the keys are added to `seen`. */
function newSets<T extends readonly string[]>(lists: readonly T[], seen: Set<string>, key = setKey): T[] {
  return lists.filter((columns) => {
    const before = seen.size
    seen.add(key(columns))
    return seen.size > before
  })
}

function deletedSets(term: Term, all: readonly string[]): string[] {
  const factors = factorsOf(term)
  return factors === undefined ? [] : expand(factors, all).map(setKey)
}

/** The products of factors, each set of columns once, short ones first. */
function expand(factors: readonly Factor[], all: readonly string[]): string[][] {
  if (factors.length === 0) return [[]]
  const rest = expand(factors.slice(1), all)
  const [first] = factors
  const names = first.kind === 'dot' ? all : [first.name]
  const products = names.flatMap((name) => rest.map((columns) => [...new Set([name, ...columns])]))
  return newSets(products, new Set()).sort((a, b) => a.length - b.length)
}
