"""Loads stages that Ridgeline saved in Spark's format, runs them over their rows (an estimator is fitted, and its model runs), and saves all of them again."""
import json
import math
import os
import sys

from pyspark.ml.linalg import DenseVector, SparseVector, VectorUDT
from pyspark.sql import DataFrame
from pyspark.sql.types import ArrayType, DoubleType, FloatType, StructType

from session import answer, session

folder, again = sys.argv[2:]
spark = session()
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def number(value):
    return float(SPECIAL.get(value, value))


def cell(kind, value):
    if value is None:
        return None
    if isinstance(kind, VectorUDT):
        values = [number(x) for x in value["values"]]
        return DenseVector(values) if value["type"] == 1 else SparseVector(value["size"], value["indices"], values)
    if isinstance(kind, (DoubleType, FloatType)):
        return number(value)
    if isinstance(kind, ArrayType):
        return [cell(kind.elementType, x) for x in value]
    return value


def plain(value):
    if isinstance(value, DenseVector):
        return {"type": 1, "values": [plain(float(x)) for x in value]}
    if isinstance(value, SparseVector):
        values = [plain(float(x)) for x in value.values]
        return {"type": 0, "size": value.size, "indices": [int(i) for i in value.indices], "values": values}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (list, tuple)):
        return [plain(x) for x in value]
    return value


def run(name, case):
    scala = spark._jvm
    for part in case["class"].split("."):
        scala = getattr(scala, part)
    stage = scala.load(os.path.join(folder, name))
    stage.write().overwrite().save(os.path.join(folder, again, name))
    schema = StructType.fromJson(case["schema"])
    rows = [tuple(cell(f.dataType, row[f.name]) for f in schema.fields) for row in case["rows"]]
    frame = spark.createDataFrame(rows, schema).coalesce(1)._jdf
    if case["kind"] == "evaluator":
        return {"columns": ["metric"], "output": [[plain(stage.evaluate(frame))]]}
    model = stage.fit(frame) if case["kind"] == "estimator" else stage
    out = DataFrame(model.transform(frame), spark)
    return {"columns": out.columns, "output": [[plain(x) for x in row] for row in out.collect()]}


cases = json.load(open(os.path.join(folder, "cases.json")))
result = {}
for name, case in cases.items():
    try:
        result[name] = run(name, case)
    except Exception as error:
        result[name] = {"error": str(error)[:500]}
answer({"version": spark.version, "cases": result})
