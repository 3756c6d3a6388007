import type { Transformer } from '../../src/pipeline/transformer.js'
import { formScorer, UNKNOWN } from '../../src/scoring/form-scorer.js'
import { programOf } from '../../src/scoring/program.js'
import type { StructType } from '../../src/sql/types.js'
import { frameOf } from './frame.js'

/**
 * Whether a row is scored by forms alone, without a step that runs over columns.
 * @param columns of the output.
 */
export function needsNoColumns(
  stage: Transformer,
  schema: StructType,
  columns: readonly string[],
): (row: object) => boolean {
  const { plan } = stage.transform(frameOf([], schema))
  const program = programOf(plan, schema, { stage: stage.uid, columns, predictors: new Set() })
  let ran = false
  const steps = program.steps.map((step) => {
    const run: typeof step.transform.run = (...given) => {
      ran = true
      return step.transform.run(...given)
    }
    return { ...step, transform: { ...step.transform, run } }
  })
  const score = formScorer({ ...program, steps }, 'array')
  return (row) => {
    ran = false
    const scored = score?.(row as Record<string, unknown>) ?? UNKNOWN
    return !ran && scored !== UNKNOWN
  }
}
