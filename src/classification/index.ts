export {
  ClassificationModel,
  classificationModel,
  ProbabilisticClassificationModel,
  probabilisticModel,
} from './classification-model.js'
export { BinaryClassificationSummary, ClassificationSummary, type TrainingSummary } from './classification-summary.js'
export { DecisionTreeClassificationModel, DecisionTreeClassifier } from './decision-tree-classifier.js'
export { GBTClassificationModel, GBTClassifier } from './gbt-classifier.js'
export { LinearSVC, LinearSVCModel } from './linear-svc.js'
export { LinearSVCSummary, LinearSVCTrainingSummary } from './linear-svc-summary.js'
export { LogisticRegression, LogisticRegressionModel } from './logistic-regression.js'
export {
  BinaryLogisticRegressionSummary,
  BinaryLogisticRegressionTrainingSummary,
  LogisticRegressionSummary,
  LogisticRegressionTrainingSummary,
} from './logistic-regression-summary.js'
export { OneVsRest, OneVsRestModel } from './one-vs-rest.js'
export {
  BinaryRandomForestClassificationSummary,
  BinaryRandomForestClassificationTrainingSummary,
  RandomForestClassificationSummary,
  RandomForestClassificationTrainingSummary,
} from './random-forest-classification-summary.js'
export { RandomForestClassificationModel, RandomForestClassifier } from './random-forest-classifier.js'
