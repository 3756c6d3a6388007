export {
  ClassificationModel,
  classificationModel,
  ProbabilisticClassificationModel,
  probabilisticModel,
} from './classification-model.js'
