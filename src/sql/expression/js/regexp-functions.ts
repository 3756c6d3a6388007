import { ArrayType, BooleanType, type DataType, IntegerType, StringType } from '../../types.js'
import { groupOf, type Pattern, patternOf, replaceMatches, splitBy } from '../regex.js'
import { remembered } from '../rows/cell.js'
import { type JsFunction, jsFunction } from './js-function.js'

/** A function of a text and a pattern of java.util.regex, which is translated once where it does not change. */
function byPattern<T extends readonly never[]>(
  name: string,
  takes: readonly DataType[],
  gives: DataType,
  use: (pattern: Pattern, text: string, ...rest: T) => unknown,
): JsFunction {
  const find = remembered(patternOf)
  return jsFunction(name, [StringType, StringType, ...takes], gives, (text: string, pattern: string, ...rest: T) => {
    const known = find(pattern)
    known.regex.lastIndex = 0
    return use(known, text, ...rest)
  })
}

/** Where a number of code points ends, in units of 16 bits. */
const unitsOf = (text: string, points: number): number => [...text].slice(0, points).join('').length

/** Functions of regular expressions by Java's rules, for what the engine's do not have. */
export const REGEXP_FUNCTIONS: readonly JsFunction[] = [
  byPattern('regexp_matches', [], BooleanType, ({ regex }, text) => regex.test(text)),
  byPattern('regexp_replace', [StringType, IntegerType], StringType, (pattern, text, by: string, position: number) =>
    replaceMatches(pattern, text, by, unitsOf(text, position - 1)),
  ),
  byPattern('regexp_extract', [IntegerType], StringType, (pattern, text, group: number) => {
    const match = pattern.regex.exec(text)
    return match ? groupOf(match, pattern, group) : ''
  }),
  byPattern('regexp_extract_all', [IntegerType], ArrayType(StringType), (pattern, text, group: number) =>
    [...text.matchAll(pattern.regex)].map((match) => groupOf(match, pattern, group)),
  ),
  byPattern('regexp_instr', [], IntegerType, ({ regex }, text) => {
    const match = regex.exec(text)
    return match ? [...text.slice(0, match.index)].length + 1 : 0
  }),
  byPattern('split', [IntegerType], ArrayType(StringType), splitBy),
]
