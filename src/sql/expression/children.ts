import type { Expression } from './nodes.js'

/** The expressions directly under an expression. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.filter ? [...expression.args, expression.filter] : expression.args
    case 'lambda':
      return [expression.body]
    case 'window':
      // The function itself is not among them: it does not aggregate the rows that the window stands in.
      return [...children(expression.child), ...expression.partitionBy, ...expression.orderBy]
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
