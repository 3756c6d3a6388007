import type { Expression } from './nodes.js'

/** The expression with each of the expressions directly under it replaced. */
export function mapChildren(expression: Expression, replace: (child: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'call':
      return { ...expression, args: expression.args.map(replace) }
    case 'case': {
      const branches = expression.branches.map(([when, then]) => [replace(when), replace(then)] as const)
      return expression.otherwise === undefined
        ? { kind: 'case', branches }
        : { kind: 'case', branches, otherwise: replace(expression.otherwise) }
    }
    case 'cast':
    case 'alias':
    case 'sort':
      return { ...expression, child: replace(expression.child) }
    case 'attribute':
    case 'star':
    case 'literal':
      return expression
  }
}
