"""Records what Spark does with the values that the golden corpus does not have: `python record.py > spark.json` (pyspark 4.0.1)."""

import json
import math
from decimal import Decimal

from pyspark.ml import feature
from pyspark.ml.linalg import DenseVector, SparseVector, VectorUDT
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType, StructField, _parse_datatype_string

INF = math.inf
NAN = math.nan
LABELS = "s STRING, d DOUBLE, f FLOAT, i INT, l BIGINT, c DECIMAL(6,2)"
FIT = [
    ["b", 1.0, 0.1, 7, 2**53 + 1, "1.50"],
    ["", -0.0, 1e10, -7, 2**53 + 1, "0.00"],
    ["\ue000", 0.0, 0.1, 7, -1, "1.50"],
    ["\U0001f600", 1e-5, NAN, 0, 0, "-2.25"],
    ["a", NAN, 0.25, 0, None, None],
    ["", 1e7, None, None, 2**62, "10.00"],
    [None, None, 16777216.0, 1, 0, "0.00"],
]
UNSEEN = [
    ["b", 1.0, 0.1, 7, 2**53 + 1, "1.50"],
    ["z", 2.0, 0.2, 8, 2**53 + 2, "3.00"],
    [None, None, None, None, None, None],
    ["", NAN, NAN, 0, 0, "0.00"],
    ["a", -0.0, 1e10, -7, -1, "10.00"],
]
COLUMNS = ["s", "d", "f", "i", "l", "c"]
VECTORS = "v VECTOR, x DOUBLE, b BOOLEAN, l BIGINT, f FLOAT"
DENSE = lambda *xs: DenseVector(list(xs))
ROWS = [
    [DENSE(1, NAN, 0), 0.0, True, 2**53 + 1, 0.5],
    [SparseVector(3, [1], [2.0]), 1.0, False, 0, 0.0],
    [SparseVector(3, [], []), 0.0, False, 0, 0.0],
    [None, 1.0, None, 1, 1.0],
    [DENSE(0, 0, 0), NAN, True, None, 0.0],
    [SparseVector(3, [0, 2], [0.0, -0.0]), -0.0, False, 0, -0.0],
]
SPLITS = [-1.0, 0.0, 1.0]
NUMBERS = "x DOUBLE, y INT"
SQL_ROWS = [["a", 1, 2.0], ["b", 2, NAN], ["a", 3, None], [None, 4, 0.5], ["b", 2, 1.5]]
SQL = lambda text: dict(stage="SQLTransformer", params=dict(statement=text), schema="s STRING, i INT, d DOUBLE", rows=SQL_ROWS)
indexer = lambda order, mode: dict(
    stage="StringIndexer", schema=LABELS, rows=FIT, test=UNSEEN,
    params=dict(inputCols=COLUMNS, outputCols=[c + "_i" for c in COLUMNS], stringOrderType=order, handleInvalid=mode))
assembler = lambda mode, rows, meta=None: dict(
    stage="VectorAssembler", schema=VECTORS, rows=rows, metadata=meta,
    params=dict(inputCols=["v", "x", "b", "l", "f"], outputCol="o", handleInvalid=mode))
bucketizer = lambda mode, rows, splits=SPLITS: dict(
    stage="Bucketizer", schema=NUMBERS, rows=rows, params=dict(inputCol="x", outputCol="o", splits=splits, handleInvalid=mode))
SIZE3 = {"v": {"ml_attr": {"num_attrs": 3}}}
encoder = lambda rows, test=None, meta=None, **params: dict(
    stage="OneHotEncoder", schema="x DOUBLE", rows=rows, test=test, metadata=meta, params=dict(inputCol="x", outputCol="o", **params))
nominal = lambda **attribute: {"x": {"ml_attr": dict(type="nominal", **attribute)}}
decoder = lambda rows, labels: dict(
    stage="IndexToString", schema="x DOUBLE", rows=rows, params=dict(inputCol="x", outputCol="o", labels=labels))
scaler = lambda rows, **params: dict(stage="StandardScaler", schema="v VECTOR", rows=rows, params=dict(inputCol="v", outputCol="o", **params))

