import type { Expression } from './nodes.js'

/** The expressions directly under an expression. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.args
    case 'case':
      return [...expression.branches.flat(), ...(expression.otherwise ? [expression.otherwise] : [])]
    case 'cast':
    case 'alias':
    case 'sort':
      return [expression.child]
    default:
      return []
  }
}
