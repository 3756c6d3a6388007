import { ParamError } from '../errors.js'
import type { TreeStrategy } from './strategy.js'

/**
 * Checks that monotone constraints fit the features and classes.
 * @param arity number of categories of each feature; 0: continuous.
 * @throws ParamError for another number of constraints than features, for one on categories, and for more than two classes.
 */
export function requireMonotone(strategy: TreeStrategy, arity: Int32Array): void {
  const { monotone, numClasses, stage } = strategy
  if (!monotone) return
  const refused = (problem: string, allowed: string, received: string, hint: string): ParamError =>
    new ParamError(problem, { stage, param: 'monotoneConstraints', allowed, received, hint })
  if (monotone.length !== arity.length) {
    throw refused(
      `there are ${monotone.length} monotone constraints and ${arity.length} features`,
      `Allowed: ${arity.length} numbers`,
      `${monotone.length} numbers`,
      'Give one number a feature: 1, -1, or 0 for none.',
    )
  }
  const categorical = monotone.findIndex((direction, f) => direction !== 0 && arity[f] > 0)
  if (categorical >= 0) {
    throw refused(
      `feature ${categorical} is categorical: its values have no order`,
      'Allowed: constraints on continuous features, 0 for categorical ones',
      String(monotone[categorical]),
      'Set its constraint to 0.',
    )
  }
  if (numClasses > 2) {
    throw refused(
      `there are ${numClasses} classes, whose probabilities cannot all rise`,
      'Allowed: numbers, or two classes',
      `${numClasses} classes`,
      'Clear monotoneConstraints, or predict one class against the others.',
    )
  }
}
