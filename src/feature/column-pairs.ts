import { ParamError } from '../errors.js'
import type { Params } from '../param/params.js'
import { type Rule, sameLength, singleOrMultiple } from '../param/rules.js'

/** An input column and the output column that is made of it. */
export interface ColumnPair {
  readonly input: string
  readonly output: string
}

/**
 * Rules of a stage that works on one column (`inputCol`, `outputCol`) or on several (`inputCols`, `outputCols`).
 * @param single further parameter of the single form; `multiple` its counterpart, with one element a column.
 */
export const columnPairRules = (single?: string, multiple?: string): readonly Rule[] => [
  singleOrMultiple(
    ['inputCol', 'outputCol', ...(single ? [single] : [])],
    ['inputCols', 'outputCols', ...(multiple ? [multiple] : [])],
  ),
  sameLength('inputCols', 'outputCols'),
  ...(multiple ? [sameLength('inputCols', multiple)] : []),
]

/**
 * Rules of a stage with a parameter for all of its columns, `common`, in whose place `each` may give one value a column, where
 * there are several.
 */
export const commonOrEachRules = (common: string, each: string): readonly Rule[] => [
  ...columnPairRules(),
  sameLength('inputCols', each),
  (stage) => {
    if (!stage.isSet(each)) return
    const other = isMultiple(stage) ? common : 'inputCol'
    if (!stage.isSet(other)) return
    throw new ParamError(`both "${other}" and "${each}" are set`, {
      stage: stage.uid,
      param: each,
      allowed: `"${common}" is for all columns, "${each}" for each of several`,
      received: `${other} and ${each}`,
      hint: `Forget one of them: clear("${each}").`,
    })
  },
]

/** Whether a stage works on several columns. */
export const isMultiple = (stage: Params): boolean => stage.isSet('inputCols')

/** The columns of a stage, input and output; the rules of the stage were checked before. */
export function columnPairs(stage: Params): ColumnPair[] {
  if (!isMultiple(stage)) {
    return [{ input: stage.getOrDefault('inputCol') as string, output: stage.getOrDefault('outputCol') as string }]
  }
  const outputs = stage.getOrDefault('outputCols') as readonly string[]
  return (stage.getOrDefault('inputCols') as readonly string[]).map((input, k) => ({ input, output: outputs[k] }))
}

/** The end of Spark's text of such a stage: how many columns it has, where it has several. */
export function columnCounts(stage: Params): string {
  const count = (param: string, label: string): string =>
    stage.hasParam(param) && stage.isSet(param) ? `, ${label}=${(stage.get(param) as readonly string[]).length}` : ''
  return count('inputCols', 'numInputCols') + count('outputCols', 'numOutputCols')
}
