"""Records trees that Spark grows where ties, weights, rounds and samples decide: `python record.py > spark.json` (pyspark 4.0.1)."""

import json
import random

from pyspark.ml import classification, regression
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import SparkSession
from pyspark.sql.types import DoubleType, StructField, StructType

R = random.Random(20)
ARITY = [4, 3, 7, 2]


def data_set(rows, column):
    """Four categorical features, then three columns; labels as number, two, three and four classes; three weights."""
    out = []
    for i in range(rows):
        features = [float(R.randrange(a)) for a in ARITY] + [column() for _ in range(3)]
        small = float(R.randrange(4))
        out.append({
            "features": features,
            "number": round(features[4] + 0.1 * small, 2),
            "two": float(small > 1), "three": small % 3, "four": small,
            # Whether a column is above 0: the best split lies between values around 0, where a
            # rounding error can put a 0.
            **{f"above{f}": float(features[f] > 0) for f in (4, 5, 6)},
            "one": 1.0, "real": round(R.random(), 3), "large": round(500 + 1000 * R.random(), 3),
        })
    return out


DATA = {
    # Few values: most splits are as good as another one.
    "ties": data_set(40, lambda: R.choice([0.0, 0.0, 1.0, -1.0, 0.5])),
    "values": data_set(60, lambda: round(R.gauss(0, 1), 2)),
    "no zeros": data_set(40, lambda: round(R.gauss(0, 1), 2) or 0.01),
}
WEIGHTS = random.Random(21)
for row in DATA["no zeros"]:
    row.update({f"large{i}": round(500 + 1000 * WEIGHTS.random(), 3) for i in range(6)})


def long_rows():
    """More rows than candidate splits are taken from; from whole numbers, so that they need not be written down."""
    return [{"features": [float(i * 7919 % 30011), float(i * 104729 % 1009) / 8 - 20], "number": float(i * 31 % 7),
             "real": i % 13 + 0.1, "one": 1.0} for i in range(12000)]


def cases():
    for data in ["ties", "values"]:
        for weight in ["one", "real", "large"]:
            for partitions in [1, 2]:
                yield data, "number", weight, partitions, "DecisionTreeRegressor", dict(maxDepth=4, maxBins=7)
        for label, impurity in [("two", "gini"), ("two", "entropy"), ("three", "gini"), ("three", "entropy"), ("four", "entropy")]:
            for weight in ["one", "real"]:
                yield data, label, weight, 1, "DecisionTreeClassifier", dict(maxDepth=5, maxBins=16, impurity=impurity)
        for memory in [0, 256]:
            yield data, "number", "large", 2, "RandomForestRegressor", dict(
                numTrees=7, maxDepth=3, maxBins=8, featureSubsetStrategy="sqrt", maxMemoryInMB=memory, seed=11)
            yield data, "three", "one", 2, "RandomForestClassifier", dict(
                numTrees=19, maxDepth=3, maxBins=30, featureSubsetStrategy="2", maxMemoryInMB=memory, seed=-5, impurity="entropy")
        yield data, "two", "real", 1, "RandomForestClassifier", dict(
            numTrees=6, maxDepth=6, bootstrap=False, subsamplingRate=0.6, minWeightFractionPerNode=0.05, seed=3)
        yield data, "four", "one", 1, "RandomForestClassifier", dict(
            numTrees=2, maxDepth=8, minInstancesPerNode=3, minInfoGain=0.02, subsamplingRate=0.5, seed=2**40 + 1)
    for weight in ["one", "real"]:
        yield "long", "number", weight, 1, "DecisionTreeRegressor", dict(maxDepth=4, maxBins=20, seed=9)
    # The order in which weights are summed decides whether there are zeros.
    for i in range(6):
        yield "no zeros", f"above{4 + i // 2}", f"large{i}", 1, "DecisionTreeRegressor", dict(maxDepth=1, maxBins=60)
    # The last digit of a logarithm decides.
    yield "ties", "three", "real", 1, "RandomForestClassifier", dict(
        numTrees=1, maxDepth=5, maxBins=10, impurity="entropy", subsamplingRate=0.7, bootstrap=False, seed=57)
    yield "ties", "four", "one", 1, "RandomForestClassifier", dict(
        numTrees=3, maxDepth=5, maxBins=16, impurity="entropy", minInstancesPerNode=2, bootstrap=False, featureSubsetStrategy="2", seed=11)
    yield "values", "four", "large", 1, "RandomForestClassifier", dict(numTrees=1, maxDepth=5, maxBins=60, impurity="entropy", seed=10)
    # Few trees are left after some rounds: the order of a small map.
    yield "values", "two", "one", 2, "RandomForestClassifier", dict(
        numTrees=24, maxDepth=10, maxBins=60, minInstancesPerNode=3, subsamplingRate=0.7, featureSubsetStrategy="1", seed=9)
    yield "values", "two", "real", 1, "RandomForestClassifier", dict(
        numTrees=18, maxDepth=20, maxBins=7, impurity="entropy", featureSubsetStrategy="1", seed=27)


def schema_of(data):
    attributes = [{"idx": f, "num_vals": a} for f, a in enumerate(ARITY)]
    attrs = {"num_attrs": 7, "attrs": {"nominal": attributes, "numeric": [{"idx": f} for f in (4, 5, 6)]}}
    metadata = {} if data == "long" else {"ml_attr": attrs}
    names = ["label", "weight"]
    return StructType([StructField("features", VectorUDT(), True, metadata)] + [StructField(n, DoubleType()) for n in names])


spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
recorded = []
for data, label, weight, partitions, name, params in cases():
    rows = [(Vectors.dense(row["features"]), row[label], row[weight]) for row in (DATA.get(data) or long_rows())]
    frame = spark.createDataFrame(spark.sparkContext.parallelize(rows, partitions), schema_of(data))
    learner = getattr(classification, name, None) or getattr(regression, name)
    model = learner(**params, **({} if weight == "one" else {"weightCol": "weight"})).fit(frame)
    recorded.append({
        "data": data, "label": label, "weight": weight, "partitions": partitions, "class": name, "params": params,
        # Without the line that holds the uid.
        "text": model.toDebugString.split("\n", 1)[1],
        "importances": model.featureImportances.toArray().tolist(),
    })


def lines(items):
    return "[\n" + ",\n".join(map(json.dumps, items)) + "\n]"


data_sets = ",\n".join(f"{json.dumps(name)}: {lines(rows)}" for name, rows in DATA.items())
print(f'{{\n"arity": {json.dumps(ARITY)},\n"data": {{\n{data_sets}\n}},\n"cases": {lines(recorded)}\n}}')
