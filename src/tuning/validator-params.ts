import { ParamError } from '../errors.js'
import { rule } from '../param/constraint.js'
import { ParamMap } from '../param/param.js'
import type { Params } from '../param/params.js'
import type { ParamRow } from '../param/row.js'
import { nestedStages } from '../persistence/nested.js'
import { Estimator } from '../pipeline/estimator.js'
import { Evaluator } from '../pipeline/evaluator.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { StructType } from '../sql/types.js'

const estimator: ParamRow<Estimator<Transformer>> = {
  kind: 'stage',
  doc: 'estimator for selection',
  constraint: rule('an estimator', (v) => v instanceof Estimator, ['?', {}, null]),
}

const evaluator: ParamRow<Evaluator> = {
  kind: 'stage',
  doc: 'evaluator used to select hyper-parameters that maximize the validated metric',
  constraint: rule('an evaluator', (v) => v instanceof Evaluator, ['?', {}, null]),
}

const estimatorParamMaps: ParamRow<readonly ParamMap[]> = {
  kind: 'paramMaps',
  doc: 'param maps for the estimator',
  constraint: rule(
    'an array of one or more ParamMaps',
    (v) => Array.isArray(v) && v.length > 0 && v.every((map) => map instanceof ParamMap),
    ['?', [], [{}]],
  ),
}

/** Parameters that all tuners share (Spark's `ValidatorParams`). */
export const validatorParams = { estimator, estimatorParamMaps, evaluator } as const

/** A tuner, as what its parameters say it tries: an estimator, maps of parameters for it, and the measure of the models. */
export interface Validator extends Params {
  getEstimator(): Estimator<Transformer>
  getEstimatorParamMaps(): readonly ParamMap[]
  getEvaluator(): Evaluator
}

/**
 * Schema of what the best model will make, after a check of every candidate; that of the first map, as in Spark.
 * @throws ParamError when a map names a stage outside the estimator: such a value would change nothing. ParamError and SchemaError of
 * the candidates.
 */
export function candidateSchema(tuner: Validator, schema: StructType): StructType {
  const schemas = tuner.getEstimatorParamMaps().map((map, i) => {
    const candidate = tuner.getEstimator().copy(map)
    const stages = [...nestedStages(candidate)]
    const foreign = map.toArray().find(({ param }) => !stages.some((stage) => stage.uid === param.parent))
    if (foreign) {
      throw new ParamError(`map ${i} sets "${foreign.param.name}" of ${foreign.param.parent}, which is not tuned`, {
        stage: tuner.uid,
        param: 'estimatorParamMaps',
        allowed: `Allowed: parameters of ${stages.map((stage) => stage.uid).join(', ')}`,
        received: foreign.param.toString(),
        hint: 'Build the grid from the handles of the very stages that the estimator holds.',
      })
    }
    return candidate.transformSchema(schema)
  })
  return schemas[0]
}
