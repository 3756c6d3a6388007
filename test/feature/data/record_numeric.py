"""Records what Spark's numeric stages do with vectors of any form and with values that are missing: `python record_numeric.py > numeric.json` (pyspark 4.0.1)."""

from record import DENSE, INF, NAN, SIZE3, SparseVector, record

SPARSE = lambda size, *entries: SparseVector(size, [i for i, _ in entries], [x for _, x in entries])
FORMS = [
    [DENSE(1, -2, 0)],
    [SPARSE(3, (1, 2.0))],
    [SPARSE(3)],
    [DENSE(-0.0, 0, 0)],
    [SPARSE(3, (0, 0.0), (2, -1.5))],
    [DENSE(0.25, 4, 8)],
]
MISSING = [[DENSE(NAN, 2, 0)], [DENSE(1, INF, 0)], [SPARSE(3, (0, NAN), (2, -INF))], [DENSE(0, NAN, 5)]]
LENGTHS = [[DENSE(1, 2, 3)], [SPARSE(4, (3, 2.0))], [DENSE()], [SPARSE(7, (1, -1.0))], [DENSE(5)]]
WIDE = [[SPARSE(12, (3, 2.0), (11, -1.0))], [SPARSE(12)], [DENSE(*[1.0] * 12)], [DENSE(*range(12))]]
NULL = FORMS[:1] + [[None]]
vector = lambda stage, rows, test=None, metadata=None, **params: dict(
    stage=stage, schema="v VECTOR", rows=rows, test=test, metadata=metadata,
    params={"featuresCol" if stage.endswith("Selector") else "inputCol": "v", **({} if stage == "VectorSizeHint" else {"outputCol": "o"}), **params})
stages = {
    "Binarizer": dict(threshold=0.5), "Binarizer negative": dict(threshold=-1.0), "DCT": {}, "DCT inverse": dict(inverse=True),
    "ElementwiseProduct": dict(scalingVec=DENSE(2, 0, -1)), "MaxAbsScaler": {}, "MinMaxScaler": dict(min=-1.0, max=2.0),
    "Normalizer": dict(p=1.5), "Normalizer max": dict(p=INF), "PolynomialExpansion": dict(degree=3),
    "RobustScaler": dict(withCentering=True), "RobustScaler scale": {}, "RobustScaler centre": dict(withCentering=True, withScaling=False),
    "RobustScaler nothing": dict(withScaling=False), "VarianceThresholdSelector": dict(varianceThreshold=1.0),
    "VectorSizeHint": dict(size=3), "VectorSizeHint skip": dict(size=3, handleInvalid="skip"),
    "VectorSizeHint optimistic": dict(size=3, handleInvalid="optimistic"), "VectorSlicer": dict(indices=[2, 0]),
}
inputs = {"forms": (FORMS,), "missing": (MISSING,), "null": (NULL,), "lengths": (LENGTHS,), "no rows": ([],), "longer rows": (FORMS, WIDE), "shorter rows": (FORMS, LENGTHS[-1:])}
LEARNS = ("Scaler", "Selector")
# Spark refuses them only when it meets a slot that it lacks, or not at all; which numbers infinity makes NaN in a transform depends on its steps.
LAX = {f"{stage} {rows}" for stage in ("MaxAbsScaler", "RobustScaler", "RobustScaler scale", "RobustScaler centre", "RobustScaler nothing", "VarianceThresholdSelector")
       for rows in ("longer rows", "shorter rows")} | {"VectorSlicer lengths", "DCT missing", "DCT inverse missing"}
of = lambda name, rows, *more, **settings: vector(name.split(" ")[0], rows, *more, **stages[name], **settings)
crossing = lambda schema, rows, cols, metadata=None: dict(
    stage="Interaction", schema=schema, rows=rows, metadata=metadata, params=dict(inputCols=cols, outputCol="o"))
NUMBERS = "d DOUBLE, f FLOAT, i INT, l BIGINT, c DECIMAL(6,2)"
NUMERIC_ROWS = [[1.0, 0.1, 7, 5, "1.50"], [NAN, NAN, 7, -7, "0.25"], [None, None, None, None, None], [-4.0, 2.5, -2, 2, "3.75"], [-0.0, 0.1, 0, 2, "0.25"]]
imputer = lambda **params: dict(
    stage="Imputer", schema=NUMBERS, rows=NUMERIC_ROWS,
    params=dict(inputCols=["d", "f", "i", "l", "c"], outputCols=["D", "F", "I", "L", "C"], **params))
