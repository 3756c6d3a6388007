import type { Expression } from './nodes.js'

/** Text by which equal expressions are known; the case of names does not count. */
export function identity(expression: Expression): string {
  return JSON.stringify(expression, function (key, value) {
    if (typeof value === 'bigint') return `${value}n`
    return key === 'name' && this.kind !== 'alias' ? value.toLowerCase() : value
  })
}
