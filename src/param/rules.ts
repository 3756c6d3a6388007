import { ParamError } from '../errors.js'
import type { Params } from './params.js'

/** A condition between parameters of one stage. It throws a ParamError when it does not hold. */
export type Rule = (stage: Params) => void

/**
 * Exactly one group of parameters is used: `singleOrMultiple(['inputCol', 'outputCol'], ['inputCols', 'outputCols'])`.
 * `optional` ones belong to their group, but need not be set (they have a default).
 */
export function singleOrMultiple(single: readonly string[], multiple: readonly string[]): Rule {
  return (stage) => {
    const [one, many] = [single[0], multiple[0]]
    if (stage.isSet(one) && stage.isSet(many)) {
      throw new ParamError(`both "${one}" and "${many}" are set`, {
        stage: stage.uid,
        param: one,
        allowed: `Set "${one}" for one column or "${many}" for several, not both`,
        received: `${one} and ${many}`,
        hint: `Forget one of them: clear("${one}") or clear("${many}").`,
      })
    }
    const used = stage.isSet(many) ? multiple : single
    const unused = stage.isSet(many) ? single : multiple
    const missing = used.find((name) => !stage.isDefined(name))
    if (missing) {
      throw new ParamError(`parameter "${missing}" is not set`, {
        stage: stage.uid,
        param: missing,
        allowed: `Set ${single.join(' and ')} for one column, or ${multiple.join(' and ')} for several`,
        received: 'nothing',
        hint: `Set it: { ${missing}: … }.`,
      })
    }
    const foreign = unused.find((name) => stage.isSet(name))
    if (foreign) {
      throw new ParamError(`parameter "${foreign}" does not go with "${used[0]}"`, {
        stage: stage.uid,
        param: foreign,
        allowed: `Set ${single.join(' and ')} for one column, or ${multiple.join(' and ')} for several`,
        received: foreign,
        hint: `Forget it: clear("${foreign}").`,
      })
    }
  }
}

/** Two array parameters have the same length, where both are set. */
export function sameLength(first: string, second: string): Rule {
  return (stage) => {
    if (!stage.isDefined(first) || !stage.isDefined(second)) return
    const [a, b] = [stage.getOrDefault(first) as unknown[], stage.getOrDefault(second) as unknown[]]
    if (a.length !== b.length) {
      throw new ParamError(`"${first}" has ${a.length} elements and "${second}" has ${b.length}`, {
        stage: stage.uid,
        param: second,
        allowed: 'Both must have the same number of elements',
        received: `${a.length} and ${b.length}`,
        hint: `Give "${second}" one element for each of "${first}".`,
      })
    }
  }
}

/** One number is below another. */
export function isBelow(lower: string, upper: string): Rule {
  return (stage) => {
    const [low, high] = [stage.getOrDefault(lower) as number, stage.getOrDefault(upper) as number]
    if (low < high) return
    throw new ParamError(`"${lower}" is ${low} and "${upper}" is ${high}`, {
      stage: stage.uid,
      param: lower,
      allowed: `"${lower}" is below "${upper}"`,
      received: `${low} and ${high}`,
      hint: 'Exchange them.',
    })
  }
}