NOMINAL = {"x": {"ml_attr": {"type": "nominal", "num_vals": 3}}}
SLOTS = {"v": {"ml_attr": {"num_attrs": 2, "attrs": {"nominal": [{"idx": 0, "name": "colour", "vals": ["red", "blue"]}], "numeric": [{"idx": 1}]}}}}
NAMED = {"v": {"ml_attr": {"num_attrs": 3, "attrs": {"numeric": [{"idx": 0, "name": "a"}, {"idx": 2, "name": "c"}], "binary": [{"idx": 1, "name": "b"}]}}}}
quantiles = lambda rows, test=None, **params: dict(
    stage="QuantileDiscretizer", schema="x DOUBLE, y INT", rows=rows, test=test, params=dict(inputCol="x", outputCol="o", **params))
QUANTILE_ROWS = [[3.0, 1], [NAN, 1], [-0.0, 1], [None, 2], [0.0, 2], [7.5, 5], [1.0, 4]]

CASES = {
    **{f"{name}: {what}": of(name, *rows) for name in stages for what, rows in inputs.items()
       if f"{name} {what}" not in LAX and (len(rows) == 1 or name.split(" ")[0].endswith(LEARNS))},
    **{f"{name}: wide": of(name, WIDE) for name in ("Binarizer", "Binarizer negative", "DCT", "DCT inverse", "Normalizer", "PolynomialExpansion", "MinMaxScaler", "VectorSlicer")},
    **{f"{name}: known size": of(name, FORMS, None, SIZE3) for name in ("Binarizer", "DCT", "Normalizer", "PolynomialExpansion", "VectorSizeHint", "VectorSizeHint optimistic")},
    "VectorSizeHint: another known size": vector("VectorSizeHint", FORMS, None, SIZE3, size=4),
    "VectorSizeHint: named slots": vector("VectorSizeHint", FORMS, None, NAMED, size=3),
    "VectorSlicer: ascending": vector("VectorSlicer", FORMS, indices=[0, 2]),
    "DCT: NaN": vector("DCT", [[DENSE(1, NAN, 2)], [DENSE(1, 2)]]),
    "VectorSlicer: names": vector("VectorSlicer", FORMS, None, NAMED, names=["c", "a"]),
    "VectorSlicer: names and indices": vector("VectorSlicer", FORMS, None, NAMED, names=["c"], indices=[1]),
    "VectorSlicer: overlap": vector("VectorSlicer", FORMS, None, NAMED, names=["c"], indices=[2]),
    "VectorSlicer: unknown name": vector("VectorSlicer", FORMS, None, NAMED, names=["z"]),
    "VectorSlicer: name without attributes": vector("VectorSlicer", FORMS, names=["a"]),
    "VectorSlicer: index beyond the metadata": vector("VectorSlicer", FORMS, None, SIZE3, indices=[3]),
    "VectorSlicer: nothing": vector("VectorSlicer", FORMS),
    "VarianceThresholdSelector: named slots": vector("VarianceThresholdSelector", FORMS, None, NAMED, varianceThreshold=3.0),
    "MinMaxScaler: constant": vector("MinMaxScaler", [[DENSE(1, NAN)], [DENSE(1, 2)]], [[DENSE(NAN, 0)], [DENSE(5, 3)]]),
    "MinMaxScaler: bounds in disorder": vector("MinMaxScaler", FORMS, min=2.0, max=1.0),
    "RobustScaler: quantiles in disorder": vector("RobustScaler", FORMS, lower=0.6, upper=0.4),
    "RobustScaler: a slot of NaN": vector("RobustScaler", [[DENSE(1, NAN)], [DENSE(2, NAN)]]),
    "PCA: one row": vector("PCA", FORMS[:1], k=1),
    "PCA: too few features": vector("PCA", FORMS, k=4),
    "PCA: null": vector("PCA", NULL, k=1),
    "PCA: NaN": vector("PCA", MISSING, k=1),
    "PCA: lengths": vector("PCA", LENGTHS, k=1),
    "PCA: mixed forms": vector("PCA", FORMS, k=2),
    "Binarizer: numbers": dict(stage="Binarizer", schema="x DOUBLE", rows=[[1.0], [NAN], [None], [INF], [-0.0], [0.0]], params=dict(inputCol="x", outputCol="o", threshold=0.0)),
    "Binarizer: negative threshold": dict(stage="Binarizer", schema="x DOUBLE", rows=[[1.0], [NAN], [None], [-INF]], params=dict(inputCol="x", outputCol="o", threshold=-1.0)),
    "Binarizer: integers": dict(stage="Binarizer", schema="x INT", rows=[[1]], params=dict(inputCol="x", outputCol="o")),
    **{f"Imputer: {s}": imputer(strategy=s) for s in ("mean", "median", "mode")},
    "Imputer: 0 is missing": imputer(strategy="mean", missingValue=0.0),
    "Imputer: 7 is missing": imputer(strategy="mode", missingValue=7.0),
    "Imputer: nothing but missing": dict(stage="Imputer", schema="x DOUBLE", rows=[[NAN], [None]], params=dict(inputCol="x", outputCol="o")),
    "Imputer: text": dict(stage="Imputer", schema="x STRING", rows=[["a"]], params=dict(inputCol="x", outputCol="o")),
    "Imputer: columns twice": dict(stage="Imputer", schema="x DOUBLE", rows=[[1.0]], params=dict(inputCols=["x", "x"], outputCols=["o", "p"])),
    "Interaction: numbers": crossing("x DOUBLE, i INT, c DECIMAL(6,2)", [[2.0, 3, "0.50"], [0.0, 3, "1.00"], [NAN, 0, "1.00"]], ["x", "i", "c"]),
    "Interaction: null": crossing("x DOUBLE, i INT", [[None, 3]], ["x", "i"]),
    "Interaction: boolean": crossing("b BOOLEAN, x DOUBLE", [[True, 2.0]], ["b", "x"]),
    "Interaction: text": crossing("s STRING, x DOUBLE", [["a", 2.0]], ["s", "x"]),
    "Interaction: categories": crossing("x DOUBLE, y DOUBLE", [[0.0, 5.0], [2.0, -1.0], [1.0, 0.0]], ["y", "x"], NOMINAL),
    "Interaction: beyond the categories": crossing("x DOUBLE, y DOUBLE", [[3.0, 5.0]], ["x", "y"], NOMINAL),
    "Interaction: a fraction for a category": crossing("x DOUBLE, y DOUBLE", [[0.5, 5.0]], ["x", "y"], NOMINAL),
    "Interaction: categories without a number": crossing("x DOUBLE, y DOUBLE", [[0.0, 5.0]], ["x", "y"], {"x": {"ml_attr": {"type": "nominal"}}}),
    "Interaction: binary": crossing("x DOUBLE, y DOUBLE", [[1.0, 5.0], [0.0, 2.0]], ["x", "y"], {"x": {"ml_attr": {"type": "binary", "name": "far", "vals": ["no", "yes"]}}}),
    "Interaction: categories in a vector": crossing("v VECTOR, x DOUBLE", [[DENSE(1, 3), 2.0], [SPARSE(2, (1, 4.0)), 3.0], [DENSE(0, 0), 1.0]], ["v", "x"], SLOTS),
    "Interaction: a vector of another length": crossing("v VECTOR, x DOUBLE", [[DENSE(1, 3, 1), 2.0]], ["v", "x"], SLOTS),
    "Interaction: one column": crossing("x DOUBLE", [[2.0]], ["x"]),
    "Interaction: one column of categories": crossing("x DOUBLE", [[2.0], [0.0]], ["x"], NOMINAL),
    "Interaction: categories in a vector alone": crossing("v VECTOR", [[DENSE(1, 3)], [SPARSE(2, (1, 4.0))]], ["v"], SLOTS),
    "Interaction: the same column twice": crossing("x DOUBLE", [[2.0]], ["x", "x"]),
    **{f"QuantileDiscretizer: {mode}": quantiles(QUANTILE_ROWS, numBuckets=3, handleInvalid=mode) for mode in ("error", "skip", "keep")},
    "QuantileDiscretizer: null alone": quantiles([[None, 1], [NAN, 1]]),
    "QuantileDiscretizer: no rows": quantiles([]),
    "QuantileDiscretizer: one value": quantiles([[5.0, 1], [5.0, 1]], numBuckets=4),
    "QuantileDiscretizer: null is passed": quantiles([[5.0, 1], [6.0, 1]], [[None, 1], [5.5, 1]]),
    "QuantileDiscretizer: infinities": quantiles([[INF, 1], [-INF, 1], [0.0, 1]]),
    "QuantileDiscretizer: several": dict(
        stage="QuantileDiscretizer", schema="x DOUBLE, y INT", rows=QUANTILE_ROWS,
        params=dict(inputCols=["x", "y"], outputCols=["o", "p"], numBucketsArray=[2, 3], handleInvalid="keep")),
    "QuantileDiscretizer: several, skip": dict(
        stage="QuantileDiscretizer", schema="x DOUBLE, y INT", rows=QUANTILE_ROWS,
        params=dict(inputCols=["x", "y"], outputCols=["o", "p"], numBuckets=4, handleInvalid="skip")),
}

if __name__ == "__main__":
    record(CASES)
