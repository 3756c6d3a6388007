export {
  BinaryClassificationSummary,
  ClassificationSummary,
  type TrainingSummary,
} from './classification/classification-summary.js'
export { DecisionTreeClassificationModel, DecisionTreeClassifier } from './classification/decision-tree-classifier.js'
export { GBTClassificationModel, GBTClassifier } from './classification/gbt-classifier.js'
export { LinearSVC, LinearSVCModel } from './classification/linear-svc.js'
export { LinearSVCSummary, LinearSVCTrainingSummary } from './classification/linear-svc-summary.js'
export { LogisticRegression, LogisticRegressionModel } from './classification/logistic-regression.js'
export {
  BinaryLogisticRegressionSummary,
  BinaryLogisticRegressionTrainingSummary,
  LogisticRegressionSummary,
  LogisticRegressionTrainingSummary,
} from './classification/logistic-regression-summary.js'
export { OneVsRest, OneVsRestModel } from './classification/one-vs-rest.js'
export {
  BinaryRandomForestClassificationSummary,
  BinaryRandomForestClassificationTrainingSummary,
  RandomForestClassificationSummary,
  RandomForestClassificationTrainingSummary,
} from './classification/random-forest-classification-summary.js'
export { RandomForestClassificationModel, RandomForestClassifier } from './classification/random-forest-classifier.js'
export {
  DataError,
  EngineError,
  type ErrorDetails,
  NotFittedError,
  ParamError,
  ParseError,
  PersistenceError,
  RidgelineError,
  SchemaError,
  UnsupportedError,
} from './errors.js'
export { BinaryClassificationEvaluator } from './evaluation/binary-classification-evaluator.js'
export { MulticlassClassificationEvaluator } from './evaluation/multiclass-classification-evaluator.js'
export { RegressionEvaluator } from './evaluation/regression-evaluator.js'
export { Binarizer } from './feature/binarizer.js'
export {
  BucketedRandomProjectionLSH,
  BucketedRandomProjectionLSHModel,
} from './feature/bucketed-random-projection-lsh.js'
export { Bucketizer } from './feature/bucketizer.js'
export { CalendarFeatures } from './feature/calendar-features.js'
export { ChiSqSelector, ChiSqSelectorModel } from './feature/chi-sq-selector.js'
export { CountVectorizer, CountVectorizerModel } from './feature/count-vectorizer.js'
export { DCT } from './feature/dct.js'
export { ElementwiseProduct } from './feature/elementwise-product.js'
export { ExpressionTransformer } from './feature/expression-transformer.js'
export { FeatureHasher } from './feature/feature-hasher.js'
export { ResolvedFormula } from './feature/formula.js'
export { HashingTF } from './feature/hashing-tf.js'
export { IDF, IDFModel } from './feature/idf.js'
export { Imputer, ImputerModel } from './feature/imputer.js'
export { IndexToString } from './feature/index-to-string.js'
export { Interaction } from './feature/interaction.js'
export { MaxAbsScaler, MaxAbsScalerModel } from './feature/max-abs-scaler.js'
export { MinHashLSH, MinHashLSHModel } from './feature/min-hash-lsh.js'
export { MinMaxScaler, MinMaxScalerModel } from './feature/min-max-scaler.js'
export { NGram } from './feature/ngram.js'
export { Normalizer } from './feature/normalizer.js'
export { OneHotEncoder, OneHotEncoderModel } from './feature/one-hot-encoder.js'
export { PCA, PCAModel } from './feature/pca.js'
export { PolynomialExpansion } from './feature/polynomial-expansion.js'
export { QuantileDiscretizer } from './feature/quantile-discretizer.js'
export { RFormula, RFormulaModel } from './feature/r-formula.js'
export { RegexTokenizer } from './feature/regex-tokenizer.js'
export { RobustScaler, RobustScalerModel } from './feature/robust-scaler.js'
export { SQLTransformer } from './feature/sql-transformer.js'
export { StandardScaler, StandardScalerModel } from './feature/standard-scaler.js'
export { StopWordsRemover } from './feature/stop-words-remover.js'
export { StringIndexer, StringIndexerModel } from './feature/string-indexer.js'
export { type CategoryStatistics, TargetEncoder, TargetEncoderModel } from './feature/target-encoder.js'
export { Tokenizer } from './feature/tokenizer.js'
export { UnivariateFeatureSelector, UnivariateFeatureSelectorModel } from './feature/univariate-feature-selector.js'
export { VarianceThresholdSelector, VarianceThresholdSelectorModel } from './feature/variance-threshold-selector.js'
export { VectorAssembler } from './feature/vector-assembler.js'
export { VectorIndexer, VectorIndexerModel } from './feature/vector-indexer.js'
export { VectorSizeHint } from './feature/vector-size-hint.js'
export { VectorSlicer } from './feature/vector-slicer.js'
export { Word2Vec, Word2VecModel } from './feature/word2vec.js'
export { Matrices } from './linalg/matrices.js'
export { DenseMatrix, Matrix, SparseMatrix } from './linalg/matrix.js'
export { DenseVector, SparseVector, Vector } from './linalg/vector.js'
export { Vectors } from './linalg/vectors.js'
export { Param, ParamMap, type ParamPair } from './param/param.js'
export { type LoadOptions, load } from './persistence/load.js'
export { StoreError, type StoreReason } from './persistence/s3/errors.js'
export type { S3ClientLike, StorageOption, StorageOptions } from './persistence/storage-options.js'
export { Estimator, type FitOptions } from './pipeline/estimator.js'
export { Evaluator } from './pipeline/evaluator.js'
export { Model } from './pipeline/model.js'
export { Pipeline, PipelineModel, type PipelineStage } from './pipeline/pipeline.js'
export { Transformer } from './pipeline/transformer.js'
export { DecisionTreeRegressionModel, DecisionTreeRegressor } from './regression/decision-tree-regressor.js'
export { GBTRegressionModel, GBTRegressor } from './regression/gbt-regressor.js'
export { LinearRegression, LinearRegressionModel } from './regression/linear-regression.js'
export { LinearRegressionSummary, LinearRegressionTrainingSummary } from './regression/linear-regression-summary.js'
export { RandomForestRegressionModel, RandomForestRegressor } from './regression/random-forest-regressor.js'
export { DataFrame } from './sql/dataframe.js'
export { Column } from './sql/expression/column.js'
export * as functions from './sql/expression/functions.js'
export { col, expr, lit, when } from './sql/expression/functions.js'
export { Window } from './sql/expression/window.js'
export { DataFrameReader } from './sql/reader.js'
export type { Row } from './sql/row.js'
export { createDataFrame, fromAsync, read, Session } from './sql/session.js'
export {
  ArrayType,
  BooleanType,
  type DataType,
  DateType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  StringType,
  StructField,
  StructType,
  TimestampType,
  VectorUDT,
} from './sql/types.js'
export { ANOVATest } from './stat/anova-test.js'
export { BinaryClassificationMetrics, type Curve } from './stat/binary-classification-metrics.js'
export { ChiSquareTest } from './stat/chi-square-test.js'
export { Correlation } from './stat/correlation.js'
export { FValueTest } from './stat/f-value-test.js'
export { type CumulativeDistribution, KolmogorovSmirnovTest } from './stat/kolmogorov-smirnov-test.js'
export { MulticlassMetrics } from './stat/multiclass-metrics.js'
export { MultivariateGaussian } from './stat/multivariate-gaussian.js'
export { RegressionMetrics } from './stat/regression-metrics.js'
export { Summarizer, SummaryBuilder, type SummaryMetric } from './stat/summarizer.js'
export { CrossValidator, CrossValidatorModel } from './tuning/cross-validator.js'
export { ParamGridBuilder } from './tuning/param-grid-builder.js'
export { TrainValidationSplit, TrainValidationSplitModel } from './tuning/train-validation-split.js'
export { ProgressBar, type ProgressEvent, type ProgressListener } from './util/progress.js'
export { version } from './version.js'
