import { quoteText } from './duck-types.js'

/** A call that stops the query with Spark's error condition and message. */
export const raise = (condition: string, message: string): string => `error(${quoteText(`[${condition}] ${message}`)})`

/**
 * Longer operands are named once instead of being repeated, so that nested guards cannot make SQL grow exponentially. The engine
 * computes a repeated operand only once, so below the limit repeating is the faster way.
 */
const REPEAT_LIMIT = 1000

const placeholder = (k: number): RegExp => new RegExp(`\\$${k}(?!\\d)`, 'g')

/**
 * Fills a template: `$1`, `$2` … are operands, `$*` is all of them with commas. A long operand that a scalar template uses
 * several times becomes the parameter of a one-element `list_transform`, DuckDB's only way to name a value inside an expression.
 */
export function fill(template: string, operands: readonly string[], scalar = true): string {
  const names: string[] = []
  const letters = operands.map((operand, k) => {
    const uses = template.match(placeholder(k + 1))?.length ?? 0
    if (!scalar || uses < 2 || operand.length <= REPEAT_LIMIT) return operand
    // Operands nest, so an inner name is shorter than every name around it: lengths and positions keep names apart.
    const name = `"let ${operand.length}.${k}"`
    names.push(`list_transform([${operand}], lambda ${name}: `)
    return name
  })
  const body = template.replace(/\$(\d+|\*)/g, (_, k: string) =>
    k === '*' ? letters.join(', ') : letters[Number(k) - 1],
  )
  return names.join('') + body + ')[1]'.repeat(names.length)
}
