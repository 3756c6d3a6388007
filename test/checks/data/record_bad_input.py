"""Records what the learners of Spark do with bad input: `python record_bad_input.py > bad-input.json` (pyspark 4.0.1)."""

import json
import math

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.ml import classification, regression
from pyspark.ml.linalg import DenseVector, Vectors, VectorUDT
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, BooleanType, DoubleType, IntegerType, StringType, StructField, StructType

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.default.parallelism", 1).getOrCreate()
spark.sparkContext.setLogLevel("OFF")
JAVA = (Py4JJavaError, PySparkException)
NAN, INF = math.nan, math.inf
VECTOR, DOUBLE = VectorUDT(), DoubleType()

FOREST = {"numTrees": 2, "seed": 1}
BOOSTING = {"maxIter": 2, "seed": 1}
REGRESSORS = {"DecisionTreeRegressor": {}, "RandomForestRegressor": FOREST, "GBTRegressor": BOOSTING}
TREES = {**REGRESSORS, "DecisionTreeClassifier": {}, "RandomForestClassifier": FOREST, "GBTClassifier": BOOSTING}
LEARNERS = {**TREES, "LogisticRegression": {}, "LinearSVC": {}, "OneVsRest": {}}
FORESTS = ["RandomForestRegressor", "RandomForestClassifier"]
BOOSTED = ["GBTRegressor", "GBTClassifier"]
MULTICLASS = ["DecisionTreeClassifier", "RandomForestClassifier", "LogisticRegression"]


def nominal(slot, categories):
    return {"ml_attr": {"attrs": {"nominal": [{"idx": slot, "num_vals": categories}]}, "num_attrs": 2}}


def schema(features=VECTOR, label=DOUBLE, metadata=None, label_metadata=None, **others):
    fields = [StructField("features", features, True, metadata)]
    if label is not None:
        fields.append(StructField("label", label, True, label_metadata))
    return StructType(fields + [StructField(name, kind) for name, kind in others.items()])


GOOD = [(Vectors.dense(float(i), float(i % 3)), float(i % 2)) for i in range(8)]
last = lambda features, label=1.0: GOOD[:-1] + [(features, label)]
labelled = lambda label: [(x, label(y)) for x, y in GOOD]
with_third = lambda value: [(x, y, value(i)) for i, (x, y) in enumerate(GOOD)]
WEIGHTED = schema(weight=DOUBLE)
JUDGED = schema(isVal=BooleanType())
CATEGORICAL = schema(metadata=nominal(1, 3))
COLOURS = [(Vectors.dense(0.0, float(i % 3)), float(i % 3 == 1)) for i in range(12)]
asked = lambda *vectors: [(v, 0.0) for v in vectors]
THREE = [(x, float(i % 3)) for i, (x, _) in enumerate(GOOD)]

