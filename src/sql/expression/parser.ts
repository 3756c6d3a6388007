import { ParamError } from '../../errors.js'
import { shortText } from '../../util/names.js'
import { StringType } from '../types.js'
import { ExpressionParser } from './expression-parser.js'
import { parseError } from './lexer.js'
import { literal } from './literal.js'
import type { Expression } from './nodes.js'

/**
 * Reads a Spark SQL expression, perhaps with `AS name`. Differs from Spark: a number with a point and no suffix (`1.5`) is a double
 * instead of a decimal, as with a D suffix.
 * @throws ParseError with the line, the position and a caret; UnsupportedError for subqueries, named windows and named arguments.
 */
export const parseExpression = (text: string): Expression => new ExpressionParser(text).parseAll()

/**
 * Reads the name of a column as `col` takes it: parts with dots between (a field of a struct), and backticks around a part that
 * has dots itself. @throws ParseError for a backtick without its end or an empty part; ParamError for what is no text.
 */
export function parseColumnName(name: string): Expression {
  if (typeof name !== 'string') {
    throw new ParamError(`the name of a column is ${shortText(name)}`, {
      stage: 'col',
      param: 'name',
      allowed: 'Allowed: a string',
      received: shortText(name),
      hint: 'Write a value as lit(3)',
    })
  }
  if (!/^(?:`(?:[^`]|``)+`|[^.`]+)(?:\.(?:`(?:[^`]|``)+`|[^.`]+))*$/.test(name)) {
    throw parseError('not a name of a column', name, 0, 'Parts have a dot between; put a part with a dot in backticks')
  }
  const [first, ...fields] = (name.match(/`(?:[^`]|``)+`|[^.`]+/g) ?? []).map((part) =>
    part.startsWith('`') ? part.slice(1, -1).replaceAll('``', '`') : part,
  )
  return fields.reduce<Expression>(
    (struct, field) => ({ kind: 'call', name: '.', args: [struct, literal(field, StringType)] }),
    {
      kind: 'attribute',
      name: first,
    },
  )
}
