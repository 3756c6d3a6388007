import { DecisionTreeClassificationModel, DecisionTreeClassifier } from './classification/decision-tree-classifier.js'
import { GBTClassificationModel, GBTClassifier } from './classification/gbt-classifier.js'
import { LinearSVC, LinearSVCModel } from './classification/linear-svc.js'
import { LogisticRegression, LogisticRegressionModel } from './classification/logistic-regression.js'
import { OneVsRest, OneVsRestModel } from './classification/one-vs-rest.js'
import { RandomForestClassificationModel, RandomForestClassifier } from './classification/random-forest-classifier.js'
import { BinaryClassificationEvaluator } from './evaluation/binary-classification-evaluator.js'
import { MulticlassClassificationEvaluator } from './evaluation/multiclass-classification-evaluator.js'
import { RegressionEvaluator } from './evaluation/regression-evaluator.js'
import { Binarizer } from './feature/binarizer.js'
import {
  BucketedRandomProjectionLSH,
  BucketedRandomProjectionLSHModel,
} from './feature/bucketed-random-projection-lsh.js'
import { Bucketizer } from './feature/bucketizer.js'
import { CalendarFeatures } from './feature/calendar-features.js'
import { ChiSqSelector, ChiSqSelectorModel } from './feature/chi-sq-selector.js'
import { CountVectorizer, CountVectorizerModel } from './feature/count-vectorizer.js'
import { DCT } from './feature/dct.js'
import { ElementwiseProduct } from './feature/elementwise-product.js'
import { ColumnPruner, VectorAttributeRewriter } from './feature/encoded-columns.js'
import { ExpressionTransformer } from './feature/expression-transformer.js'
import { FeatureHasher } from './feature/feature-hasher.js'
import { HashingTF } from './feature/hashing-tf.js'
import { IDF, IDFModel } from './feature/idf.js'
import { Imputer, ImputerModel } from './feature/imputer.js'
import { IndexToString } from './feature/index-to-string.js'
import { Interaction } from './feature/interaction.js'
import { MaxAbsScaler, MaxAbsScalerModel } from './feature/max-abs-scaler.js'
import { MinHashLSH, MinHashLSHModel } from './feature/min-hash-lsh.js'
import { MinMaxScaler, MinMaxScalerModel } from './feature/min-max-scaler.js'
import { NGram } from './feature/ngram.js'
import { Normalizer } from './feature/normalizer.js'
import { OneHotEncoder, OneHotEncoderModel } from './feature/one-hot-encoder.js'
import { PCA, PCAModel } from './feature/pca.js'
import { PolynomialExpansion } from './feature/polynomial-expansion.js'
import { QuantileDiscretizer } from './feature/quantile-discretizer.js'
import { RFormula, RFormulaModel } from './feature/r-formula.js'
import { RegexTokenizer } from './feature/regex-tokenizer.js'
import { RobustScaler, RobustScalerModel } from './feature/robust-scaler.js'
import { SQLTransformer } from './feature/sql-transformer.js'
import { StandardScaler, StandardScalerModel } from './feature/standard-scaler.js'
import { StopWordsRemover } from './feature/stop-words-remover.js'
import { StringIndexer, StringIndexerModel } from './feature/string-indexer.js'
import { TargetEncoder, TargetEncoderModel } from './feature/target-encoder.js'
import { Tokenizer } from './feature/tokenizer.js'
import { UnivariateFeatureSelector, UnivariateFeatureSelectorModel } from './feature/univariate-feature-selector.js'
import { VarianceThresholdSelector, VarianceThresholdSelectorModel } from './feature/variance-threshold-selector.js'
import { VectorAssembler } from './feature/vector-assembler.js'
import { VectorIndexer, VectorIndexerModel } from './feature/vector-indexer.js'
import { VectorSizeHint } from './feature/vector-size-hint.js'
import { VectorSlicer } from './feature/vector-slicer.js'
import { Word2Vec, Word2VecModel } from './feature/word2vec.js'
import type { PersistableClass } from './persistence/persistable.js'
import { Pipeline, PipelineModel } from './pipeline/pipeline.js'
import { DecisionTreeRegressionModel, DecisionTreeRegressor } from './regression/decision-tree-regressor.js'
import { GBTRegressionModel, GBTRegressor } from './regression/gbt-regressor.js'
import { LinearRegression, LinearRegressionModel } from './regression/linear-regression.js'
import { RandomForestRegressionModel, RandomForestRegressor } from './regression/random-forest-regressor.js'
import { CrossValidator, CrossValidatorModel } from './tuning/cross-validator.js'
import { TrainValidationSplit, TrainValidationSplitModel } from './tuning/train-validation-split.js'

/** Every class of the library that can be saved and loaded: an explicit list, alphabetical inside each folder. */
export const registry: readonly PersistableClass[] = [
  // pipeline
  Pipeline,
  PipelineModel,
  // feature
  Binarizer,
  BucketedRandomProjectionLSH,
  BucketedRandomProjectionLSHModel,
  Bucketizer,
  CalendarFeatures,
  ChiSqSelector,
  ChiSqSelectorModel,
  CountVectorizer,
  CountVectorizerModel,
  DCT,
  ElementwiseProduct,
  ExpressionTransformer,
  FeatureHasher,
  HashingTF,
  IDF,
  IDFModel,
  Imputer,
  ImputerModel,
  IndexToString,
  Interaction,
  MaxAbsScaler,
  MaxAbsScalerModel,
  MinHashLSH,
  MinHashLSHModel,
  MinMaxScaler,
  MinMaxScalerModel,
  NGram,
  Normalizer,
  OneHotEncoder,
  OneHotEncoderModel,
  PCA,
  PCAModel,
  PolynomialExpansion,
  QuantileDiscretizer,
  RegexTokenizer,
  RFormula,
  RFormulaModel,
  RobustScaler,
  RobustScalerModel,
  SQLTransformer,
  StandardScaler,
  StandardScalerModel,
  StopWordsRemover,
  StringIndexer,
  StringIndexerModel,
  TargetEncoder,
  TargetEncoderModel,
  Tokenizer,
  UnivariateFeatureSelector,
  UnivariateFeatureSelectorModel,
  VarianceThresholdSelector,
  VarianceThresholdSelectorModel,
  VectorAssembler,
  VectorIndexer,
  VectorIndexerModel,
  VectorSizeHint,
  VectorSlicer,
  Word2Vec,
  Word2VecModel,
  // classification
  DecisionTreeClassificationModel,
  DecisionTreeClassifier,
  GBTClassificationModel,
  GBTClassifier,
  LinearSVC,
  LinearSVCModel,
  LogisticRegression,
  LogisticRegressionModel,
  OneVsRest,
  OneVsRestModel,
  RandomForestClassificationModel,
  RandomForestClassifier,
  // regression
  DecisionTreeRegressionModel,
  DecisionTreeRegressor,
  GBTRegressionModel,
  GBTRegressor,
  LinearRegression,
  LinearRegressionModel,
  RandomForestRegressionModel,
  RandomForestRegressor,
  // evaluation
  BinaryClassificationEvaluator,
  MulticlassClassificationEvaluator,
  RegressionEvaluator,
  // tuning
  CrossValidator,
  CrossValidatorModel,
  TrainValidationSplit,
  TrainValidationSplitModel,
]

/** Stages that other stages are made of: saved inside them, and not part of the library's interface. */
export const innerStages: readonly PersistableClass[] = [ColumnPruner, VectorAttributeRewriter]
