import { ParamError } from '../errors.js'
import type { Params } from './params.js'
import type { Rule } from './rules.js'

const isUsed = (stage: Params, name: string): boolean => stage.isDefined(name) && stage.getOrDefault(name) !== ''

/** Waiting for a better loss needs rows to judge by. */
export const patienceRule: Rule = (stage) => {
  if (!stage.isSet('patience') || isUsed(stage, 'validationIndicatorCol')) return
  throw new ParamError('"patience" is set without "validationIndicatorCol"', {
    stage: stage.uid,
    param: 'patience',
    allowed: 'Allowed only with rows that validate',
    received: String(stage.get('patience')),
    hint: 'Name the column that tells which rows validate: setValidationIndicatorCol(name).',
  })
}

/** A quantile has a loss of its own, and its leaves take no account of monotone constraints. */
export const quantileRule: Rule = (stage) => {
  const quantile = stage.isSet('quantile') ? 'quantile' : isUsed(stage, 'intervalCol') ? 'intervalCol' : undefined
  const other = stage.isSet('monotoneConstraints') ? 'monotoneConstraints' : 'lossType'
  if (!quantile || !stage.isSet(other) || (quantile === 'intervalCol' && other === 'lossType')) return
  throw new ParamError(`"${quantile}" and "${other}" are both set`, {
    stage: stage.uid,
    param: quantile,
    allowed: `Allowed: quantiles without ${other}`,
    received: `${quantile} and ${other}`,
    hint: `Forget one of them: clear("${quantile}") or clear("${other}").`,
  })
}

/** An interval has a column and a probability. */
export const intervalRule: Rule = (stage) => {
  const column = isUsed(stage, 'intervalCol')
  if (column === stage.isSet('intervalLevel')) return
  const [given, missing] = column ? ['intervalCol', 'intervalLevel'] : ['intervalLevel', 'intervalCol']
  throw new ParamError(`"${given}" is set without "${missing}"`, {
    stage: stage.uid,
    param: missing,
    allowed: 'An interval needs a column and a probability',
    received: 'nothing',
    hint: `Set it: { ${missing}: … }.`,
  })
}
