import type { PersistableClass } from './persistence/persistable.js'

/** A file of the library that exports classes. */
type StageFile = () => Promise<object>

/**
 * Every class of the library that can be saved and loaded, and its file: an explicit list, alphabetical inside each folder. A file is imported when a model holds one
 * of its classes, so that a service which scores a linear model reads neither classifiers nor tuners.
 */
export const registry = {
  // pipeline
  Pipeline: () => import('./pipeline/pipeline.js'),
  PipelineModel: () => import('./pipeline/pipeline.js'),
  // feature
  Binarizer: () => import('./feature/binarizer.js'),
  BucketedRandomProjectionLSH: () => import('./feature/bucketed-random-projection-lsh.js'),
  BucketedRandomProjectionLSHModel: () => import('./feature/bucketed-random-projection-lsh.js'),
  Bucketizer: () => import('./feature/bucketizer.js'),
  CalendarFeatures: () => import('./feature/calendar-features.js'),
  ChiSqSelector: () => import('./feature/chi-sq-selector.js'),
  ChiSqSelectorModel: () => import('./feature/chi-sq-selector.js'),
  CountVectorizer: () => import('./feature/count-vectorizer.js'),
  CountVectorizerModel: () => import('./feature/count-vectorizer.js'),
  DCT: () => import('./feature/dct.js'),
  ElementwiseProduct: () => import('./feature/elementwise-product.js'),
  ExpressionTransformer: () => import('./feature/expression-transformer.js'),
  FeatureHasher: () => import('./feature/feature-hasher.js'),
  HashingTF: () => import('./feature/hashing-tf.js'),
  IDF: () => import('./feature/idf.js'),
  IDFModel: () => import('./feature/idf.js'),
  Imputer: () => import('./feature/imputer.js'),
  ImputerModel: () => import('./feature/imputer.js'),
  IndexToString: () => import('./feature/index-to-string.js'),
  Interaction: () => import('./feature/interaction.js'),
  MaxAbsScaler: () => import('./feature/max-abs-scaler.js'),
  MaxAbsScalerModel: () => import('./feature/max-abs-scaler.js'),
  MinHashLSH: () => import('./feature/min-hash-lsh.js'),
  MinHashLSHModel: () => import('./feature/min-hash-lsh.js'),
  MinMaxScaler: () => import('./feature/min-max-scaler.js'),
  MinMaxScalerModel: () => import('./feature/min-max-scaler.js'),
  NGram: () => import('./feature/ngram.js'),
  Normalizer: () => import('./feature/normalizer.js'),
  OneHotEncoder: () => import('./feature/one-hot-encoder.js'),
  OneHotEncoderModel: () => import('./feature/one-hot-encoder.js'),
  PCA: () => import('./feature/pca.js'),
  PCAModel: () => import('./feature/pca.js'),
  PolynomialExpansion: () => import('./feature/polynomial-expansion.js'),
  QuantileDiscretizer: () => import('./feature/quantile-discretizer.js'),
  RegexTokenizer: () => import('./feature/regex-tokenizer.js'),
  RFormula: () => import('./feature/r-formula.js'),
  RFormulaModel: () => import('./feature/r-formula.js'),
  RobustScaler: () => import('./feature/robust-scaler.js'),
  RobustScalerModel: () => import('./feature/robust-scaler.js'),
  SQLTransformer: () => import('./feature/sql-transformer.js'),
  StandardScaler: () => import('./feature/standard-scaler.js'),
  StandardScalerModel: () => import('./feature/standard-scaler.js'),
  StopWordsRemover: () => import('./feature/stop-words-remover.js'),
  StringIndexer: () => import('./feature/string-indexer.js'),
  StringIndexerModel: () => import('./feature/string-indexer.js'),
  TargetEncoder: () => import('./feature/target-encoder.js'),
  TargetEncoderModel: () => import('./feature/target-encoder.js'),
  Tokenizer: () => import('./feature/tokenizer.js'),
  UnivariateFeatureSelector: () => import('./feature/univariate-feature-selector.js'),
  UnivariateFeatureSelectorModel: () => import('./feature/univariate-feature-selector.js'),
  VarianceThresholdSelector: () => import('./feature/variance-threshold-selector.js'),
  VarianceThresholdSelectorModel: () => import('./feature/variance-threshold-selector.js'),
  VectorAssembler: () => import('./feature/vector-assembler.js'),
  VectorIndexer: () => import('./feature/vector-indexer.js'),
  VectorIndexerModel: () => import('./feature/vector-indexer.js'),
  VectorSizeHint: () => import('./feature/vector-size-hint.js'),
  VectorSlicer: () => import('./feature/vector-slicer.js'),
  Word2Vec: () => import('./feature/word2vec.js'),
  Word2VecModel: () => import('./feature/word2vec.js'),
  // classification
  DecisionTreeClassificationModel: () => import('./classification/decision-tree-classifier.js'),
  DecisionTreeClassifier: () => import('./classification/decision-tree-classifier.js'),
  GBTClassificationModel: () => import('./classification/gbt-classifier.js'),
  GBTClassifier: () => import('./classification/gbt-classifier.js'),
  LinearSVC: () => import('./classification/linear-svc.js'),
  LinearSVCModel: () => import('./classification/linear-svc.js'),
  LogisticRegression: () => import('./classification/logistic-regression.js'),
  LogisticRegressionModel: () => import('./classification/logistic-regression.js'),
  OneVsRest: () => import('./classification/one-vs-rest.js'),
  OneVsRestModel: () => import('./classification/one-vs-rest.js'),
  RandomForestClassificationModel: () => import('./classification/random-forest-classifier.js'),
  RandomForestClassifier: () => import('./classification/random-forest-classifier.js'),
  // regression
  DecisionTreeRegressionModel: () => import('./regression/decision-tree-regressor.js'),
  DecisionTreeRegressor: () => import('./regression/decision-tree-regressor.js'),
  GBTRegressionModel: () => import('./regression/gbt-regressor.js'),
  GBTRegressor: () => import('./regression/gbt-regressor.js'),
  LinearRegression: () => import('./regression/linear-regression.js'),
  LinearRegressionModel: () => import('./regression/linear-regression.js'),
  RandomForestRegressionModel: () => import('./regression/random-forest-regressor.js'),
  RandomForestRegressor: () => import('./regression/random-forest-regressor.js'),
  // evaluation
  BinaryClassificationEvaluator: () => import('./evaluation/binary-classification-evaluator.js'),
  MulticlassClassificationEvaluator: () => import('./evaluation/multiclass-classification-evaluator.js'),
  RegressionEvaluator: () => import('./evaluation/regression-evaluator.js'),
  // tuning
  CrossValidator: () => import('./tuning/cross-validator.js'),
  CrossValidatorModel: () => import('./tuning/cross-validator.js'),
  TrainValidationSplit: () => import('./tuning/train-validation-split.js'),
  TrainValidationSplitModel: () => import('./tuning/train-validation-split.js'),
} satisfies Readonly<Record<string, StageFile>>

/** Stages that other stages are made of: saved inside them, and not part of the library's interface. */
export const innerStages = {
  ColumnPruner: () => import('./feature/encoded-columns.js'),
  VectorAttributeRewriter: () => import('./feature/encoded-columns.js'),
} satisfies Readonly<Record<string, StageFile>>

const files: Readonly<Record<string, StageFile>> = { ...registry, ...innerStages }

/** Names of all classes of the library, as Spark writes them without their package. */
export const classNames: readonly string[] = Object.keys(files)

/** The class of a name, whose file is imported; undefined when the library has none. */
export async function importClass(name: string): Promise<PersistableClass | undefined> {
  if (!Object.hasOwn(files, name)) return undefined
  const file = (await files[name]()) as Readonly<Record<string, PersistableClass>>
  return file[name]
}
