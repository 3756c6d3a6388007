export { LinearRegression, LinearRegressionModel } from './linear-regression.js'
export { LinearRegressionSummary, LinearRegressionTrainingSummary } from './linear-regression-summary.js'