CASES = {
    **{f"indexer {order} {mode}": indexer(order, mode) for order, mode in [
        ("frequencyDesc", "keep"), ("frequencyAsc", "keep"), ("alphabetDesc", "keep"), ("alphabetAsc", "skip"), ("alphabetAsc", "error")]},
    "assembler error, NaN in a vector": assembler("error", ROWS[:3] + ROWS[5:]),
    "assembler error, null vector": assembler("error", ROWS[:4]),
    "assembler error, NaN": assembler("error", [ROWS[0], ROWS[4]]),
    "assembler skip": assembler("skip", ROWS),
    "assembler keep": assembler("keep", ROWS, SIZE3),
    "assembler keep without size": assembler("keep", ROWS),
    "bucketizer zeros": bucketizer("error", [[-0.0, 1], [0.0, 1], [-1.0, 1], [1.0, 1], [0.5, 1], [None, 1]]),
    "bucketizer split -0.0": bucketizer("error", [[-0.0, 1], [0.0, 1]], [-1.0, -0.0, 1.0]),
    "bucketizer -0.0 below the first split": bucketizer("keep", [[-0.0, 1]], [0.0, 1.0, 2.0]),
    "bucketizer -0.0 at the last split": bucketizer("keep", [[-0.0, 1]], [-2.0, -1.0, 0.0]),
    "bucketizer infinities": bucketizer("keep", [[INF, 1], [-INF, 1], [NAN, 1]], [-INF, 0.0, INF]),
    "bucketizer infinity outside": bucketizer("skip", [[INF, 1]]),
    "bucketizer skip, dropped row outside": dict(
        stage="Bucketizer", schema=NUMBERS, rows=[[5.0, None], [0.5, 1], [NAN, 1]],
        params=dict(inputCols=["x", "y"], outputCols=["o", "p"], splitsArray=[SPLITS, [0.0, 1.0, 2.0]], handleInvalid="skip")),
    "encoder null, fraction": encoder([[0.0], [2.0]], [[None], [1.5], [2.5], [0.0]]),
    "encoder keep": encoder([[0.0], [2.0]], [[None], [-1.0], [NAN], [7.0], [2.0]], handleInvalid="keep"),
    "encoder keep, all slots": encoder([[0.0], [2.0]], [[None], [-1.0], [NAN], [7.0], [2.0]], handleInvalid="keep", dropLast=False),
    "encoder NaN": encoder([[0.0], [2.0]], [[NAN]]),
    "encoder negative": encoder([[0.0], [2.0]], [[-1.0]]),
    "encoder fit on null": encoder([[0.0], [None]]),
    "encoder fit on NaN": encoder([[NAN]]),
    "encoder fit on a negative index": encoder([[-1.0]]),
    "encoder one category": encoder([[0.0]]),
    "encoder num_vals": encoder([[0.0]], None, nominal(num_vals=3)),
    "encoder binary attribute": encoder([[0.0], [1.0]], None, {"x": {"ml_attr": {"type": "binary", "vals": ["no", "yes"]}}}, dropLast=False),
    "encoder numeric attribute": encoder([[0.0]], None, {"x": {"ml_attr": {"type": "numeric"}}}),
    "encoder one value in the metadata": encoder([[0.0]], None, nominal(vals=["a"])),
    "decoder": decoder([[None], [0.0], [1.9], [-0.5]], ["a", "b", "a"]),
    "decoder negative": decoder([[-1.0]], ["a"]),
    "decoder beyond": decoder([[1.0]], ["a"]),
    "decoder without labels": decoder([[1.0]], []),
    "scaler one row": scaler([[DENSE(1, 2)]], withMean=True),
    "scaler null": scaler([[DENSE(1, 2)], [None]]),
    "scaler no rows": scaler([]),
    "scaler constant": scaler([[DENSE(1, 2)], [SparseVector(2, [1], [2.0])], [DENSE(-3, 2)]], withMean=True),
    "sql group": SQL("SELECT s, count(*) AS n, avg(d) + sum(i) * 2 AS m FROM __THIS__ GROUP BY s ORDER BY n DESC, s"),
    "sql having": SQL("SELECT S, max(i) mx FROM __THIS__ GROUP BY s HAVING count(1) > 1 AND mx > 2 ORDER BY 1"),
    "sql group by alias": SQL("SELECT i % 2 AS odd, sum(i) FROM __THIS__ GROUP BY odd ORDER BY odd"),
    "sql group by expression": SQL("SELECT (i % 2) + 1 AS o, count(DISTINCT s) AS n FROM __THIS__ GROUP BY i % 2 ORDER BY i % 2 DESC"),
    "sql all rows": SQL("SELECT count(*), sum(i) / count(i) AS mean, 'x' AS x FROM __THIS__"),
    "sql distinct": SQL("SELECT DISTINCT s, i FROM __THIS__ ORDER BY i DESC, s LIMIT 3"),
    "sql order by hidden column": SQL("SELECT i FROM __THIS__ ORDER BY d DESC, i"),
    "sql order by alias": SQL("SELECT -i AS i, s FROM __THIS__ ORDER BY i"),
    "sql where, limit": SQL("SELECT *, i + 1 AS j FROM __THIS__ WHERE d > 1 OR s IS NULL ORDER BY i LIMIT 2"),
    "sql qualified": SQL("SELECT t.i, __THIS__.s FROM __THIS__ WHERE i = 1"),
    "sql alias of the table": SQL("SELECT t.i FROM __THIS__ t WHERE t.i = 1"),
    "sql not grouped": SQL("SELECT s, i FROM __THIS__ GROUP BY s"),
    "sql unknown column": SQL("SELECT nope FROM __THIS__"),
    "sql having without group": SQL("SELECT sum(i) AS t FROM __THIS__ HAVING sum(i) > 100"),
    "sql generated names": SQL("SELECT i + 1, abs(d), 5, 'x', CAST(d AS STRING), CASE WHEN i > 1 THEN 1 END, -i, s IS NULL, (i), NULL, s || 'x' FROM __THIS__"),
    "sql generated names in groups": SQL("SELECT s, count(1) + 1, CAST(sum(i) AS INT), upper(s), 1 + 1 FROM __THIS__ GROUP BY s ORDER BY s"),
    "sql group only": SQL("SELECT s FROM __THIS__ GROUP BY s ORDER BY s"),
}


