"""Records which values parameters of Spark allow: `python record_allowed.py > allowed.json` (pyspark 4.0.1)."""

import json
import math

from pyspark.errors.exceptions.captured import IllegalArgumentException
from pyspark.ml import classification, evaluation, feature, regression, tuning
from pyspark.sql import SparkSession

VALUES = {
    "IntParam": [-(2**31), -2, -1, 0, 1, 2, 3, 4, 29, 30, 31, 32, 100, 2**31 - 1],
    "DoubleParam": [-math.inf, -1.0, -1e-300, -0.0, 0.0, 5e-324, 1e-9, 0.25, 0.4999999, 0.5, 0.50001, 0.99999, 1.0, 1.0000001, 2.0, 2.2,
                    1e10, math.inf, math.nan],
    "DoubleArrayParam": [[], [0.0], [1.0], [0.0, 0.0], [0.5, -0.1], [0.2, 0.8], [0.0, 0.5], [math.nan, 1.0], [math.inf, 0.0, 1.0],
                         [-math.inf, 0.0, math.inf], [0.0, 1.0, 1.0], [2.0, 1.0, 3.0]],
    "Param": ["", "auto", "Auto", "AUTO", "all", "ALL", "sqrt", "SQRT", "log2", "onethird", "OneThird", "gini", "Gini", "ENTROPY", "entropy",
              "variance", "Variance", "squared", "Squared", "absolute", "ABSOLUTE", "logistic", "Logistic", "binomial", "Binomial",
              "MULTINOMIAL", "error", "Error", "skip", "keep", "KEEP", "areaUnderROC", "areaUnderPR", "areaunderroc", "f1", "F1", "accuracy",
              "logLoss", "rmse", "RMSE", "var", "huber", "squaredError", "l-bfgs", "normal", "L-BFGS", "frequencyDesc", "frequencydesc", "?",
              "0", "1", "2", "10", "+3", "03", " 3", "3 ", "-1", "1.0", "0.5", ".5", "5.", "1e-3", "1.5", "0.0", "1d", "0.5f", "NaN",
              "2147483648", "optimistic", "mean", "Mean", "median", "mode", "numTopFeatures", "numtopfeatures", "percentile", "fpr", "fdr", "fwe", "categorical",
              "Categorical", "continuous", "binary", "alphabetAsc"],
    "IntArrayParam": [[], [0], [1], [2], [-1], [2, 2], [3, 2], [0, 0]],
}
VALUES["FloatParam"] = VALUES["DoubleParam"]
# Other parameters of type Param hold names of columns, stages and matrices.
WORDS = {"impurity", "featureSubsetStrategy", "lossType", "family", "handleInvalid", "metricName", "solver", "loss", "stringOrderType", "locale",
         "strategy", "selectorType", "selectionMode", "featureType", "labelType", "targetType", "stringIndexerOrderType"}
STAGES = {
    classification: ["DecisionTreeClassifier", "GBTClassifier", "LinearSVC", "LogisticRegression", "OneVsRest", "RandomForestClassifier"],
    evaluation: ["BinaryClassificationEvaluator", "MulticlassClassificationEvaluator", "RegressionEvaluator"],
    feature: ["Binarizer", "BucketedRandomProjectionLSH", "Bucketizer", "ChiSqSelector", "CountVectorizer", "DCT", "ElementwiseProduct", "FeatureHasher", "HashingTF", "IDF",
              "Imputer", "Interaction", "MaxAbsScaler", "MinHashLSH", "MinMaxScaler", "NGram", "Normalizer", "OneHotEncoder", "PCA", "PolynomialExpansion",
              "QuantileDiscretizer", "RFormula", "RegexTokenizer", "RobustScaler", "StandardScaler", "StopWordsRemover", "StringIndexer", "TargetEncoder", "Tokenizer",
              "UnivariateFeatureSelector", "VarianceThresholdSelector", "VectorAssembler", "VectorIndexer", "VectorSizeHint", "VectorSlicer", "Word2Vec"],
    regression: ["DecisionTreeRegressor", "GBTRegressor", "LinearRegression", "RandomForestRegressor"],
    tuning: ["CrossValidator", "TrainValidationSplit"],
}

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
sc = spark.sparkContext
text = lambda v: [text(x) for x in v] if isinstance(v, list) else str(v).replace("inf", "Infinity").replace("nan", "NaN") if isinstance(v, float) and not math.isfinite(v) else v


def allowed(param, value):
    if isinstance(value, list):
        whole = all(isinstance(x, int) for x in value) and "Int" in param.getClass().getSimpleName()
        array = sc._gateway.new_array(sc._jvm.int if whole else sc._jvm.double, len(value))
        for i, x in enumerate(value):
            array[i] = x
        value = array
    try:
        param.w(value)
        return "y"
    except IllegalArgumentException:
        return "n"


found = {}
for module, names in STAGES.items():
    for name in names:
        stage = getattr(getattr(sc._jvm.org.apache.spark.ml, module.__name__.split(".")[-1]), name)()
        for param in stage.params():
            kind = param.getClass().getSimpleName()
            if kind in VALUES and (kind != "Param" or param.name() in WORDS):
                found.setdefault(stage.getClass().getName(), {})[param.name()] = [kind, "".join(allowed(param, v) for v in VALUES[kind])]
print(json.dumps({"values": {k: [text(v) for v in vs] for k, vs in VALUES.items()}, "allowed": found}, indent=1))
