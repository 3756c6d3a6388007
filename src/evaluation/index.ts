export { RegressionMetrics } from '../stat/regression-metrics.js'
export { RegressionEvaluator } from './regression-evaluator.js'