ATTRIBUTES = ["labelsArray", "categorySizes", "mean", "std", "maxAbs", "originalMin", "originalMax", "median", "range", "selectedFeatures"]


def plain(value):
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    if isinstance(value, DenseVector):
        return {"type": 1, "values": [plain(float(x)) for x in value.values]}
    if isinstance(value, SparseVector):
        return {"type": 0, "size": value.size, "indices": [int(i) for i in value.indices], "values": [plain(float(x)) for x in value.values]}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def schema_of(text, metadata):
    fields = []
    for part in text.replace("DECIMAL(6,2)", "DECIMAL(6;2)").split(", "):
        name, kind = part.split(" ")
        data_type = VectorUDT() if kind == "VECTOR" else _parse_datatype_string(kind.replace(";", ","))
        fields.append(StructField(name, data_type, True, (metadata or {}).get(name)))
    return StructType(fields)


def frame(spark, text, rows, metadata):
    schema = schema_of(text, metadata)
    decimal = [f.dataType.typeName() == "decimal" for f in schema.fields]
    cells = [[Decimal(v) if d and v is not None else v for v, d in zip(row, decimal)] for row in rows]
    return spark.createDataFrame(cells, schema).coalesce(1)


def answer(spark, case):
    given = frame(spark, case["schema"], case["rows"], case.get("metadata"))
    stage = getattr(feature, case["stage"])(**case["params"])
    result = {}
    try:
        model = stage.fit(given) if hasattr(stage, "fit") else stage
        for name in ATTRIBUTES:
            if hasattr(model, name):
                result[name] = plain(list(map(list, model.labelsArray)) if name == "labelsArray" else getattr(model, name))
        test = given if case.get("test") is None else frame(spark, case["schema"], case["test"], case.get("metadata"))
        out = model.transform(test)
        rows = out.collect()
        fresh = [f for f in out.schema.fields if case["stage"] == "SQLTransformer" or f.name not in test.columns]
        result["fields"] = [
            {"name": f.name, "type": f.dataType.simpleString(), "nullable": f.nullable, "metadata": f.metadata} for f in fresh]
        result["rows"] = [[plain(row[k]) for k, f in enumerate(out.schema.fields) if f in fresh] for row in rows]
        result["count"] = len(rows)
    except Exception as error:
        result["error"] = type(error).__name__
    return result


def record(cases):
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "1g")
             .config("spark.sql.shuffle.partitions", "1").config("spark.driver.host", "127.0.0.1").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    recorded = {name: {**{k: plain(v) for k, v in case.items() if v is not None}, "spark": answer(spark, case)} for name, case in cases.items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(case, ensure_ascii=True)}" for name, case in recorded.items())
    print("{\n" + lines + "\n}")
    spark.stop()


if __name__ == "__main__":
    record(CASES)
