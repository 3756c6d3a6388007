import type { Evaluator } from '../pipeline/evaluator.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import { invalidCall } from './mlflow-error.js'

/** What a candidate must reach. The words are those of MLflow's `MetricThreshold`. */
export interface Gate {
  /** The metric; whether more is better is the evaluator's to say. */
  readonly evaluator: Evaluator
  /** Name in tags and reports. Default: the evaluator's `metricName`. */
  readonly name?: string
  /** What the candidate must reach: at least where more is better, else at most. Default: nothing. */
  readonly threshold?: number
  /** By how much it must be better than the champion, in the metric's unit; less than 0 allows it to be worse. Default 0: not worse. */
  readonly minAbsoluteChange?: number
  /** By which part of the champion's value it must be better: 0.01 is one per cent. Default: nothing. */
  readonly minRelativeChange?: number
}

/** How a candidate did at a gate. */
export interface GateCheck {
  readonly name: string
  readonly candidate: number
  /** Absent when there is no champion. */
  readonly champion?: number
  readonly threshold?: number
  /** By how much it is better than the champion; less than 0 is worse. */
  readonly improvement?: number
  readonly passed: boolean
  /** Why not. */
  readonly reason?: string
}

/** Values of the gates' metrics, in their order. */
export type Measured = readonly number[]

const nameOf = ({ name, evaluator }: Gate): string => name ?? String(evaluator.get('metricName'))

/** @throws MlflowError for gates that are none. */
export function checkGates(gate: Gate | readonly Gate[]): readonly Gate[] {
  const gates = Array.isArray(gate) ? (gate as readonly Gate[]) : [gate as Gate]
  if (gates.length === 0) {
    throw invalidCall('there is no gate', { param: 'gate', hint: 'Give one or more: { evaluator, threshold }.' })
  }
  const names = new Set<string>()
  for (const each of gates) {
    const name = nameOf(each)
    if (names.has(name)) {
      throw invalidCall(`two gates have the name "${name}"`, {
        param: 'gate',
        received: name,
        hint: 'Give each a name.',
      })
    }
    names.add(name)
    for (const key of ['threshold', 'minAbsoluteChange', 'minRelativeChange'] as const) {
      const value = each[key]
      if (value === undefined || Number.isFinite(value)) continue
      throw invalidCall(`${key} of gate "${name}" is ${value}`, { param: key, allowed: 'Allowed: a finite number' })
    }
  }
  return gates
}

/** The metrics of a model on data, which it runs through once. */
export async function measure(
  model: Transformer,
  data: DataFrame,
  gates: readonly Gate[],
  signal?: AbortSignal,
): Promise<Measured> {
  const scored = model.transform(data).cache()
  try {
    const values: number[] = []
    for (const { evaluator } of gates) values.push(await evaluator.evaluate(scored, { signal }))
    return values
  } finally {
    scored.unpersist()
  }
}

/** How a candidate does at each gate. */
export const checkAll = (gates: readonly Gate[], candidate: Measured, champion?: Measured): GateCheck[] =>
  gates.map((gate, i) => check(gate, candidate[i], champion?.[i]))

function check(gate: Gate, candidate: number, champion: number | undefined): GateCheck {
  const { evaluator, threshold, minAbsoluteChange = 0, minRelativeChange } = gate
  const larger = evaluator.isLargerBetter()
  const improvement = champion === undefined ? undefined : larger ? candidate - champion : champion - candidate
  const reasons = [
    ...(Number.isNaN(candidate) ? ['the metric of the candidate is not a number'] : []),
    ...(threshold !== undefined && !(larger ? candidate >= threshold : candidate <= threshold)
      ? [`${candidate} is ${larger ? 'below' : 'above'} the threshold ${threshold}`]
      : []),
    // A champion whose metric is not a number can be beaten by any number.
    ...(champion !== undefined && !Number.isNaN(champion) ? changeReasons() : []),
  ]
  return {
    name: nameOf(gate),
    candidate,
    ...(champion === undefined ? {} : { champion, improvement }),
    ...(threshold === undefined ? {} : { threshold }),
    passed: reasons.length === 0,
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
  }

  function changeReasons(): string[] {
    const gain = improvement!
    const relative = gain / Math.abs(champion!)
    return [
      ...(gain >= minAbsoluteChange
        ? []
        : [
            `${candidate} against the champion's ${champion} is a gain of ${gain}; ${minAbsoluteChange} or more is needed`,
          ]),
      ...(minRelativeChange === undefined || relative >= minRelativeChange
        ? []
        : [
            `${candidate} is a gain of ${relative} of the champion's ${champion}; ${minRelativeChange} or more is needed`,
          ]),
    ]
  }
}