# name: rows, schema, parameters, learners, rows to predict
INPUTS = {
    "a label that is fractional": (labelled(lambda y: y + 0.5), schema()),
    "a label that is negative": (labelled(lambda y: y - 1), schema()),
    "a label that is NaN": (last(GOOD[7][0], NAN), schema()),
    "a label that is infinite": (last(GOOD[7][0], INF), schema()),
    "a label that is null": (last(GOOD[7][0], None), schema()),
    "a label of text": (labelled(str), schema(label=StringType())),
    "a label of integers": (labelled(int), schema(label=IntegerType())),
    "a label of booleans": (labelled(bool), schema(label=BooleanType())),
    "no label": ([(x,) for x, _ in GOOD], schema(label=None)),
    "more than 100 classes that are not declared": (last(GOOD[7][0], 100.0), schema(), {}, [name for name in LEARNERS if name != "OneVsRest"]),
    "a label beyond the declared classes": (THREE, schema(label_metadata={"ml_attr": {"type": "nominal", "num_vals": 2}})),
    "three classes": (THREE, schema()),
    "a constant label of 1": (labelled(lambda _: 1.0), schema()),
    "a constant label of 0": (labelled(lambda _: 0.0), schema()),
    "one row": (GOOD[:1], schema()),
    "one row of label 1": (GOOD[1:2], schema()),
    "no rows": ([], schema()),
    "a feature that is NaN": (last(Vectors.dense(NAN, 1.0)), schema()),
    "a feature that is infinite": (last(Vectors.dense(INF, 1.0)), schema()),
    "a vector that is null": (last(None), schema()),
    "a vector that is longer": (last(Vectors.dense(1.0, 2.0, 3.0)), schema()),
    "a vector that is shorter": (last(Vectors.dense(1.0)), schema()),
    "vectors without elements": ([(Vectors.dense([]), y) for _, y in GOOD], schema()),
    "features in an array": ([([1.0, y], y) for _, y in GOOD], schema(features=ArrayType(DOUBLE))),
    "features in a number": ([(1.0, y) for _, y in GOOD], schema(features=DOUBLE)),
    "weights of 0": (with_third(lambda _: 0.0), WEIGHTED, {"weightCol": "weight"}),
    "a weight that is negative": (with_third(lambda i: i - 1.0), WEIGHTED, {"weightCol": "weight"}),
    "a weight that is null": (with_third(lambda i: 1.0 if i else None), WEIGHTED, {"weightCol": "weight"}),
    "a weight that is NaN": (with_third(lambda i: 1.0 if i else NAN), WEIGHTED, {"weightCol": "weight"}),
    "a weight that is infinite": (with_third(lambda i: 1.0 if i else INF), WEIGHTED, {"weightCol": "weight"}),
    "a weight that does not exist": (GOOD, schema(), {"weightCol": "weight"}),
    "a category beyond the declared ones": (last(Vectors.dense(1.0, 5.0)), CATEGORICAL, {}, TREES),
    "a category that is negative": (last(Vectors.dense(1.0, -1.0)), CATEGORICAL, {}, TREES),
    "a category that is fractional": (last(Vectors.dense(1.0, 1.5)), CATEGORICAL, {}, TREES),
    "more categories than bins": ([(Vectors.dense(float(i), float(i % 40)), float(i % 2)) for i in range(60)], schema(metadata=nominal(1, 40)), {}, TREES),
    "more categories than rows": (GOOD, schema(metadata=nominal(1, 10)), {}, TREES),
    "a feature of one category": ([(Vectors.dense(x[0], 0.0), y) for x, y in GOOD], schema(metadata=nominal(1, 1)), {}, TREES),
    "bags that are empty": (GOOD, schema(), {"subsamplingRate": 1e-9}, FORESTS + BOOSTED),
    "bags without replacement that are empty": (GOOD, schema(), {"subsamplingRate": 1e-9, "bootstrap": False}, FORESTS),
    "no rows to validate": (with_third(lambda _: False), JUDGED, {"validationIndicatorCol": "isVal"}, BOOSTED),
    "only rows to validate": (with_third(lambda _: True), JUDGED, {"validationIndicatorCol": "isVal"}, BOOSTED),
    "an indicator that is null": (with_third(lambda i: None if i == 2 else i % 2 > 0), JUDGED, {"validationIndicatorCol": "isVal"}, BOOSTED),
    "an indicator of numbers": (with_third(lambda i: i % 2 * 1.0), schema(isVal=DOUBLE), {"validationIndicatorCol": "isVal"}, BOOSTED),
    "three thresholds for two classes": (GOOD, schema(), {"thresholds": [0.2, 0.3, 0.5]}, MULTICLASS),
    "categories to predict that were not seen": (COLOURS, CATEGORICAL, {}, TREES, asked(*(Vectors.dense(0.0, c) for c in (7.0, -1.0, 1.5, NAN, INF)))),
    "features to predict that are NaN or infinite": (GOOD, schema(), {}, LEARNERS, asked(Vectors.dense(NAN, 1.0), Vectors.dense(INF, 1.0), Vectors.dense(-INF, NAN))),
    "a vector to predict that is null": (GOOD, schema(), {}, LEARNERS, asked(None)),
    "a vector to predict that is longer": (GOOD, schema(), {}, LEARNERS, asked(Vectors.dense(1.0, 2.0, 3.0))),
    "a vector to predict that is shorter": (GOOD, schema(), {}, LEARNERS, asked(Vectors.dense(1.0))),
}


def text(v):
    if isinstance(v, DenseVector):
        return {"type": 1, "values": [text(x) for x in v.toArray().tolist()]}
    if isinstance(v, list):
        return [text(x) for x in v]
    return str(v).replace("inf", "Infinity").replace("nan", "NaN") if isinstance(v, float) and not math.isfinite(v) else v


class OneVsRest:
    """Spark's own, which pyspark replaces by another one."""

    def __init__(self, params):
        self.stage = classification.OneVsRest(classifier=classification.LogisticRegression(), **params)._to_java()

    def fit(self, data):
        self.model = self.stage.fit(data._jdf)
        return self

    def transform(self, data):
        return DataFrame(self.model.transform(data._jdf), spark)


def make(name, params):
    if name == "OneVsRest":
        return OneVsRest(params)
    params = dict(params)
    thresholds = params.pop("thresholds", None)
    stage = getattr(regression if name.endswith("Regressor") else classification, name)(**LEARNERS[name], **params)
    return stage if thresholds is None else stage.setThresholds(thresholds)


def answer(name, rows, fields, params={}, _learners=None, predict=None):
    data = spark.createDataFrame(rows, fields).coalesce(1)
    try:
        model = make(name, params).fit(data)
    except JAVA:
        return "fit fails"
    try:
        out = model.transform(data if predict is None else spark.createDataFrame(predict, schema()).coalesce(1))
        columns = [c for c in ("rawPrediction", "probability", "prediction") if c in out.columns]
        return [[text(v) for v in row] for row in out.select(*columns).collect()]
    except JAVA:
        return "transform fails"


inputs, answers = {}, {}
for name, (rows, fields, *rest) in INPUTS.items():
    params, learners, predict = (rest + [{}, LEARNERS, None][len(rest):])
    inputs[name] = {"rows": [[text(v) for v in row] for row in rows], "schema": json.loads(fields.json()), "params": params}
    if predict is not None:
        inputs[name]["predict"] = [text(v) for v, _ in predict]
    answers[name] = {learner: answer(learner, rows, fields, params, learners, predict) for learner in learners}
settings = {name: {k: v for k, v in params.items()} for name, params in LEARNERS.items()}
print("{")
print(f'"learners": {json.dumps(settings)},')
print('"inputs": {\n' + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in inputs.items()) + "\n},")
print('"answers": {\n' + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in answers.items()) + "\n}\n}")
