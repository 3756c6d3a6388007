export { DecisionTreeRegressionModel, DecisionTreeRegressor } from './decision-tree-regressor.js'
export { LinearRegression, LinearRegressionModel } from './linear-regression.js'
export { LinearRegressionSummary, LinearRegressionTrainingSummary } from './linear-regression-summary.js'
export { RandomForestRegressionModel, RandomForestRegressor } from './random-forest-regressor.js'
