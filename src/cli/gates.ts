import { BinaryClassificationEvaluator } from '../evaluation/binary-classification-evaluator.js'
import { MulticlassClassificationEvaluator } from '../evaluation/multiclass-classification-evaluator.js'
import { RegressionEvaluator } from '../evaluation/regression-evaluator.js'
import type { Evaluator } from '../pipeline/evaluator.js'
import type { Gate } from '../tracking/gate.js'
import { type CliArguments, UsageError } from './command.js'

const EVALUATORS = [RegressionEvaluator, BinaryClassificationEvaluator, MulticlassClassificationEvaluator]

/** The metrics of all evaluators. */
const metricNames = (): string =>
  EVALUATORS.map(({ params }) => params.metricName.constraint?.text.replace('one of ', '').replaceAll('"', '')).join(
    ', ',
  )

/** The evaluator that has a metric, with the columns that were asked for. */
function evaluatorOf(metric: string, args: CliArguments): Evaluator {
  const found = EVALUATORS.find(({ params }) => params.metricName.constraint?.ok(metric))
  if (!found) throw new UsageError(`--gate names the metric "${metric}". Known metrics: ${metricNames()}`, 'promote')
  const evaluator = new found({ metricName: metric as never })
  const columns = {
    labelCol: args.text('label'),
    predictionCol: args.text('prediction'),
    weightCol: args.text('weight'),
  }
  for (const [name, column] of Object.entries(columns)) {
    // An evaluator of raw predictions has no such column.
    if (column !== undefined && evaluator.hasParam(name)) evaluator.set({ [name]: column } as never)
  }
  return evaluator
}

const finite = (text: string, option: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new UsageError(`--${option} is "${text}". Allowed: a number`, 'promote')
}

/**
 * The gates of the command line: `rmse`, `rmse<=2.5`, `r2>=0.8`.
 * @throws UsageError for an unknown metric, and a comparison that does not fit it.
 */
export function gatesOf(args: CliArguments): Gate[] {
  const [absolute, relative] = ['min-change', 'min-relative-change'].map((name) => {
    const text = args.text(name)
    return text === undefined ? undefined : finite(text, name)
  })
  return args.texts('gate').map((text) => {
    const [, metric, sign, bound] = /^\s*(\w+)\s*(?:(<=|>=)(.*))?$/.exec(text) ?? []
    if (metric === undefined) {
      throw new UsageError(`--gate is "${text}". Allowed: METRIC, METRIC<=NUMBER, METRIC>=NUMBER`, 'promote')
    }
    const evaluator = evaluatorOf(metric, args)
    const fitting = evaluator.isLargerBetter() ? '>=' : '<='
    if (sign !== undefined && sign !== fitting) {
      const which = evaluator.isLargerBetter() ? 'larger' : 'smaller'
      throw new UsageError(
        `--gate is "${text}", but ${metric} is better when it is ${which}: ${metric}${fitting}${bound}`,
        'promote',
      )
    }
    return {
      evaluator,
      ...(bound === undefined ? {} : { threshold: finite(bound, 'gate') }),
      ...(absolute === undefined ? {} : { minAbsoluteChange: absolute }),
      ...(relative === undefined ? {} : { minRelativeChange: relative }),
    }
  })
}
