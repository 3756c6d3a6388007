import { ParamError } from '../errors.js'
import type { Matrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import type { Params } from '../param/params.js'
import { matrixParam, vectorParam } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import type { Bounds } from './logistic-fit.js'

const matrix = (which: string) =>
  matrixParam({
    doc: `the ${which} bounds on coefficients if fitting under bound constrained optimization: a row a class (one row for two classes), a column a feature`,
    expert: true,
  })
const vector = (which: string) =>
  vectorParam({
    doc: `the ${which} bounds on intercepts if fitting under bound constrained optimization: an entry a class (one entry for two classes)`,
    expert: true,
  })

/** Bounds on what a logistic regression learns. */
export const coefficientBounds = {
  lowerBoundsOnCoefficients: matrix('lower'),
  upperBoundsOnCoefficients: matrix('upper'),
  lowerBoundsOnIntercepts: vector('lower'),
  upperBoundsOnIntercepts: vector('upper'),
} as const

const isBounded = (stage: Params): boolean => Object.keys(coefficientBounds).some((name) => stage.isSet(name))

/** Bounds go with an L2 penalty only, and those on intercepts with intercepts. */
export const boundsRule: Rule = (stage) => {
  const elasticNetParam = stage.getOrDefault('elasticNetParam')
  if (isBounded(stage) && elasticNetParam !== 0) {
    throw new ParamError(`"elasticNetParam" is ${elasticNetParam} and there are bounds`, {
      stage: stage.uid,
      param: 'elasticNetParam',
      allowed: 'A fit within bounds has an L2 penalty only: 0',
      received: String(elasticNetParam),
      hint: 'Set elasticNetParam to 0, or clear the bounds.',
    })
  }
  const intercepts = ['lowerBoundsOnIntercepts', 'upperBoundsOnIntercepts'].find((name) => stage.isSet(name))
  if (intercepts && stage.getOrDefault('fitIntercept') === false) {
    throw new ParamError(`"${intercepts}" is set and there is no intercept`, {
      stage: stage.uid,
      param: intercepts,
      allowed: 'Bounds on intercepts need fitIntercept',
      received: 'fitIntercept false',
      hint: `Set fitIntercept to true, or clear("${intercepts}").`,
    })
  }
}

/**
 * The bounds of a stage; undefined where it has none.
 * @param sets number of linear functions.
 * @throws ParamError when they have another shape, or a lower one is above its upper one.
 */
export function boundsOf(stage: Params, sets: number, numFeatures: number): Bounds | undefined {
  if (!isBounded(stage)) return undefined
  const side = (which: 'lower' | 'upper') => {
    const [onCoefficients, onIntercepts] = [`${which}BoundsOnCoefficients`, `${which}BoundsOnIntercepts`]
    const coefficients = setValue<Matrix>(stage, onCoefficients)
    const intercepts = setValue<Vector>(stage, onIntercepts)
    if (coefficients && !(coefficients.numRows === sets && coefficients.numCols === numFeatures)) {
      throw wrongShape(
        stage,
        onCoefficients,
        `${sets} x ${numFeatures}`,
        `${coefficients.numRows} x ${coefficients.numCols}`,
      )
    }
    if (intercepts && intercepts.size !== sets) {
      throw wrongShape(stage, onIntercepts, `${sets}`, `${intercepts.size}`)
    }
    return { coefficients, intercepts }
  }
  const [lower, upper] = [side('lower'), side('upper')]
  requireOrder(stage, 'Coefficients', lower.coefficients?.toArray(), upper.coefficients?.toArray())
  requireOrder(stage, 'Intercepts', lower.intercepts?.toArray(), upper.intercepts?.toArray())
  return { lower: functionsOf(lower), upper: functionsOf(upper) }
}

const setValue = <T>(stage: Params, name: string): T | undefined =>
  stage.isSet(name) ? (stage.getOrDefault(name) as T) : undefined

const functionsOf = ({ coefficients, intercepts }: { coefficients?: Matrix; intercepts?: Vector }) => ({
  coefficient: coefficients && ((set: number, feature: number) => coefficients.get(set, feature)),
  intercept: intercepts && ((set: number) => intercepts.get(set)),
})

const wrongShape = (stage: Params, param: string, allowed: string, received: string): ParamError =>
  new ParamError(`"${param}" is ${received}`, {
    stage: stage.uid,
    param,
    allowed: `Allowed: ${allowed}, a row for each class (one for two classes)`,
    received,
    hint: 'Give bounds in the shape of coefficientMatrix and interceptVector of the model.',
  })

function requireOrder(stage: Params, on: string, lower?: Float64Array, upper?: Float64Array): void {
  const at = lower && upper ? lower.findIndex((bound, i) => !(bound <= upper[i])) : -1
  if (at < 0 || !lower || !upper) return
  throw new ParamError(`a lower bound is ${lower[at]} where the upper one is ${upper[at]}`, {
    stage: stage.uid,
    param: `lowerBoundsOn${on}`,
    allowed: 'Each lower bound is at most its upper bound',
    received: `${lower[at]} > ${upper[at]}`,
    hint: 'Exchange the two.',
  })
}
