import { ParamError } from '../errors.js'
import type { Rule } from './rules.js'

/** Waiting for a better loss needs rows to judge by. */
export const patienceRule: Rule = (stage) => {
  const validates = stage.isDefined('validationIndicatorCol') && stage.getOrDefault('validationIndicatorCol') !== ''
  if (!stage.isSet('patience') || validates) return
  throw new ParamError('"patience" is set without "validationIndicatorCol"', {
    stage: stage.uid,
    param: 'patience',
    allowed: 'Allowed only with rows that validate',
    received: String(stage.get('patience')),
    hint: 'Name the column that tells which rows validate: setValidationIndicatorCol(name).',
  })
}
