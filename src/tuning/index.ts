export { CrossValidator, CrossValidatorModel } from './cross-validator.js'
export { ParamGridBuilder } from './param-grid-builder.js'
export { TrainValidationSplit, TrainValidationSplitModel } from './train-validation-split.js'
