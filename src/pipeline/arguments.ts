import { ParamError } from '../errors.js'
import { ParamMap } from '../param/param.js'
import type { Params } from '../param/params.js'
import { type DanfoDataFrame, isDanfo } from '../sql/danfo.js'
import { DataFrame } from '../sql/dataframe.js'
import { createDataFrame } from '../sql/session.js'
import { knownNames, shortText } from '../util/names.js'
import type { FitOptions } from './estimator.js'

/** What stages take as data. */
export type FrameInput = DataFrame | DanfoDataFrame

const OPTIONS = ['signal', 'onProgress', 'profile']

/** The argument as a frame, which is made of a danfo DataFrame. @throws ParamError when it is neither. */
export function frameOf(stage: Params, data: unknown): DataFrame {
  if (data instanceof DataFrame) return data
  if (isDanfo(data)) return createDataFrame(data)
  throw new ParamError(`the data is ${shortText(data)}`, {
    stage: stage.uid,
    param: 'data',
    allowed: 'Allowed: a DataFrame, or one of danfo',
    received: shortText(data),
    hint: 'createDataFrame(rows) makes a frame of JavaScript rows or columns.',
  })
}

/** @throws ParamError when the argument is no ParamMap. */
export function requireParamMap(stage: Params, extra: unknown): void {
  if (extra instanceof ParamMap) return
  throw new ParamError(`the extra parameters are ${shortText(extra)}`, {
    stage: stage.uid,
    param: 'extra',
    allowed: 'Allowed: a ParamMap',
    received: shortText(extra),
    hint: 'Write new ParamMap().put(stage.someParam, value).',
  })
}

/** @throws ParamError when the argument is no object of options, holds an unknown one, or one of a wrong kind. */
export function requireOptions(stage: Params, options: unknown): void {
  const refused = (problem: string, param: string, allowed: string, received: unknown): ParamError =>
    new ParamError(problem, {
      stage: stage.uid,
      param,
      allowed,
      received: shortText(received),
      hint: 'Values of parameters go into a ParamMap: new ParamMap().put(stage.someParam, value).',
    })
  if (typeof options !== 'object' || options === null) {
    throw refused(
      `the options are ${shortText(options)}`,
      'options',
      'Allowed: { signal, onProgress, profile }',
      options,
    )
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw refused(`option "${unknown}" does not exist`, unknown, knownNames('options', unknown, OPTIONS), unknown)
  }
  const { signal, onProgress, profile } = options as FitOptions
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw refused(`option "signal" is ${shortText(signal)}`, 'signal', 'Allowed: an AbortSignal', signal)
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw refused(`option "onProgress" is ${shortText(onProgress)}`, 'onProgress', 'Allowed: a function', onProgress)
  }
  if (profile !== undefined && typeof profile !== 'boolean') {
    throw refused(`option "profile" is ${shortText(profile)}`, 'profile', 'Allowed: true or false', profile)
  }
}
