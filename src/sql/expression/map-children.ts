import type { Expression } from './nodes.js'

/** The expression with each of the expressions directly under it replaced. */
export function mapChildren(expression: Expression, replace: (child: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'call':
      return mapCall(expression, replace)
    case 'lambda':
      return { ...expression, body: replace(expression.body) }
    case 'window':
      return {
        ...expression,
        child: mapCall(expression.child, replace),
        partitionBy: expression.partitionBy.map(replace),
        orderBy: expression.orderBy.map(replace),
      }
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
    case 'variable':
    case 'interval':
    case 'subquery':
      return expression
  }
}

type Call = Extract<Expression, { kind: 'call' }>

function mapCall(call: Call, replace: (child: Expression) => Expression): Call {
  const args = call.args.map(replace)
  return call.filter ? { ...call, args, filter: replace(call.filter) } : { ...call, args }
}
