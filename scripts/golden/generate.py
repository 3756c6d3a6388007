#!/usr/bin/env python3
"""Golden corpus generator: runs real Apache Spark (pyspark 4.0.x) and records what it does.

    generate.py OUTDIR [--seed N] [--only REGEX] [--keep]

Layout of OUTDIR
    manifest.json                      environment, list of cases, counts, failures
    datasets/<name>.jsonl              one JSON object a row; NaN/Infinity/-Infinity as strings; ints beyond 2^53 as strings
    datasets/<name>.schema.json        columns (name, type, nullable, metadata), Spark's own schema JSON, partition layout
    cases/<module>/<Class>/<setting>/case.json      what was run and the fitted model's attributes
                                     output.jsonl   transform output: id + the columns the stage added
                                     model/         the fitted model (or transformer) as saved by Spark, .crc files dropped
                                     estimator/     the unfitted estimator as saved by Spark
    random/*.json                      Spark's random machinery: generators, samplers, splits, folds, hashes, quantiles

Vectors: {"type":1,"values":[..]} dense, {"type":0,"size":n,"indices":[..],"values":[..]} sparse.
Matrices: {"type":1,"numRows":r,"numCols":c,"values":[column-major],"isTransposed":false} dense; sparse has colPtrs,rowIndices.
Rows are spread over partitions as the JVM's SparkContext.parallelize(rows, n) does:
partition i holds rows [i*len//n, (i+1)*len//n).
"""
import argparse, json, math, os, re, shutil, sys, tempfile, time, traceback, platform

HERE = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser()
ap.add_argument("outdir")
ap.add_argument("--seed", type=int, default=7)
ap.add_argument("--only", default=None, help="regular expression on case ids (random/... for the random machinery)")
ap.add_argument("--keep", action="store_true", help="do not empty OUTDIR first")
args = ap.parse_args()
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ["PYTHONHASHSEED"] = "0"
OUT = os.path.abspath(args.outdir)
if os.path.exists(OUT) and not args.keep and not args.only:
    shutil.rmtree(OUT)
os.makedirs(OUT, exist_ok=True)
TMP = tempfile.mkdtemp(prefix="sparkgen-")

import numpy as np
from pyspark.sql import SparkSession, Row, DataFrame, functions as F, types as T
from pyspark.ml.linalg import Vectors, DenseVector, SparseVector, DenseMatrix, SparseMatrix, Matrices, VectorUDT
from pyspark.ml import Pipeline, PipelineModel, feature as fe, regression as rg, classification as cl, clustering as cu
from pyspark.ml import recommendation as rc, fpm as fp, evaluation as ev, tuning as tu, stat as st
from pyspark.ml.functions import vector_to_array, array_to_vector
import pyspark.ml.util as mlutil

SHUFFLE = 4
spark = (SparkSession.builder.master("local[2]").appName("golden").config("spark.driver.memory", "3g")
         .config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
         .config("spark.ui.showConsoleProgress", "false")
         .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
         .config("spark.sql.shuffle.partitions", SHUFFLE).config("spark.local.dir", TMP)
         .config("spark.sql.warehouse.dir", os.path.join(TMP, "wh")).getOrCreate())
sc = spark.sparkContext
sc.setLogLevel("OFF")
jvm = sc._jvm
T0 = time.time()

# ---------------------------------------------------------------- deterministic uids
_uid = {"n": 0}
def _fixed_uid(cls):
    _uid["n"] += 1
    return "%s_%012x" % (cls.__name__, _uid["n"])
mlutil.Identifiable._randomUID = classmethod(_fixed_uid)

# ---------------------------------------------------------------- encoding
def num(x):
    if math.isnan(x): return "NaN"
    if math.isinf(x): return "Infinity" if x > 0 else "-Infinity"
    return x

def enc(v):
    if v is None or isinstance(v, (bool, str)): return v
    if isinstance(v, (np.bool_,)): return bool(v)
    if isinstance(v, (int, np.integer)):
        v = int(v); return v if -(2**53) <= v <= 2**53 else str(v)
    if isinstance(v, (float, np.floating)): return num(float(v))
    if isinstance(v, DenseVector): return {"type": 1, "values": [num(float(x)) for x in v.toArray()]}
    if isinstance(v, SparseVector):
        return {"type": 0, "size": int(v.size), "indices": [int(i) for i in v.indices], "values": [num(float(x)) for x in v.values]}
    if isinstance(v, DenseMatrix):
        return {"type": 1, "numRows": v.numRows, "numCols": v.numCols, "values": [num(float(x)) for x in v.toArray().flatten(order="F")], "isTransposed": False}
    if isinstance(v, SparseMatrix):
        return {"type": 0, "numRows": v.numRows, "numCols": v.numCols, "colPtrs": [int(i) for i in v.colPtrs], "rowIndices": [int(i) for i in v.rowIndices],
                "values": [num(float(x)) for x in v.values], "isTransposed": bool(v.isTransposed)}
    if isinstance(v, Row): return {k: enc(x) for k, x in v.asDict().items()} if hasattr(v, "__fields__") else [enc(x) for x in v]
    if isinstance(v, dict): return {str(k): enc(x) for k, x in v.items()}
    if isinstance(v, np.ndarray): return [enc(x) for x in v.tolist()]
    if isinstance(v, (list, tuple)): return [enc(x) for x in v]
    if isinstance(v, DataFrame): return [enc(r) for r in v.collect()]
    if hasattr(v, "_java_obj") or type(v).__name__ == "JavaObject":
        return enc_java(v)
    if type(v).__name__ in ("JavaArray", "JavaList"): return [enc(x) for x in v]
    if isinstance(v, (bytes, bytearray)): return {"hex": bytes(v).hex()}
    return str(v)

def enc_java(o):
    try:
        n = o.getClass().getName()
    except Exception: return str(o)
    if "linalg" in n:
        from pyspark.ml.common import _java2py
        return enc(_java2py(sc, o))
    if n.startswith("[") : return [enc(x) for x in o]
    if n.startswith("scala.collection") or n.startswith("java.util"): return str(o.toString())
    return str(o.toString())

def dumps(o, **k): return json.dumps(o, ensure_ascii=False, allow_nan=False, **k)
def write_json(path, o, indent=1):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f: f.write(dumps(o, indent=indent) + "\n")
def write_jsonl(path, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        for r in rows: f.write(dumps(r, separators=(",", ":")) + "\n")

def simple_type(dt):
    if isinstance(dt, VectorUDT): return "vector"
    if type(dt).__name__ == "MatrixUDT": return "matrix"
    if isinstance(dt, T.ArrayType): return "array<" + simple_type(dt.elementType) + ">"
    if isinstance(dt, T.StructType): return "struct<" + ",".join(f.name + ":" + simple_type(f.dataType) for f in dt.fields) + ">"
    if isinstance(dt, T.MapType): return "map<" + simple_type(dt.keyType) + "," + simple_type(dt.valueType) + ">"
    return {"bigint": "long"}.get(dt.simpleString(), dt.simpleString())

def trim_meta(m):
    """attribute metadata can be large; keep whole when small"""
    s = json.dumps(m)
    return m if len(s) < 6000 else {"_truncated": True, "_length": len(s)}

def enc_meta(m): return json.loads(json.dumps(m), parse_constant=lambda c: {"NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity"}[c])

def schema_desc(schema):
    return [{"name": f.name, "type": simple_type(f.dataType), "nullable": f.nullable, "metadata": enc_meta(trim_meta(f.metadata))} for f in schema.fields]

# ---------------------------------------------------------------- data sets
DATASETS = {}      # name -> (python rows, StructType)
USED_PARTS = {}
_cache = {}

def jdf_from(rows, schema, n):
    py = spark.createDataFrame(rows, schema)
    jl = py._jdf.collectAsList()
    jrdd = spark._jsc.parallelize(jl, n)
    return DataFrame(spark._jsparkSession.createDataFrame(jrdd, py._jdf.schema()), spark)

def dset(name, parts=1):
    key = (name, parts)
    if key not in _cache:
        rows, schema = DATASETS[name]
        _cache[key] = jdf_from(rows, schema, parts)
        USED_PARTS.setdefault(name, set()).add(parts)
    return _cache[key]

def add(name, rows, schema):
    DATASETS[name] = (rows, schema)

D, S, I, L, B, V, FL = T.DoubleType(), T.StringType(), T.IntegerType(), T.LongType(), T.BooleanType(), VectorUDT(), T.FloatType()
def sch(*cols):
    return T.StructType([T.StructField(c[0], c[1], c[2] if len(c) > 2 else True, c[3] if len(c) > 3 else None) for c in cols])
r4 = lambda x: float(round(float(x), 4))
r3 = lambda x: float(round(float(x), 3))

def make_datasets(seed):
    rng = np.random.default_rng(seed)
    # --- the rides price example (never changes with the seed)
    add("rides5", [(1, "FR", 7.5, 9, 10.8), (2, "US", 12.0, 18, 18.4), (3, "DE", 3.0, 23, 6.2), (4, "FR", 16.2, 8, 21.7), (5, "MG", 9.5, 12, 13.1)],
        sch(("rideId", L), ("city", S), ("distanceKm", D), ("hour", L), ("price", D)))
    # --- bigger rides
    cities = ["FR", "US", "DE", "MG", "GB", "ES", "JP", "BR"]; p = np.array([.26, .2, .14, .12, .1, .08, .06, .04])
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    rows = []
    for i in range(240):
        c = rng.choice(8, p=p); d = r3(rng.gamma(2.2, 4.0) + 0.5); h = int(rng.integers(0, 24)); day = days[rng.integers(0, 7)]
        surge = bool(rng.random() < .25); rating = None if rng.random() < .12 else r3(np.clip(rng.normal(4.3, .5), 1, 5))
        tip = float("nan") if rng.random() < .1 else r3(max(0, rng.normal(1.5, 1.2)))
        price = r3(2.1 + 1.18 * d + (0.8 if h >= 20 or h < 6 else 0) + 0.35 * c + (2.0 if surge else 0) + rng.normal(0, .9))
        rows.append((i + 1, cities[c], d, h, day, surge, rating, tip, price, float(price > 14)))
    add("rides", rows, sch(("rideId", L), ("city", S), ("distanceKm", D), ("hour", I), ("day", S), ("surge", B), ("rating", D), ("tip", D), ("price", D), ("longRide", D)))
    # --- dense regression
    beta = np.array([2.5, -1.25, 0.0, 0.6, 3.0]); scale = np.array([1, 10, .1, 3, 1]); rows = []
    for i in range(120):
        x = rng.normal(0, 1, 5) * scale + np.array([0, 20, 1, -2, 0]); y = float(x @ (beta / scale)) + 4 + rng.normal(0, .7)
        if rng.random() < .05: y += rng.normal(0, 12)
        rows.append((i, Vectors.dense([r4(a) for a in x]), r4(y), r3(rng.uniform(.2, 3)), int(rng.integers(0, 3))))
    add("regDense", rows, sch(("id", L), ("features", V), ("label", D), ("weight", D), ("fold", I)))
    # constant + collinear columns (singular normal equations)
    rows = []
    for i in range(60):
        a, b = rng.normal(0, 2), rng.normal(5, 1); rows.append((i, Vectors.dense([r4(a), 3.0, r4(b), r4(r4(a) * 2), 0.0]), r4(a - 2 * b + rng.normal(0, .3))))
    add("regSingular", rows, sch(("id", L), ("features", V), ("label", D)))
    add("regConstLabel", [(i, Vectors.dense([r4(rng.normal()), r4(rng.normal())]), 4.25) for i in range(30)], sch(("id", L), ("features", V), ("label", D)))
    # --- sparse regression / classification
    rows = []
    wS = rng.normal(0, 1.5, 12)
    for i in range(100):
        nz = sorted(rng.choice(12, size=int(rng.integers(1, 6)), replace=False)); v = [r4(rng.normal(1, 1)) for _ in nz]
        y = sum(wS[j] * q for j, q in zip(nz, v)) + rng.normal(0, .4)
        rows.append((i, Vectors.sparse(12, [int(j) for j in nz], v), r4(y), float(y > 0)))
    add("regSparse", rows, sch(("id", L), ("features", V), ("label", D), ("labelBin", D)))
    # --- binary, multiclass
    rows = []
    for i in range(160):
        x = rng.normal(0, 1, 4) * np.array([1, 5, .5, 2]) + np.array([0, 3, 0, -1]); z = 1.2 * x[0] - .3 * x[1] + 1.5 * x[2] + 0.4 * x[3] + 1
        rows.append((i, Vectors.dense([r4(a) for a in x]), float(rng.random() < 1 / (1 + math.exp(-z))), r3(rng.uniform(.3, 2.5))))
    add("binDense", rows, sch(("id", L), ("features", V), ("label", D), ("weight", D)))
    centers = rng.normal(0, 2.0, (3, 4)); rows = []
    for i in range(180):
        c = int(rng.choice(3, p=[.5, .3, .2])); x = centers[c] + rng.normal(0, 1.3, 4)
        rows.append((i, Vectors.dense([r4(a) for a in x]), float(c), r3(rng.uniform(.3, 2.5))))
    add("multiDense", rows, sch(("id", L), ("features", V), ("label", D), ("weight", D)))
    # --- counts (NB multinomial/complement, LDA, IDF)
    topics = rng.dirichlet(np.ones(12) * .35, 3); rows = []
    for i in range(100):
        c = int(rng.integers(0, 3)); cnt = rng.multinomial(int(rng.integers(6, 25)), .8 * topics[c] + .2 / 12)
        nz = [int(j) for j in np.nonzero(cnt)[0]]
        v = Vectors.sparse(12, nz, [float(cnt[j]) for j in nz]) if i % 4 else Vectors.dense([float(a) for a in cnt])
        rows.append((i, v, float(c), r3(rng.uniform(.5, 2))))
    add("counts", rows, sch(("id", L), ("features", V), ("label", D), ("weight", D)))
    # --- 0/1 features (Bernoulli NB, ChiSq, MinHash)
    pr = rng.uniform(.1, .9, (2, 8)); rows = []
    for i in range(100):
        c = int(rng.integers(0, 2)); b = (rng.random(8) < pr[c]).astype(float)
        if b.sum() == 0: b[0] = 1.0
        nz = [int(j) for j in np.nonzero(b)[0]]
        rows.append((i, Vectors.sparse(8, nz, [1.0] * len(nz)), float(c)))
    add("bits", rows, sch(("id", L), ("features", V), ("label", D)))
    # --- trees: categorical slots 0 (3 values) and 1 (5 values), continuous 2..5
    attrs = {"ml_attr": {"attrs": {"nominal": [{"idx": 0, "name": "colour", "vals": ["red", "green", "blue"]}, {"idx": 1, "name": "size", "vals": ["xs", "s", "m", "l", "xl"]}],
                                   "numeric": [{"idx": 2, "name": "a"}, {"idx": 3, "name": "b"}, {"idx": 4, "name": "c"}, {"idx": 5, "name": "d"}]}, "num_attrs": 6}}
    rows = []
    for i in range(200):
        a, b = int(rng.integers(0, 3)), int(rng.integers(0, 5)); x = rng.normal(0, 1, 3); d = float(rng.integers(0, 8))
        y = 2 * (a == 1) + 1.5 * (b in (1, 4)) * (x[0] > 0) + np.sin(2 * x[1]) + .3 * d + rng.normal(0, .35)
        z = int(np.clip(np.floor((y + 1) / 1.7), 0, 2))
        rows.append((i, Vectors.dense([float(a), float(b)] + [r4(q) for q in x] + [d]), r4(y), float(y > 1.6), float(z), r3(rng.uniform(.3, 2.2)), bool(i % 5 == 0)))
    add("trees", rows, sch(("id", L), ("features", V, True, attrs), ("y", D), ("yBin", D), ("yMulti", D), ("weight", D), ("isVal", B)))
    # --- GLM
    rows = []
    for i in range(120):
        x = rng.normal(0, .6, 3); eta = .5 + .8 * x[0] - .5 * x[1] + .2 * x[2]; off = r3(rng.uniform(0, .5))
        mu = math.exp(eta)
        rows.append((i, Vectors.dense([r4(a) for a in x]), r4(eta + 5 + rng.normal(0, .5)), float(rng.poisson(mu)), r4(rng.gamma(3.0, mu / 3.0) + 1e-3),
                     float(rng.random() < 1 / (1 + math.exp(-eta))), r4(0.0 if rng.random() < .3 else rng.gamma(2., mu / 2)), r3(rng.uniform(.5, 3)), off))
    add("glm", rows, sch(("id", L), ("features", V), ("yGauss", D), ("yPois", D), ("yGamma", D), ("yBin", D), ("yTweedie", D), ("weight", D), ("offset", D)))
    # --- survival
    rows = []
    for i in range(100):
        x = rng.normal(0, 1, 3); t = math.exp(1.2 + .6 * x[0] - .4 * x[1] + .5 * math.log(rng.exponential(1.0))); cz = rng.exponential(9.0)
        rows.append((i, Vectors.dense([r4(a) for a in x]), r4(max(1e-3, min(t, cz))), float(t <= cz)))
    add("survival", rows, sch(("id", L), ("features", V), ("label", D), ("censor", D)))
    # --- isotonic
    rows = []
    for i in range(80):
        f = float(rng.integers(0, 30)) / 2; rows.append((i, f, Vectors.dense([r3(rng.normal()), f]), r4(math.log1p(f) * 3 + rng.normal(0, .8)), r3(rng.uniform(.1, 2))))
    add("iso", rows, sch(("id", L), ("feature", D), ("features", V), ("label", D), ("weight", D)))
    add("isoTest", [(i, x) for i, x in enumerate([-3.0, 0.0, 0.25, 1.1, 3.3, 7.0, 7.25, 14.5, 99.0])], sch(("id", L), ("feature", D)))
    # --- strings
    rows = []
    alpha = ["pear", "Apple", "fig", "kiwi", "apple", "été", "zz", "😀x", "10", "9"]
    pa = rng.dirichlet(np.ones(10) * 1.2)
    for i in range(90):
        s1 = alpha[rng.choice(10, p=pa)]; s2 = ["u", "v", "w"][i % 3]
        if rng.random() < .08: s1 = None
        rows.append((i, s1, s2, float([1.0, 2.5, 10.0, -1.0][rng.integers(0, 4)]), int(rng.integers(0, 4)), bool(rng.random() < .5), r4(rng.normal(3, 2)), float(rng.random() < .4)))
    add("strings", rows, sch(("id", L), ("s1", S), ("s2", S), ("dnum", D), ("inum", I), ("flag", B), ("target", D), ("label", D)))
    add("stringsTest", [(0, "pear", "u", 2.5, 3, True), (1, "UNSEEN", "v", 2.5, 3, False), (2, None, "w", 1.0, 0, None), (3, "apple", None, 99.0, 7, True), (4, "", "u", float("nan"), -1, True)],
        sch(("id", L), ("s1", S), ("s2", S), ("dnum", D), ("inum", I), ("flag", B)))
    # --- category indices
    rows = [(i, float(rng.integers(0, 4)), float(rng.integers(0, 3)), float(rng.integers(0, 6)), r4(rng.normal(2, 1)), float(rng.random() < .5), float(rng.integers(0, 3))) for i in range(60)]
    rows[0] = (0, 3.0, 2.0, 5.0) + rows[0][4:]
    add("cats", rows, sch(("id", L), ("c1", D), ("c2", D), ("c3", D), ("target", D), ("label", D), ("label3", D)))
    add("catsTest", [(0, 0.0, 2.0, 5.0), (1, 3.0, 0.0, 1.0), (2, 4.0, 1.0, 2.0), (3, 1.0, 3.0, 9.0)], sch(("id", L), ("c1", D), ("c2", D), ("c3", D)))
    # --- numbers with null / NaN
    rows = []
    for i in range(100):
        def maybe(v):
            u = rng.random(); return None if u < .08 else (float("nan") if u < .16 else v)
        rows.append((i, maybe(r4(rng.normal(10, 4))), maybe(r4(rng.exponential(3))), r4(rng.normal(0, 1)), None if rng.random() < .1 else int(rng.integers(0, 9)),
                     float(np.float32(r3(rng.normal(2, 1)))), float(rng.integers(0, 5)), bool(rng.random() < .5)))
    add("numbers", rows, sch(("id", L), ("x1", D), ("x2", D), ("x3", D), ("i1", I), ("f1", FL), ("m1", D), ("b1", B)))
    # --- vectors
    rows = []
    for i in range(60):
        x = rng.normal(0, 1, 4) * np.array([1, 100, .01, 1]) + np.array([0, 50, 0, 0]); x[3] = float(round(x[3])); dense = [r4(a) for a in x]
        if i % 7 == 0: dense[0] = 0.0
        v = Vectors.dense(dense) if i % 3 else Vectors.sparse(4, [j for j, a in enumerate(dense) if a != 0], [a for a in dense if a != 0])
        rows.append((i, v, Vectors.dense([dense[0], dense[3]]), r4(rng.normal()), float(rng.integers(0, 3))))
    add("vecs", rows, sch(("id", L), ("v", V), ("v2", V), ("x", D), ("k", D)))
    add("vecsTest", [(0, Vectors.dense([.5, 0.0])), (1, Vectors.dense([-.5, 99.0])), (2, Vectors.sparse(2, [1], [1.0])), (3, Vectors.dense([0.0, -1.0]))], sch(("id", L), ("v2", V)))
    rows = []
    for i in range(50):
        vals = [r4(a) for a in rng.normal(1, 2, 3)]
        if i % 9 == 4: vals[i % 3] = float("nan")
        rows.append((i, Vectors.dense(vals)))
    add("vecsNaN", rows, sch(("id", L), ("v", V)))
    # selector data
    rows = []
    for i in range(120):
        c = int(rng.integers(0, 3)); f = [float(rng.integers(0, 3)) if rng.random() < .5 else float(c), float(rng.integers(0, 4)), float((c + rng.integers(0, 2)) % 3), float(rng.integers(0, 2)), 1.0, r4(c * .5 + rng.normal()), r4(rng.normal())]
        rows.append((i, Vectors.dense(f[:5]), Vectors.dense([f[5], f[6], r4(.3 * c + rng.normal(0, .3)), 2.0 if i % 2 else 2.0]), float(c), r4(.8 * f[5] + rng.normal(0, .5))))
    add("select", rows, sch(("id", L), ("fcat", V), ("fcont", V), ("label", D), ("y", D)))
    # --- text
    words = "spark machine learning pipeline data model the a is of fast Rust node typescript train predict vector tree forest gradient and I".split()
    extra = ["It's", "café,", "naïve-bayes", "3.14", "foo_bar", "UPPER", "x", "", "été!", "e-mail@x.org"]
    rows = []
    for i in range(60):
        n = int(rng.integers(2, 14)); ws = [words[rng.integers(0, len(words))] if rng.random() < .85 else extra[rng.integers(0, len(extra))] for _ in range(n)]
        t = ("  " if i % 5 == 0 else " ").join(ws) + ("." if i % 3 == 0 else "")
        if i == 7: t = ""
        if i == 8: t = "   "
        if i == 9: t = "\tTab\nnew  line "
        if i == 10: t = "İstanbul ŞEHİR straße ΑΣ ß"
        rows.append((i, t, [w.lower() for w in ws], float(rng.integers(0, 2))))
    add("text", rows, sch(("id", L), ("text", S), ("words", T.ArrayType(S)), ("label", D)))
    # --- blobs
    cen = rng.uniform(-8, 8, (4, 2)); rows = []
    for i in range(140):
        c = i % 4; x = cen[c] + rng.normal(0, .8, 2); rows.append((i, Vectors.dense([r4(a) for a in x]), r3(rng.uniform(.2, 3)), float(c)))
    add("blobs", rows, sch(("id", L), ("features", V), ("weight", D), ("truth", D)))
    cen = rng.normal(0, 4, (3, 4)); rows = []
    for i in range(120):
        c = int(rng.integers(0, 3)); x = cen[c] + rng.normal(0, 1, 4); rows.append((i, Vectors.dense([r4(a) for a in x]), r3(rng.uniform(.2, 3))))
    add("blobs4", rows, sch(("id", L), ("features", V), ("weight", D)))
    # --- ratings
    uf, vf = rng.normal(0, 1, (25, 3)), rng.normal(0, 1, (18, 3)); rows, seen = [], set()
    while len(rows) < 220:
        u, m = int(rng.integers(0, 25)), int(rng.integers(0, 18))
        if (u, m) in seen: continue
        seen.add((u, m)); rows.append((len(rows), u, m, float(np.float32(r3(3 + uf[u] @ vf[m] * .6 + rng.normal(0, .2)))), float(rng.poisson(2))))
    add("ratings", rows, sch(("id", L), ("user", I), ("item", I), ("rating", FL), ("clicks", D)))
    add("ratingsTest", [(0, 0, 0), (1, 3, 5), (2, 999, 1), (3, 2, 777), (4, 24, 17)], sch(("id", L), ("user", I), ("item", I)))
    # --- baskets, sequences
    items = ["bread", "milk", "beer", "eggs", "cheese", "apple", "wine"]; rows = []
    for i in range(70):
        b = {items[j] for j in range(7) if rng.random() < [.6, .5, .3, .3, .25, .2, .12][j]}
        if "beer" in b and rng.random() < .7: b.add("bread")
        if not b: b = {"milk"}
        rows.append((i, sorted(b)))
    add("baskets", rows, sch(("id", L), ("items", T.ArrayType(S))))
    rows = []
    for i in range(40):
        seq = [sorted({items[rng.integers(0, 5)] for _ in range(int(rng.integers(1, 4)))}) for _ in range(int(rng.integers(1, 5)))]; rows.append((i, seq))
    add("sequences", rows, sch(("id", L), ("sequence", T.ArrayType(T.ArrayType(S)))))
    # --- graph
    rows = []
    for a in range(24):
        for b in range(a + 1, 24):
            same = (a // 8 == b // 8)
            if rng.random() < (.65 if same else .04): rows.append((a, b, r3(rng.uniform(.5, 1) if same else rng.uniform(.05, .2))))
    for a in range(23): rows.append((a, a + 1, .3)) if not any(r[0] == a and r[1] == a + 1 for r in rows) else None
    add("edges", rows, sch(("src", L), ("dst", L), ("weight", D)))
    # --- LSH
    add("lshA", [(i, Vectors.dense([r4(a) for a in rng.normal(0, 3, 3)])) for i in range(40)], sch(("id", L), ("v", V)))
    add("lshB", [(i, Vectors.dense([r4(a) for a in rng.normal(0, 3, 3)])) for i in range(30)], sch(("id", L), ("v", V)))
    def bits():
        nz = sorted(rng.choice(15, size=int(rng.integers(2, 7)), replace=False)); return Vectors.sparse(15, [int(j) for j in nz], [1.0] * len(nz))
    add("setsA", [(i, bits()) for i in range(40)], sch(("id", L), ("v", V)))
    add("setsB", [(i, bits()) for i in range(30)], sch(("id", L), ("v", V)))
    # --- evaluators
    rows = []
    for i in range(120):
        y = float(rng.random() < .4); s = round(float(np.clip(rng.normal(.35 + .3 * y, .2), 0, 1)), 2)
        rows.append((i, s, Vectors.dense([-round(s * 4 - 2, 2), round(s * 4 - 2, 2)]), y, r3(rng.uniform(.1, 3))))
    add("evalBinary", rows, sch(("id", L), ("score", D), ("rawPrediction", V), ("label", D), ("weight", D)))
    rows = []
    for i in range(120):
        y = int(rng.choice(3, p=[.5, .3, .2])); pr = rng.dirichlet(np.ones(3) + 3 * (np.arange(3) == y)); pr = np.round(pr, 4); pr[2] = round(1 - pr[0] - pr[1], 4)
        if i in (5, 17): pr = np.array([1.0, 0.0, 0.0])
        rows.append((i, float(np.argmax(pr)), Vectors.dense([float(a) for a in pr]), float(y), r3(rng.uniform(.1, 3))))
    add("evalMulti", rows, sch(("id", L), ("prediction", D), ("probability", V), ("label", D), ("weight", D)))
    rows = []
    for i in range(90):
        y = rng.normal(5, 2); rows.append((i, r4(y + rng.normal(0, .7)), r4(y), r3(rng.uniform(.1, 3))))
    add("evalReg", rows, sch(("id", L), ("prediction", D), ("label", D), ("weight", D)))
    rows = []
    for i in range(40):
        t = sorted({float(rng.integers(0, 5)) for _ in range(int(rng.integers(1, 4)))}); q = [a for a in t if rng.random() < .7] + ([float(rng.integers(0, 5))] if rng.random() < .4 else [])
        rows.append((i, sorted(set(q)), t))
    add("evalMultilabel", rows, sch(("id", L), ("prediction", T.ArrayType(D)), ("label", T.ArrayType(D))))
    rows = []
    for i in range(30):
        perm = [float(a) for a in rng.permutation(12)]; rel = [float(a) for a in rng.choice(12, size=int(rng.integers(0 if i == 3 else 1, 6)), replace=False)]
        if i == 3: rel = []
        rows.append((i, perm[: int(rng.integers(3, 11))], rel))
    add("evalRanking", rows, sch(("id", L), ("prediction", T.ArrayType(D)), ("label", T.ArrayType(D))))
    # --- random machinery
    add("ids100", [(i, r4(rng.normal()), ["a", "b", "c"][i % 3], Vectors.dense([float(i % 5)])) for i in range(100)], sch(("id", L), ("x", D), ("s", S), ("v", V)))
    order = [int(a) for a in rng.permutation(100)]
    add("ids100shuffled", [(order[i], r4(rng.normal())) for i in range(100)], sch(("id", L), ("x", D)))
    add("quant", [(i, r4(rng.normal()), float(rng.integers(0, 12)), r4(rng.exponential(5))) for i in range(300)], sch(("id", L), ("normal", D), ("ties", D), ("exp", D)))

make_datasets(args.seed)

# ---------------------------------------------------------------- case machinery
CASES, FAILURES, SAVED = [], [], {}
CURRENT = {"id": None}
def want(cid): return args.only is None or re.search(args.only, cid)

def drop_crc(d):
    for root, _, fs in os.walk(d):
        for f in fs:
            if f.startswith(".") and f.endswith(".crc"): os.remove(os.path.join(root, f))

def save_to(stage, path):
    if os.path.exists(path): shutil.rmtree(path)
    w = stage.write() if callable(getattr(stage, "write", None)) else stage.write
    w.overwrite().save("file://" + path)
    drop_crc(path)

def params_of(stage, explicit=True):
    out = {}
    src = stage._paramMap if explicit else stage.extractParamMap()
    for p, v in src.items():
        if isinstance(v, (Pipeline, PipelineModel)) or hasattr(v, "uid"): out[p.name] = {"uid": v.uid, "class": type(v).__name__}
        elif p.name == "estimatorParamMaps": out[p.name] = [[{"parent": q.parent.split("_")[0], "name": q.name, "value": enc(x)} for q, x in m.items()] for m in v]
        elif p.name == "stages": out[p.name] = [{"class": type(s).__name__, "params": params_of(s)} for s in v]
        else: out[p.name] = enc(v)
    return out

def get_attrs(obj, names):
    out = {}
    for n in names:
        key, fn = (n, None) if isinstance(n, str) else n
        try:
            if fn is not None: v = fn(obj)
            else:
                v = getattr(obj, key)
                if callable(v) and not isinstance(v, DataFrame): v = v()
            out[key] = enc(v)
        except Exception as e:
            x = err(e); out[key] = {"unavailable": x["type"] + ": " + x["message"][:160]}
    return out

def err(e):
    s = str(e); lines = s.split("\n"); msg = lines[0]; typ = type(e).__name__
    if msg.startswith("An error occurred while calling") and len(lines) > 1:      # a raw JVM exception: "...\n: java.lang.X: message"
        j = lines[1].lstrip(": "); typ, _, msg = j.partition(": ") if ": " in j else (j, "", "")
    causes = re.findall(r"Caused by: ([^\n]+)", s)
    return {"type": typ, "message": msg[:400], "causes": [c[:400] for c in causes][-2:]}

def newcols(before, after): return [c for c in after.columns if c not in before.columns]

TREE_COLS = None
def tree_nodes(model):
    import pyarrow.parquet as pq, glob
    d = os.path.join(TMP, "tree"); save_to(model, d)
    rows = []
    for f in sorted(glob.glob(d + "/data/*.parquet")): rows += pq.read_table(f).to_pylist()
    out = []
    for r in rows:
        n = r.get("nodeData", r)
        o = {"id": n["id"], "prediction": enc(n["prediction"]), "impurity": enc(n["impurity"]), "impurityStats": enc(n["impurityStats"]), "rawCount": n["rawCount"], "gain": enc(n["gain"]),
             "left": n["leftChild"], "right": n["rightChild"]}
        s = n["split"]
        if n["leftChild"] >= 0: o["split"] = {"feature": s["featureIndex"], "categoriesOrThreshold": enc(s["leftCategoriesOrThreshold"]), "numCategories": s["numCategories"]}
        if "treeID" in r: o["tree"] = r["treeID"]
        out.append(o)
    out.sort(key=lambda o: (o.get("tree", 0), o["id"]))
    trees = None
    m = glob.glob(d + "/treesMetadata/*.parquet")
    if m:
        trees = []
        for f in m: trees += [{"tree": t["treeID"], "weight": t["weights"]} for t in pq.read_table(f).to_pylist()]
        trees.sort(key=lambda t: t["tree"])
    return {"nodes": out, "trees": trees}

LRSUM = ["objectiveHistory", "totalIterations", "r2", "r2adj", "meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError", "explainedVariance", "devianceResiduals", "degreesOfFreedom",
         "numInstances", "coefficientStandardErrors", "tValues", "pValues"]
CLSUM = ["objectiveHistory", "totalIterations", "accuracy", "labels", "truePositiveRateByLabel", "falsePositiveRateByLabel", "precisionByLabel", "recallByLabel", "fMeasureByLabel",
         "weightedTruePositiveRate", "weightedFalsePositiveRate", "weightedRecall", "weightedPrecision", "weightedFMeasure"]
BINSUM = CLSUM + ["areaUnderROC", ("roc", lambda s: s.roc.collect()[:400]), ("pr", lambda s: s.pr.collect()[:400])]
GLMSUM = ["aic", "deviance", "nullDeviance", "dispersion", "degreesOfFreedom", "residualDegreeOfFreedom", "residualDegreeOfFreedomNull", "rank", "numInstances", "numIterations", "solver",
          "coefficientStandardErrors", "tValues", "pValues"] + [("residuals_" + k, (lambda k: lambda s: [r[0] for r in s.residuals(k).collect()])(k)) for k in ("deviance", "pearson", "working", "response")]
CLUSUM = ["trainingCost", "numIter", "k", "clusterSizes"]
TREE = ["numNodes", "depth", "numFeatures", "featureImportances", "toDebugString", ("tree", tree_nodes)]
ENS = ["getNumTrees", "treeWeights", "totalNumNodes", "numFeatures", "featureImportances", "toDebugString", ("ensemble", tree_nodes)]
def _summary(m):
    s = m.summary
    return s() if callable(s) else s
summ = lambda names: ("summary", lambda m: get_attrs(_summary(m), names) if m.hasSummary else None)
ATTRS = {
    "LinearRegressionModel": ["coefficients", "intercept", "scale", "numFeatures", summ(LRSUM)],
    "GeneralizedLinearRegressionModel": ["coefficients", "intercept", "numFeatures", summ(GLMSUM)],
    "DecisionTreeRegressionModel": TREE, "DecisionTreeClassificationModel": ["numClasses"] + TREE,
    "RandomForestRegressionModel": ENS, "RandomForestClassificationModel": ["numClasses"] + ENS + [("summary", lambda m: get_attrs(_summary(m), (BINSUM if m.numClasses == 2 else CLSUM)[2:]) if m.hasSummary else None)],
    "GBTRegressionModel": ENS, "GBTClassificationModel": ["numClasses"] + ENS,
    "AFTSurvivalRegressionModel": ["coefficients", "intercept", "scale", "numFeatures"],
    "IsotonicRegressionModel": ["boundaries", "predictions", "numFeatures"],
    "FMRegressionModel": ["intercept", "linear", "factors", "numFeatures"], "FMClassificationModel": ["intercept", "linear", "factors", "numFeatures", summ(["objectiveHistory", "totalIterations", "accuracy"])],
    "LogisticRegressionModel": ["coefficientMatrix", "interceptVector", ("coefficients", lambda m: m.coefficients if m.coefficientMatrix.numRows == 1 else None), ("intercept", lambda m: m.intercept if m.coefficientMatrix.numRows == 1 else None), "numClasses", "numFeatures", ("summary", lambda m: get_attrs(m.summary, BINSUM if m.numClasses == 2 else CLSUM) if m.hasSummary else None)],
    "LinearSVCModel": ["coefficients", "intercept", "numFeatures", summ(BINSUM)],
    "NaiveBayesModel": ["pi", "theta", "sigma", "numClasses", "numFeatures"],
    "MultilayerPerceptronClassificationModel": ["weights", "numFeatures", summ(CLSUM)],
    "OneVsRestModel": [("models", lambda m: [dict(coefficients=enc(x.coefficients), intercept=x.intercept) for x in m.models])],
    "KMeansModel": [("clusterCenters", lambda m: [enc(c) for c in m.clusterCenters()]), summ(CLUSUM)],
    "BisectingKMeansModel": [("clusterCenters", lambda m: [enc(c) for c in m.clusterCenters()]), summ(CLUSUM)],
    "GaussianMixtureModel": ["weights", ("gaussians", lambda m: [dict(mean=enc(g["mean"]), cov=enc(g["cov"])) for g in m.gaussiansDF.collect()]), summ(["logLikelihood", "numIter", "k", "clusterSizes"])],
    "LocalLDAModel": [("describeTopics", lambda m: m.describeTopics(5)), "topicsMatrix", "vocabSize", "estimatedDocConcentration"],
    "DistributedLDAModel": [("describeTopics", lambda m: m.describeTopics(5)), "topicsMatrix", "vocabSize", "estimatedDocConcentration", "trainingLogLikelihood", "logPrior"],
    "ALSModel": ["rank", ("userFactors", lambda m: m.userFactors.orderBy("id")), ("itemFactors", lambda m: m.itemFactors.orderBy("id")),
                 ("recommendForAllUsers3", lambda m: m.recommendForAllUsers(3).orderBy(m.getUserCol())), ("recommendForAllItems2", lambda m: m.recommendForAllItems(2).orderBy(m.getItemCol()))],
    "FPGrowthModel": [("freqItemsets", lambda m: sorted([dict(items=list(r["items"]), freq=r["freq"]) for r in m.freqItemsets.collect()], key=lambda r: (-r["freq"], sorted(r["items"])))),
                      ("associationRules", lambda m: sorted([enc(r) for r in m.associationRules.collect()], key=lambda r: (sorted(r["antecedent"]), r["consequent"])))],
    "BucketedRandomProjectionLSHModel": [("randMatrix", lambda m: jmatrix_from_lsh(m))], "MinHashLSHModel": [("randCoefficients", lambda m: minhash_coefs(m))],
    "ChiSqSelectorModel": ["selectedFeatures"], "UnivariateFeatureSelectorModel": ["selectedFeatures"], "VarianceThresholdSelectorModel": ["selectedFeatures"],
    "CountVectorizerModel": ["vocabulary"], "IDFModel": ["idf", "docFreq", "numDocs"], "ImputerModel": ["surrogateDF"], "MaxAbsScalerModel": ["maxAbs"],
    "MinMaxScalerModel": ["originalMin", "originalMax"], "OneHotEncoderModel": ["categorySizes"], "PCAModel": ["pc", "explainedVariance"], "RobustScalerModel": ["median", "range"],
    "RFormulaModel": [("resolvedFormula", lambda m: m._java_obj.resolvedFormula().toString())], "StandardScalerModel": ["mean", "std"],
    "StringIndexerModel": [("labelsArray", lambda m: [list(a) for a in m.labelsArray])], "TargetEncoderModel": [("stats", lambda m: target_stats(m))],
    "VectorIndexerModel": ["numFeatures", ("categoryMaps", lambda m: {str(k): {repr(float(a)): b for a, b in dict(v).items()} for k, v in dict(m.categoryMaps).items()})],
    "Word2VecModel": [("vectors", lambda m: m.getVectors().orderBy("word"))],
    "Bucketizer": [("splits", lambda m: m.getSplits() if m.isDefined("splits") else m.getSplitsArray())],
}
def saved_parquet(model, sub="data"):
    import pyarrow.parquet as pq, glob
    d = os.path.join(TMP, "peek"); save_to(model, d); rows = []
    for f in sorted(glob.glob(d + "/" + sub + "/*.parquet")): rows += pq.read_table(f).to_pylist()
    return rows
def jmatrix_from_lsh(m): return saved_parquet(m)
def minhash_coefs(m): return saved_parquet(m)
def target_stats(m): return saved_parquet(m)

def run_case(cid, stage, ds, parts=1, test=None, attrs=None, save=None, note=None, cols=None, transform=True, fit=True, extra=None, setup=None, limit=None, orderby=None):
    """Fit/transform one stage on one data set and record everything."""
    if not want(cid): return None
    CURRENT["id"] = cid
    t = time.time()
    d = os.path.join(OUT, "cases", cid)
    if os.path.exists(d): shutil.rmtree(d)
    rec = {"id": cid, "class": type(stage).__name__, "uid": stage.uid}
    try:
        rec["scalaClass"] = stage._to_java().getClass().getName()
    except Exception: pass
    is_est = hasattr(stage, "_fit") and fit
    rec["kind"] = "estimator" if is_est else "transformer"
    rec["params"] = params_of(stage)
    rec["input"] = {"dataset": ds, "partitions": parts}
    if note: rec["note"] = note
    df = dset(ds, parts)
    if setup: df = setup(df)
    try:
        model = stage
        if is_est:
            model = stage.fit(df)
            rec["modelClass"] = type(model).__name__
            rec["modelUid"] = model.uid
            a = ATTRS.get(type(model).__name__, []) if attrs is None else attrs
            rec["model"] = get_attrs(model, a)
        else:
            a = ATTRS.get(type(model).__name__, []) if attrs is None else attrs
            if a: rec["model"] = get_attrs(model, a)
        if extra: rec["extra"] = get_attrs((model, df), [(k, (lambda f: lambda md: f(md[0], md[1]))(f)) for k, f in extra.items()])
    except Exception as e:
        rec["error"] = dict(err(e), stage="fit"); model = None
    if model is not None and transform:
        tdf = df
        if test: tdf = dset(test, 1); rec["test"] = {"dataset": test, "partitions": 1}
        try:
            out = model.transform(tdf)
            keep = cols or newcols(tdf, out)
            idc = [c for c in ("id", "rideId") if c in out.columns and c not in keep]
            sel = out.select(*(idc + keep))
            if orderby: sel = sel.orderBy(orderby)
            rows = sel.collect()
            rec["output"] = {"columns": schema_desc(sel.schema), "rows": len(rows)}
            if limit: rows = rows[:limit]
            write_jsonl(os.path.join(d, "output.jsonl"), [enc(r) for r in rows])
        except Exception as e:
            rec["transformError"] = dict(err(e), stage="transform")
    key = type(model).__name__ if model is not None else None
    dosave = save if save is not None else (model is not None and key not in SAVED)
    if dosave and model is not None:
        try:
            save_to(model, os.path.join(d, "model")); rec["saved"] = "model"
            SAVED[key] = cid
            if is_est:
                save_to(stage, os.path.join(d, "estimator")); rec["savedEstimator"] = "estimator"
        except Exception as e:
            rec["saveError"] = err(e)
    rec["seconds"] = round(time.time() - t, 2)
    write_json(os.path.join(d, "case.json"), rec)
    CASES.append({"id": cid, "class": rec["class"], "dataset": ds, "partitions": parts, "saved": bool(rec.get("saved")), "error": bool(rec.get("error") or rec.get("transformError"))})
    return model

def guard(cid, fn):
    try: return fn()
    except Exception as e:
        FAILURES.append({"id": cid, "current": CURRENT["id"], "error": str(e).split("\n")[0][:300]}); traceback.print_exc()

def raw_case(cid, cls, ds, result, parts=1, note=None):
    """a case that is not a stage: statistics, evaluators, ..."""
    if not want(cid): return
    t = time.time(); d = os.path.join(OUT, "cases", cid)
    rec = {"id": cid, "class": cls, "kind": "function", "input": {"dataset": ds, "partitions": parts}}
    if note: rec["note"] = note
    try: rec["result"] = enc(result())
    except Exception as e: rec["error"] = err(e)
    if isinstance(rec.get("result"), dict) and "error" in rec["result"]: rec["error"] = rec["result"]["error"]
    for k, key in (("model", "saved"), ("estimator", "savedEstimator")):
        if os.path.isdir(os.path.join(d, k)): rec[key] = k
    rec["seconds"] = round(time.time() - t, 2)
    write_json(os.path.join(d, "case.json"), rec)
    CASES.append({"id": cid, "class": cls, "dataset": ds, "partitions": parts, "saved": "saved" in rec, "error": "error" in rec})

sys.path.insert(0, HERE)
GROUPS = []
def group(f): GROUPS.append(f); return f

# ================================================================ regression
@group
def linear_regression():
    P = "regression/LinearRegression/"
    for solver in ("normal", "l-bfgs", "auto"):
        for reg in (0.0, .01, .1):
            for en in (0.0, .5, 1.0):
                run_case(P + f"{solver}_reg{reg}_en{en}", rg.LinearRegression(solver=solver, regParam=reg, elasticNetParam=en), "regDense", save=(solver, reg, en) in (("normal", 0.0, 0.0), ("l-bfgs", .1, .5)))
    for solver in ("normal", "l-bfgs"):
        for reg, en in ((0.0, 0.0), (.1, 0.0), (.1, .5), (.1, 1.0)):
            run_case(P + f"{solver}_noIntercept_reg{reg}_en{en}", rg.LinearRegression(solver=solver, regParam=reg, elasticNetParam=en, fitIntercept=False), "regDense")
            if reg: run_case(P + f"{solver}_noStd_reg{reg}_en{en}", rg.LinearRegression(solver=solver, regParam=reg, elasticNetParam=en, standardization=False), "regDense")
            run_case(P + f"{solver}_weight_reg{reg}_en{en}", rg.LinearRegression(solver=solver, regParam=reg, elasticNetParam=en, weightCol="weight"), "regDense")
        run_case(P + f"{solver}_noIntercept_noStd", rg.LinearRegression(solver=solver, regParam=.1, elasticNetParam=.3, fitIntercept=False, standardization=False), "regDense")
        run_case(P + f"{solver}_sparse", rg.LinearRegression(solver=solver, regParam=.05, elasticNetParam=.5), "regSparse", save=solver == "l-bfgs")
        run_case(P + f"{solver}_sparse_l1strong", rg.LinearRegression(solver=solver, regParam=1.0, elasticNetParam=1.0), "regSparse")
        run_case(P + f"{solver}_singular", rg.LinearRegression(solver=solver), "regSingular")
        run_case(P + f"{solver}_singular_l2", rg.LinearRegression(solver=solver, regParam=.1), "regSingular")
        run_case(P + f"{solver}_singular_noIntercept", rg.LinearRegression(solver=solver, fitIntercept=False), "regSingular")
        run_case(P + f"{solver}_constLabel", rg.LinearRegression(solver=solver), "regConstLabel")
        run_case(P + f"{solver}_constLabel_noIntercept", rg.LinearRegression(solver=solver, fitIntercept=False), "regConstLabel")
        run_case(P + f"{solver}_constLabel_noIntercept_reg", rg.LinearRegression(solver=solver, fitIntercept=False, regParam=.1), "regConstLabel")
        run_case(P + f"{solver}_2parts", rg.LinearRegression(solver=solver, regParam=.1, elasticNetParam=.5), "regDense", parts=2)
    run_case(P + "lbfgs_maxIter3", rg.LinearRegression(solver="l-bfgs", maxIter=3), "regDense")
    run_case(P + "lbfgs_maxIter0", rg.LinearRegression(solver="l-bfgs", maxIter=0), "regDense")
    run_case(P + "lbfgs_tol1e-2", rg.LinearRegression(solver="l-bfgs", tol=1e-2), "regDense")
    run_case(P + "lbfgs_tol1e-12", rg.LinearRegression(solver="l-bfgs", tol=1e-12), "regDense")
    for reg in (0.0, .1):
        run_case(P + f"huber_reg{reg}", rg.LinearRegression(loss="huber", regParam=reg), "regDense", save=reg == 0)
        run_case(P + f"huber_noIntercept_reg{reg}", rg.LinearRegression(loss="huber", regParam=reg, fitIntercept=False), "regDense")
        run_case(P + f"huber_eps2_noStd_reg{reg}", rg.LinearRegression(loss="huber", regParam=reg, epsilon=2.0, standardization=False), "regDense")
    run_case(P + "huber_weight", rg.LinearRegression(loss="huber", weightCol="weight", regParam=.01), "regDense")
    run_case(P + "huber_l1_error", rg.LinearRegression(loss="huber", regParam=.1, elasticNetParam=.5), "regDense")

@group
def glr():
    P = "regression/GeneralizedLinearRegression/"
    fam = {"gaussian": ("yGauss", ["identity", "log", "inverse"]), "binomial": ("yBin", ["logit", "probit", "cloglog"]), "poisson": ("yPois", ["log", "identity", "sqrt"]), "gamma": ("yGamma", ["inverse", "identity", "log"])}
    for f, (y, links) in fam.items():
        for l in links:
            run_case(P + f"{f}_{l}", rg.GeneralizedLinearRegression(family=f, link=l, labelCol=y, linkPredictionCol="linkPred", maxIter=50), "glm", save=(l == links[0]))
        run_case(P + f"{f}_reg0.1", rg.GeneralizedLinearRegression(family=f, labelCol=y, regParam=.1), "glm")
        run_case(P + f"{f}_weight_noIntercept", rg.GeneralizedLinearRegression(family=f, link="log" if f != "binomial" else "logit", labelCol=y, weightCol="weight", fitIntercept=False), "glm")
    for vp, lp in ((0.0, None), (1.0, None), (1.5, 0.0), (1.6, None), (1.7, 0.5), (2.0, 0.0), (2.5, None), (2.5, 0.0)):
        y = "yGamma" if vp >= 2 else "yTweedie"
        s = rg.GeneralizedLinearRegression(family="tweedie", variancePower=vp, labelCol=y)
        if lp is not None: s.setLinkPower(lp)
        run_case(P + f"tweedie_vp{vp}_lp{lp}", s, "glm", save=vp == 1.5)
    run_case(P + "poisson_offset", rg.GeneralizedLinearRegression(family="poisson", labelCol="yPois", offsetCol="offset", linkPredictionCol="linkPred"), "glm")
    run_case(P + "poisson_2parts", rg.GeneralizedLinearRegression(family="poisson", labelCol="yPois"), "glm", parts=2)
    run_case(P + "binomial_maxIter2", rg.GeneralizedLinearRegression(family="binomial", labelCol="yBin", maxIter=2), "glm")

@group
def trees_reg():
    for nm, mk in (("DecisionTreeRegressor", rg.DecisionTreeRegressor),):
        P = f"regression/{nm}/"
        run_case(P + "default", mk(labelCol="y", varianceCol="variance"), "trees", save=True)
        run_case(P + "depth3_bins8", mk(labelCol="y", maxDepth=3, maxBins=8), "trees")
        run_case(P + "depth0", mk(labelCol="y", maxDepth=0), "trees")
        run_case(P + "minInst15_gain0.02", mk(labelCol="y", minInstancesPerNode=15, minInfoGain=.02), "trees")
        run_case(P + "weight_minWeightFrac", mk(labelCol="y", weightCol="weight", minWeightFractionPerNode=.05, maxDepth=4), "trees")
        run_case(P + "leafCol_2parts", mk(labelCol="y", maxDepth=3, leafCol="leaf"), "trees", parts=2)
        run_case(P + "bins4_error", mk(labelCol="y", maxBins=4), "trees")
        run_case(P + "dense_continuous", mk(labelCol="label", maxDepth=4), "regDense")
    P = "regression/RandomForestRegressor/"
    base = dict(labelCol="y", numTrees=5, maxDepth=4, seed=42)
    run_case(P + "seed42", rg.RandomForestRegressor(**base), "trees", save=True)
    run_case(P + "seed42_2parts", rg.RandomForestRegressor(**base), "trees", parts=2)
    run_case(P + "seed0_subsample0.6", rg.RandomForestRegressor(labelCol="y", numTrees=4, maxDepth=3, seed=0, subsamplingRate=.6), "trees")
    run_case(P + "noBootstrap", rg.RandomForestRegressor(labelCol="y", numTrees=3, maxDepth=3, seed=5, bootstrap=False), "trees")
    run_case(P + "noBootstrap_subsample0.7", rg.RandomForestRegressor(labelCol="y", numTrees=3, maxDepth=3, seed=5, bootstrap=False, subsamplingRate=.7), "trees")
    for fs in ("all", "sqrt", "log2", "onethird", "0.5", "2"):
        run_case(P + f"subset_{fs}", rg.RandomForestRegressor(labelCol="y", numTrees=3, maxDepth=3, seed=11, featureSubsetStrategy=fs), "trees")
    run_case(P + "weight", rg.RandomForestRegressor(labelCol="y", numTrees=3, maxDepth=3, seed=9, weightCol="weight"), "trees")
    run_case(P + "oneTree", rg.RandomForestRegressor(labelCol="y", numTrees=1, maxDepth=4, seed=3), "trees")
    run_case(P + "bins5_dense", rg.RandomForestRegressor(labelCol="label", numTrees=3, maxDepth=4, seed=-17, maxBins=5), "regDense")
    P = "regression/GBTRegressor/"
    run_case(P + "seed42", rg.GBTRegressor(labelCol="y", maxIter=5, maxDepth=3, seed=42), "trees", save=True, extra={"evaluateEachIteration_squared": lambda m, d: m.evaluateEachIteration(d, "squared"), "evaluateEachIteration_absolute": lambda m, d: m.evaluateEachIteration(d, "absolute")})
    run_case(P + "absolute", rg.GBTRegressor(labelCol="y", maxIter=5, maxDepth=3, seed=42, lossType="absolute"), "trees")
    run_case(P + "subsample0.7_step0.3_2parts", rg.GBTRegressor(labelCol="y", maxIter=4, maxDepth=3, seed=13, subsamplingRate=.7, stepSize=.3), "trees", parts=2)
    run_case(P + "featureSubset_sqrt", rg.GBTRegressor(labelCol="y", maxIter=4, maxDepth=3, seed=13, featureSubsetStrategy="sqrt"), "trees")
    run_case(P + "validationCol", rg.GBTRegressor(labelCol="y", maxIter=8, maxDepth=4, seed=42, validationIndicatorCol="isVal", validationTol=.05), "trees")
    run_case(P + "weight", rg.GBTRegressor(labelCol="y", maxIter=4, maxDepth=2, seed=1, weightCol="weight"), "trees")

@group
def other_reg():
    P = "regression/AFTSurvivalRegression/"
    q = dict(quantileProbabilities=[.1, .5, .9], quantilesCol="quantiles")
    run_case(P + "default", rg.AFTSurvivalRegression(**q), "survival", save=True)
    run_case(P + "noIntercept", rg.AFTSurvivalRegression(fitIntercept=False, **q), "survival")
    run_case(P + "maxIter5_2parts", rg.AFTSurvivalRegression(maxIter=5, **q), "survival", parts=2)
    P = "regression/IsotonicRegression/"
    run_case(P + "increasing", rg.IsotonicRegression(featuresCol="feature"), "iso", save=True)
    run_case(P + "increasing_test", rg.IsotonicRegression(featuresCol="feature"), "iso", test="isoTest")
    run_case(P + "decreasing", rg.IsotonicRegression(featuresCol="feature", isotonic=False), "iso", test="isoTest")
    run_case(P + "vector_index1_weight", rg.IsotonicRegression(featuresCol="features", featureIndex=1, weightCol="weight"), "iso")
    run_case(P + "increasing_4parts", rg.IsotonicRegression(featuresCol="feature"), "iso", parts=4)
    P = "regression/FMRegressor/"
    run_case(P + "adamW_seed42", rg.FMRegressor(factorSize=3, seed=42, maxIter=30, stepSize=.05, initStd=.01), "regDense", save=True)
    run_case(P + "gd_reg", rg.FMRegressor(factorSize=2, seed=7, maxIter=20, stepSize=.01, regParam=.01, solver="gd"), "regSparse")
    run_case(P + "noIntercept_noLinear", rg.FMRegressor(factorSize=2, seed=7, maxIter=15, stepSize=.05, fitIntercept=False, fitLinear=False), "regSparse")
    run_case(P + "minibatch0.5", rg.FMRegressor(factorSize=2, seed=7, maxIter=10, stepSize=.05, miniBatchFraction=.5), "regSparse")

# ================================================================ classification
@group
def logistic():
    P = "classification/LogisticRegression/"
    LR = cl.LogisticRegression
    for reg in (0.0, .01, .1):
        for en in ((0.0,) if reg == 0 else (0.0, .5, 1.0)):
            run_case(P + f"binomial_reg{reg}_en{en}", LR(regParam=reg, elasticNetParam=en), "binDense", save=(reg, en) in ((0.0, 0.0), (.1, 1.0)))
            run_case(P + f"multinomial_reg{reg}_en{en}", LR(regParam=reg, elasticNetParam=en), "multiDense", save=(reg, en) in ((0.0, 0.0), (.1, .5)))
    run_case(P + "binary_as_multinomial", LR(family="multinomial"), "binDense", save=True)
    run_case(P + "binary_as_multinomial_reg", LR(family="multinomial", regParam=.1, elasticNetParam=.5), "binDense")
    for nm, kw in (("noIntercept", dict(fitIntercept=False)), ("noStd", dict(standardization=False)), ("weight", dict(weightCol="weight")), ("noInt_noStd_weight", dict(fitIntercept=False, standardization=False, weightCol="weight"))):
        run_case(P + f"binomial_{nm}_l2", LR(regParam=.05, **kw), "binDense")
        run_case(P + f"binomial_{nm}_en", LR(regParam=.05, elasticNetParam=.7, **kw), "binDense")
        run_case(P + f"multinomial_{nm}_l2", LR(regParam=.05, **kw), "multiDense")
        run_case(P + f"multinomial_{nm}_en", LR(regParam=.05, elasticNetParam=.7, **kw), "multiDense")
    run_case(P + "binomial_threshold0.3", LR(threshold=.3), "binDense")
    run_case(P + "binomial_thresholds", LR(thresholds=[.7, .3]), "binDense")
    run_case(P + "multinomial_thresholds", LR(thresholds=[.5, .2, .3], regParam=.01), "multiDense")
    run_case(P + "multinomial_thresholds_zero", LR(thresholds=[.5, .0, .3], regParam=.01), "multiDense")
    run_case(P + "sparse_l1", LR(labelCol="labelBin", regParam=.05, elasticNetParam=1.0), "regSparse", save=True)
    run_case(P + "sparse_2parts", LR(labelCol="labelBin", regParam=.01), "regSparse", parts=2)
    run_case(P + "maxIter2", LR(maxIter=2), "binDense")
    run_case(P + "maxIter0", LR(maxIter=0), "binDense")
    run_case(P + "rawOnly", LR(predictionCol="", probabilityCol="", rawPredictionCol="raw"), "binDense")
    s = LR(regParam=.01); s.setLowerBoundsOnCoefficients(Matrices.dense(1, 4, [0.0, -.1, 0.0, 0.0])); s.setUpperBoundsOnCoefficients(Matrices.dense(1, 4, [1.0, .1, 1.0, .2]))
    run_case(P + "bounds_binomial_coef", s, "binDense", save=True)
    s = LR(); s.setLowerBoundsOnIntercepts(Vectors.dense([.5])); s.setUpperBoundsOnIntercepts(Vectors.dense([.8]))
    run_case(P + "bounds_binomial_intercept", s, "binDense")
    s = LR(family="multinomial", regParam=.01); s.setLowerBoundsOnCoefficients(Matrices.dense(3, 4, [-.5] * 12)); s.setUpperBoundsOnCoefficients(Matrices.dense(3, 4, [.5] * 12)); s.setLowerBoundsOnIntercepts(Vectors.dense([-1., -1., -1.])); s.setUpperBoundsOnIntercepts(Vectors.dense([1., 1., 1.]))
    run_case(P + "bounds_multinomial", s, "multiDense")
    s = LR(regParam=.01, elasticNetParam=.5); s.setLowerBoundsOnCoefficients(Matrices.dense(1, 4, [0.0] * 4))
    run_case(P + "bounds_l1_error", s, "binDense")
    run_case(P + "binomial_on_3class_error", LR(family="binomial"), "multiDense")
    one = lambda df: df.withColumn("label", F.lit(1.0))
    run_case(P + "oneClass", LR(), "binDense", setup=one, note="label column replaced by constant 1.0")
    run_case(P + "oneClass0", LR(), "binDense", setup=lambda df: df.withColumn("label", F.lit(0.0)), note="label column replaced by constant 0.0")

@group
def trees_cls():
    P = "classification/DecisionTreeClassifier/"
    DT = cl.DecisionTreeClassifier
    run_case(P + "binary_gini", DT(labelCol="yBin"), "trees", save=True)
    run_case(P + "binary_entropy", DT(labelCol="yBin", impurity="entropy", maxDepth=4), "trees")
    run_case(P + "multi_gini", DT(labelCol="yMulti", maxDepth=4), "trees", save=True)
    run_case(P + "multi_entropy_bins6", DT(labelCol="yMulti", maxDepth=4, impurity="entropy", maxBins=6), "trees")
    run_case(P + "multi_minInst_gain", DT(labelCol="yMulti", minInstancesPerNode=10, minInfoGain=.01), "trees")
    run_case(P + "binary_weight", DT(labelCol="yBin", weightCol="weight", minWeightFractionPerNode=.04), "trees")
    run_case(P + "multi_thresholds_leaf", DT(labelCol="yMulti", maxDepth=3, leafCol="leaf").setThresholds([.2, .5, .3]), "trees")
    run_case(P + "continuous_multi_2parts", DT(maxDepth=4), "multiDense", parts=2)
    run_case(P + "sparse_binary", DT(maxDepth=4), "bits")
    P = "classification/RandomForestClassifier/"
    RF = cl.RandomForestClassifier
    run_case(P + "binary_seed42", RF(labelCol="yBin", numTrees=5, maxDepth=4, seed=42), "trees", save=True)
    run_case(P + "multi_seed42", RF(labelCol="yMulti", numTrees=5, maxDepth=4, seed=42), "trees", save=True)
    run_case(P + "multi_seed42_2parts", RF(labelCol="yMulti", numTrees=5, maxDepth=4, seed=42), "trees", parts=2)
    run_case(P + "multi_entropy_seed7", RF(labelCol="yMulti", numTrees=4, maxDepth=4, seed=7, impurity="entropy"), "trees")
    run_case(P + "binary_noBootstrap", RF(labelCol="yBin", numTrees=3, maxDepth=3, seed=7, bootstrap=False), "trees")
    run_case(P + "binary_subsample0.5", RF(labelCol="yBin", numTrees=4, maxDepth=3, seed=7, subsamplingRate=.5), "trees")
    for fs in ("all", "sqrt", "log2", "onethird", "0.4", "3"):
        run_case(P + f"subset_{fs}", RF(labelCol="yMulti", numTrees=3, maxDepth=3, seed=11, featureSubsetStrategy=fs), "trees")
    run_case(P + "weight_leaf", RF(labelCol="yBin", numTrees=3, maxDepth=3, seed=3, weightCol="weight", leafCol="leaf"), "trees")
    run_case(P + "continuous_20trees", RF(numTrees=20, maxDepth=3, seed=2024), "multiDense")
    P = "classification/GBTClassifier/"
    GB = cl.GBTClassifier
    run_case(P + "seed42", GB(labelCol="yBin", maxIter=5, maxDepth=3, seed=42), "trees", save=True, extra={"evaluateEachIteration": lambda m, d: m.evaluateEachIteration(d)})
    run_case(P + "subsample0.6_step0.5_2parts", GB(labelCol="yBin", maxIter=4, maxDepth=3, seed=8, subsamplingRate=.6, stepSize=.5), "trees", parts=2)
    run_case(P + "validation_thresholds", GB(labelCol="yBin", maxIter=8, maxDepth=4, seed=42, validationIndicatorCol="isVal", validationTol=.02).setThresholds([.4, .6]), "trees")
    run_case(P + "weight_leaf_subset", GB(labelCol="yBin", maxIter=3, maxDepth=2, seed=4, weightCol="weight", leafCol="leaf", featureSubsetStrategy="onethird"), "trees")

@group
def other_cls():
    P = "classification/LinearSVC/"
    run_case(P + "default", cl.LinearSVC(), "binDense", save=True)
    run_case(P + "reg0.1", cl.LinearSVC(regParam=.1), "binDense")
    run_case(P + "noInt_noStd_weight", cl.LinearSVC(regParam=.05, fitIntercept=False, standardization=False, weightCol="weight"), "binDense")
    run_case(P + "sparse_threshold0.5_2parts", cl.LinearSVC(labelCol="labelBin", regParam=.01, threshold=.5), "regSparse", parts=2)
    P = "classification/NaiveBayes/"
    for mt, ds in (("multinomial", "counts"), ("complement", "counts"), ("bernoulli", "bits"), ("gaussian", "multiDense")):
        run_case(P + mt, cl.NaiveBayes(modelType=mt), ds, save=True)
        run_case(P + mt + "_smooth0.1_thresholds", cl.NaiveBayes(modelType=mt, smoothing=.1, thresholds=[.2, .5] if ds == "bits" else [.2, .5, .3]), ds)
    run_case(P + "multinomial_weight", cl.NaiveBayes(weightCol="weight"), "counts")
    run_case(P + "gaussian_weight", cl.NaiveBayes(modelType="gaussian", weightCol="weight"), "multiDense")
    run_case(P + "multinomial_negative_error", cl.NaiveBayes(), "multiDense")
    P = "classification/MultilayerPerceptronClassifier/"
    M = cl.MultilayerPerceptronClassifier
    run_case(P + "lbfgs_4-5-3", M(layers=[4, 5, 3], seed=42, maxIter=40), "multiDense", save=True)
    run_case(P + "lbfgs_4-4-3-3_block16", M(layers=[4, 4, 3, 3], seed=11, maxIter=25, blockSize=16), "multiDense")
    run_case(P + "lbfgs_2parts", M(layers=[4, 5, 3], seed=42, maxIter=20), "multiDense", parts=2)
    run_case(P + "gd", M(layers=[4, 3, 3], seed=5, maxIter=20, solver="gd", stepSize=.3), "multiDense")
    s = M(layers=[4, 3, 3], maxIter=10); s.setInitialWeights(Vectors.dense([round(.1 * ((i * 7) % 11) - .5, 3) for i in range(4 * 3 + 3 + 3 * 3 + 3)]))
    run_case(P + "initialWeights", s, "multiDense")
    P = "classification/FMClassifier/"
    run_case(P + "adamW", cl.FMClassifier(factorSize=3, seed=42, maxIter=30, stepSize=.05), "binDense", save=True)
    run_case(P + "gd", cl.FMClassifier(factorSize=2, seed=3, maxIter=20, stepSize=.05, solver="gd", regParam=.01), "bits")
    P = "classification/OneVsRest/"
    run_case(P + "logistic", cl.OneVsRest(classifier=cl.LogisticRegression(regParam=.01)), "multiDense", save=True)
    run_case(P + "svc_rawPrediction", cl.OneVsRest(classifier=cl.LinearSVC(regParam=.01), rawPredictionCol="raw"), "multiDense")
    run_case(P + "weight", cl.OneVsRest(classifier=cl.LogisticRegression(regParam=.01), weightCol="weight"), "multiDense")
    run_case(P + "svc", cl.OneVsRest(classifier=cl.LinearSVC(regParam=.01)), "multiDense")
    def scala_ovr(raw):
        o = cl.OneVsRest(classifier=cl.LinearSVC(regParam=.01))._to_java()
        if raw: o.setRawPredictionCol("raw")
        m = o.fit(dset("multiDense")._jdf); out = DataFrame(m.transform(dset("multiDense")._jdf), spark)
        return {"models": [{"coefficients": enc_java(x.coefficients()), "intercept": x.intercept()} for x in m.models()], "output": [enc(r) for r in out.select(*(["id"] + newcols(dset("multiDense"), out))).collect()]}
    raw_case(P + "scala_svc_raw", "OneVsRest", "multiDense", lambda: scala_ovr(True), note="the JVM OneVsRest with rawPredictionCol=raw (pyspark's own OneVsRest fails when that name differs from the classifier's)")

# ================================================================ clustering
@group
def clustering():
    P = "clustering/KMeans/"
    K = cu.KMeans
    run_case(P + "k4_parallel_seed1", K(k=4, seed=1), "blobs", save=True)
    run_case(P + "k4_parallel_seed1_2parts", K(k=4, seed=1), "blobs", parts=2)
    run_case(P + "k4_random_seed1", K(k=4, seed=1, initMode="random"), "blobs")
    run_case(P + "k3_initSteps5_seed42", K(k=3, seed=42, initSteps=5), "blobs4")
    run_case(P + "k3_cosine", K(k=3, seed=42, distanceMeasure="cosine"), "blobs4", save=True)
    run_case(P + "k4_weight", K(k=4, seed=5, weightCol="weight"), "blobs")
    run_case(P + "k4_weight_random_2parts", K(k=4, seed=5, weightCol="weight", initMode="random"), "blobs", parts=2)
    run_case(P + "k4_block", K(k=4, seed=1, solver="block"), "blobs")
    run_case(P + "k4_row", K(k=4, seed=1, solver="row"), "blobs")
    run_case(P + "k2_maxIter1", K(k=2, seed=9, maxIter=1), "blobs")
    run_case(P + "k4_tol0.5", K(k=4, seed=1, tol=.5, maxIter=50), "blobs")
    run_case(P + "k4_array_column", K(k=4, seed=1, featuresCol="arr"), "blobs", setup=lambda df: df.withColumn("arr", vector_to_array("features")), note="arr = vector_to_array(features)")
    P = "clustering/BisectingKMeans/"
    BK = cu.BisectingKMeans
    run_case(P + "k4_seed1", BK(k=4, seed=1), "blobs", save=True)
    run_case(P + "k5_seed7_2parts", BK(k=5, seed=7), "blobs", parts=2)
    run_case(P + "k3_cosine", BK(k=3, seed=1, distanceMeasure="cosine"), "blobs4", save=True)
    run_case(P + "k6_minDiv20", BK(k=6, seed=1, minDivisibleClusterSize=20.0), "blobs4")
    run_case(P + "k4_minDivFrac_weight", BK(k=4, seed=1, minDivisibleClusterSize=.2, weightCol="weight"), "blobs")
    P = "clustering/GaussianMixture/"
    run_case(P + "k3_seed1", cu.GaussianMixture(k=3, seed=1, maxIter=30), "blobs4", save=True)
    run_case(P + "k4_seed5_2parts", cu.GaussianMixture(k=4, seed=5, maxIter=20), "blobs", parts=2)
    run_case(P + "k2_weight", cu.GaussianMixture(k=2, seed=3, weightCol="weight", maxIter=15, tol=1e-3), "blobs4")
    P = "clustering/LDA/"
    ll = {"logLikelihood": lambda m, d: m.logLikelihood(d), "logPerplexity": lambda m, d: m.logPerplexity(d)}
    run_case(P + "online_k3_seed1", cu.LDA(k=3, seed=1, maxIter=10, optimizer="online", subsamplingRate=1.0), "counts", save=True, extra=ll)
    run_case(P + "online_k3_sub0.5", cu.LDA(k=3, seed=1, maxIter=5, optimizer="online", subsamplingRate=.5, optimizeDocConcentration=False), "counts", extra=ll)
    run_case(P + "em_k3_seed1", cu.LDA(k=3, seed=1, maxIter=10, optimizer="em"), "counts", save=True, extra=ll)
    run_case(P + "em_k2_alpha", cu.LDA(k=2, seed=5, maxIter=5, optimizer="em", docConcentration=[5.0], topicConcentration=1.2), "counts", extra=ll)
    run_case(P + "online_k2_alphaVec", cu.LDA(k=2, seed=5, maxIter=5, optimizer="online", docConcentration=[.3, .7], topicConcentration=.2, subsamplingRate=1.0), "counts", extra=ll)
    P = "clustering/PowerIterationClustering/"
    for nm, kw in (("k3_random", dict(k=3, maxIter=15, initMode="random", weightCol="weight")), ("k3_degree", dict(k=3, maxIter=15, initMode="degree", weightCol="weight")), ("k2_noWeight", dict(k=2, maxIter=10))):
        for parts in (1, 2):
            def f(kw=kw, parts=parts):
                m = cu.PowerIterationClustering(**kw); return {"params": params_of(m), "assignments": [enc(r) for r in m.assignClusters(dset("edges", parts)).orderBy("id").collect()]}
            raw_case(P + f"{nm}_{parts}parts", "PowerIterationClustering", "edges", f, parts)

# ================================================================ recommendation, fpm
@group
def als_fpm():
    P = "recommendation/ALS/"
    A = rc.ALS
    base = dict(rank=4, maxIter=5, seed=42, userCol="user", itemCol="item", ratingCol="rating")
    run_case(P + "explicit_seed42", A(regParam=.1, **base), "ratings", save=True, orderby="id")
    run_case(P + "explicit_2parts", A(regParam=.1, **base), "ratings", parts=2, orderby="id")
    run_case(P + "explicit_1block", A(regParam=.05, numItemBlocks=1, numUserBlocks=1, **base), "ratings", orderby="id")
    run_case(P + "implicit", A(rank=3, maxIter=4, seed=7, userCol="user", itemCol="item", ratingCol="clicks", implicitPrefs=True, alpha=2.0), "ratings", orderby="id")
    run_case(P + "nonnegative", A(nonnegative=True, **base), "ratings", orderby="id")
    run_case(P + "cold_nan_test", A(**base), "ratings", test="ratingsTest", orderby="id")
    run_case(P + "cold_drop_test", A(coldStartStrategy="drop", **base), "ratings", test="ratingsTest", orderby="id")
    P = "fpm/FPGrowth/"
    run_case(P + "sup0.2_conf0.5", fp.FPGrowth(minSupport=.2, minConfidence=.5), "baskets", save=True)
    run_case(P + "sup0.1_conf0.7_2parts", fp.FPGrowth(minSupport=.1, minConfidence=.7, numPartitions=2), "baskets", parts=2)
    def ps(**kw):
        m = fp.PrefixSpan(**kw); rows = m.findFrequentSequentialPatterns(dset("sequences", 1)).collect()
        return sorted([{"sequence": [list(x) for x in r["sequence"]], "freq": r["freq"]} for r in rows], key=lambda r: (-r["freq"], json.dumps(r["sequence"])))
    raw_case("fpm/PrefixSpan/sup0.2", "PrefixSpan", "sequences", lambda: ps(minSupport=.2, maxPatternLength=4))
    raw_case("fpm/PrefixSpan/sup0.4_len2", "PrefixSpan", "sequences", lambda: ps(minSupport=.4, maxPatternLength=2))

# ================================================================ feature
@group
def feature_index():
    P = "feature/StringIndexer/"
    SI = fe.StringIndexer
    for o in ("frequencyDesc", "frequencyAsc", "alphabetDesc", "alphabetAsc"):
        run_case(P + f"{o}_skip", SI(inputCol="s1", outputCol="i", stringOrderType=o, handleInvalid="skip"), "strings")
        run_case(P + f"multi_{o}_keep", SI(inputCols=["s1", "s2", "dnum"], outputCols=["i1", "i2", "i3"], stringOrderType=o, handleInvalid="keep"), "strings", save=o == "frequencyDesc")
    for h in ("error", "skip", "keep"):
        run_case(P + f"test_{h}", SI(inputCol="s1", outputCol="i", handleInvalid=h), "strings", test="stringsTest", save=h == "keep")
        run_case(P + f"test_multi_{h}", SI(inputCols=["s1", "s2"], outputCols=["i1", "i2"], handleInvalid=h), "strings", test="stringsTest")
    run_case(P + "numeric_double", SI(inputCol="dnum", outputCol="i", handleInvalid="keep"), "strings", test="stringsTest")
    run_case(P + "numeric_int", SI(inputCol="inum", outputCol="i", handleInvalid="keep"), "strings", test="stringsTest")
    run_case(P + "boolean_error", SI(inputCol="flag", outputCol="i", handleInvalid="keep"), "strings")
    run_case(P + "ties_2parts", SI(inputCol="s2", outputCol="i"), "strings", parts=2, note="all labels equally frequent")
    for h in ("keep", "skip"): run_case(P + f"double_nan_null_{h}", SI(inputCol="x1", outputCol="si", handleInvalid=h), "numbers", note="NaN counts as null when fitting")
    run_case(P + "float_ties", SI(inputCol="f1", outputCol="si", stringOrderType="frequencyAsc"), "numbers")
    run_case(P + "rides_city", SI(inputCol="city", outputCol="i", handleInvalid="keep"), "rides5")
    if want("feature/IndexToString/"):
        m = SI(inputCol="s1", outputCol="i", handleInvalid="keep").fit(dset("strings"))
        run_case("feature/IndexToString/metadata", fe.IndexToString(inputCol="i", outputCol="back"), "strings", setup=lambda df: m.transform(df), note="input column i = StringIndexer(s1, keep)")
        run_case("feature/IndexToString/labels", fe.IndexToString(inputCol="c1", outputCol="back", labels=["w", "x", "y", "z"]), "cats", save=True)
        run_case("feature/IndexToString/labels_short_error", fe.IndexToString(inputCol="c1", outputCol="back", labels=["w", "x"]), "cats")
    P = "feature/OneHotEncoder/"
    O = fe.OneHotEncoder
    for dl in (True, False):
        for h in ("error", "keep"):
            run_case(P + f"dropLast{dl}_{h}", O(inputCols=["c1", "c2", "c3"], outputCols=["o1", "o2", "o3"], dropLast=dl, handleInvalid=h), "cats", save=dl and h == "keep")
            run_case(P + f"dropLast{dl}_{h}_test", O(inputCols=["c1", "c2", "c3"], outputCols=["o1", "o2", "o3"], dropLast=dl, handleInvalid=h), "cats", test="catsTest")
    run_case(P + "single", O(inputCol="c1", outputCol="o"), "cats")
    run_case(P + "fractional_error", O(inputCol="target", outputCol="o"), "cats")
    for h in ("error", "keep"):
        for dl in (True, False):
            run_case(P + f"afterIndexer_{h}_dropLast{dl}", O(inputCol="i", outputCol="o", handleInvalid=h, dropLast=dl), "strings", setup=lambda df: SI(inputCol="s1", outputCol="i", handleInvalid="keep").fit(df).transform(df), note="input column i = StringIndexer(s1, keep): size comes from the column's metadata")
    P = "feature/VectorIndexer/"
    for mc in (2, 3, 5, 20):
        run_case(P + f"max{mc}", fe.VectorIndexer(inputCol="fcat", outputCol="vi", maxCategories=mc), "select", save=mc == 3)
    def mk_vi(h):
        return fe.VectorIndexer(inputCol="v2", outputCol="vi", maxCategories=12, handleInvalid=h)
    for h in ("error", "skip", "keep"):
        run_case(P + f"vecs_{h}", mk_vi(h), "vecs")
        run_case(P + f"unseen_{h}", mk_vi(h), "vecs", test="vecsTest")
    P = "feature/TargetEncoder/"
    TE = fe.TargetEncoder
    for sm in (0.0, 5.0):
        run_case(P + f"binary_smooth{sm}", TE(inputCols=["c1", "c2"], outputCols=["t1", "t2"], labelCol="label", targetType="binary", smoothing=sm), "cats", save=sm == 5)
        run_case(P + f"continuous_smooth{sm}", TE(inputCols=["c1", "c2"], outputCols=["t1", "t2"], labelCol="target", targetType="continuous", smoothing=sm), "cats")
    run_case(P + "keep_test", TE(inputCols=["c1", "c3"], outputCols=["t1", "t3"], labelCol="label", handleInvalid="keep", smoothing=1.0), "cats", test="catsTest")
    run_case(P + "error_test", TE(inputCol="c1", outputCol="t1", labelCol="label"), "cats", test="catsTest")
    run_case(P + "continuous_2parts", TE(inputCol="c3", outputCol="t", labelCol="target", targetType="continuous", smoothing=2.5), "cats", parts=2)

@group
def feature_numeric():
    P = "feature/Bucketizer/"
    Bz = fe.Bucketizer
    inf = float("inf")
    for h in ("keep", "skip", "error"):
        run_case(P + h, Bz(inputCol="x1", outputCol="b", splits=[-inf, 5.0, 10.0, 12.5, inf], handleInvalid=h), "numbers", save=h == "keep")
        run_case(P + "bounded_" + h, Bz(inputCol="x3", outputCol="b", splits=[-1.0, 0.0, 1.0], handleInvalid=h), "numbers")
    run_case(P + "edge", Bz(inputCol="m1", outputCol="b", splits=[0.0, 1.0, 2.0, 4.0]), "numbers", note="values equal to the last split go in the last bucket")
    run_case(P + "multi_keep", Bz(inputCols=["x1", "x3"], outputCols=["bk1", "bk3"], splitsArray=[[-inf, 10.0, inf], [-inf, -.5, .5, inf]], handleInvalid="keep"), "numbers", save=True)
    P = "feature/QuantileDiscretizer/"
    Q = fe.QuantileDiscretizer
    for nb in (2, 4, 7):
        run_case(P + f"n{nb}", Q(inputCol="x3", outputCol="q", numBuckets=nb), "numbers", save=nb == 4)
    for h in ("keep", "skip", "error"): run_case(P + f"nan_{h}", Q(inputCol="x1", outputCol="q", numBuckets=4, handleInvalid=h), "numbers")
    run_case(P + "ties_n10", Q(inputCol="m1", outputCol="q", numBuckets=10), "numbers", note="fewer distinct values than buckets")
    run_case(P + "relErr0.1_n5", Q(inputCol="exp", outputCol="q", numBuckets=5, relativeError=.1), "quant")
    run_case(P + "relErr0_n5_2parts", Q(inputCol="exp", outputCol="q", numBuckets=5, relativeError=0.0), "quant", parts=2)
    run_case(P + "multi", Q(inputCols=["normal", "ties", "exp"], outputCols=["q1", "q2", "q3"], numBucketsArray=[3, 4, 5]), "quant", save=True)
    run_case(P + "multi_same", Q(inputCols=["normal", "exp"], outputCols=["q1", "q3"], numBuckets=6, handleInvalid="keep"), "quant")
    P = "feature/Imputer/"
    Im = fe.Imputer
    for s in ("mean", "median", "mode"):
        run_case(P + s, Im(inputCols=["x1", "x2", "m1"], outputCols=["o1", "o2", "o3"], strategy=s), "numbers", save=s == "median")
        run_case(P + s + "_missing2", Im(inputCols=["m1", "x1"], outputCols=["o", "o1"], strategy=s, missingValue=2.0), "numbers")
        run_case(P + s + "_single_int", Im(inputCol="i1", outputCol="o", strategy=s), "numbers")
    run_case(P + "float", Im(inputCol="f1", outputCol="o"), "numbers")
    P = "feature/VectorAssembler/"
    VA = fe.VectorAssembler
    for h in ("error", "skip", "keep"):
        run_case(P + f"nulls_{h}", VA(inputCols=["x1", "x2", "x3", "i1", "f1", "b1"], outputCol="features", handleInvalid=h), "numbers", save=h == "keep")
    run_case(P + "vectors", VA(inputCols=["v", "x", "v2", "k"], outputCol="features"), "vecs")
    run_case(P + "sparseChoice", VA(inputCols=["features", "label", "labelBin"], outputCol="fv"), "regSparse", note="dense or sparse output is chosen row by row by the smaller storage")
    run_case(P + "nominal_metadata", VA(inputCols=["i1", "features", "y"], outputCol="fv"), "trees", setup=lambda df: fe.StringIndexer(inputCol="yMulti", outputCol="i1").fit(df).transform(df))
    for nm, stg in (("Binarizer/t0.5", fe.Binarizer(inputCol="x3", outputCol="b", threshold=.5)), ("Binarizer/multi", fe.Binarizer(inputCols=["x3", "m1"], outputCols=["bin1", "bin2"], thresholds=[0.0, 2.0]))):
        run_case("feature/" + nm, stg, "numbers", save=nm.endswith("0.5"))
    run_case("feature/Binarizer/vector", fe.Binarizer(inputCol="v", outputCol="b", threshold=.3), "vecs")
    run_case("feature/Binarizer/vector_negative", fe.Binarizer(inputCol="v", outputCol="b", threshold=-.3), "vecs")
    run_case("feature/Binarizer/nan", fe.Binarizer(inputCol="x1", outputCol="b", threshold=10.0), "numbers")
    for p in (1.0, 2.0, 3.0, inf):
        run_case(f"feature/Normalizer/p{p}", fe.Normalizer(inputCol="v", outputCol="n", p=p), "vecs", save=p == 1)
    for dg in (1, 2, 3):
        run_case(f"feature/PolynomialExpansion/d{dg}", fe.PolynomialExpansion(inputCol="v", outputCol="p", degree=dg), "vecs", save=dg == 3)
    run_case("feature/PolynomialExpansion/d2_sparse", fe.PolynomialExpansion(inputCol="features", outputCol="p", degree=2), "regSparse")
    run_case("feature/Interaction/vec_no_metadata_error", fe.Interaction(inputCols=["v2", "x", "v"], outputCol="p"), "vecs")
    asm = lambda df: fe.VectorAssembler(inputCols=["x", "k"], outputCol="b").transform(fe.VectorAssembler(inputCols=["v2", "x"], outputCol="a").transform(fe.VectorSizeHint(inputCol="v2", size=2).transform(df)))
    run_case("feature/Interaction/vec_num_vec", fe.Interaction(inputCols=["a", "x", "b"], outputCol="p"), "vecs", save=True, setup=asm, cols=["a", "b", "p"], note="a = VectorAssembler(v2 (VectorSizeHint 2), x), b = VectorAssembler(x, k)")
    run_case("feature/Interaction/nominal", fe.Interaction(inputCols=["i1", "x3"], outputCol="p"), "numbers", setup=lambda df: fe.StringIndexer(inputCol="m1", outputCol="i1").fit(df.drop("i1")).transform(df.drop("i1")), note="i1 replaced by StringIndexer(m1): nominal metadata gives one-hot interaction")
    run_case("feature/ElementwiseProduct/v4", fe.ElementwiseProduct(inputCol="v", outputCol="p", scalingVec=Vectors.dense([1.0, .5, -2.0, 0.0])), "vecs", save=True)
    for inv in (False, True):
        run_case(f"feature/DCT/inverse{inv}", fe.DCT(inputCol="v", outputCol="d", inverse=inv), "vecs", save=not inv)
    run_case("feature/DCT/len5", fe.DCT(inputCol="features", outputCol="d"), "regDense")
    run_case("feature/VectorSlicer/indices", fe.VectorSlicer(inputCol="v", outputCol="s", indices=[3, 1]), "vecs", save=True)
    run_case("feature/VectorSlicer/names", fe.VectorSlicer(inputCol="features", outputCol="s", indices=[5], names=["colour", "b"]), "trees")
    for h in ("error", "skip", "optimistic"):
        run_case(f"feature/VectorSizeHint/{h}", fe.VectorSizeHint(inputCol="v", size=4, handleInvalid=h), "vecs", cols=["v"], save=h == "error", limit=5)
        run_case(f"feature/VectorSizeHint/wrong_{h}", fe.VectorSizeHint(inputCol="v", size=3, handleInvalid=h), "vecs", cols=["v"], limit=5)
    run_case("feature/SQLTransformer/select", fe.SQLTransformer(statement="SELECT id, x3, x3 * 2 + 1 AS y, CASE WHEN m1 > 2 THEN 'hi' ELSE 'lo' END AS band, abs(x3) AS a FROM __THIS__ WHERE x3 > 0"), "numbers", save=True)
    run_case("feature/SQLTransformer/groupby", fe.SQLTransformer(statement="SELECT m1, count(*) AS n, avg(x3) AS ax, max(f1) AS mf FROM __THIS__ GROUP BY m1 ORDER BY m1"), "numbers", cols=["m1", "n", "ax", "mf"])

@group
def feature_scalers():
    for wm in (False, True):
        for ws in (True, False):
            run_case(f"feature/StandardScaler/mean{wm}_std{ws}", fe.StandardScaler(inputCol="v", outputCol="o", withMean=wm, withStd=ws), "vecs", save=wm and ws)
    run_case("feature/StandardScaler/sparse_noMean", fe.StandardScaler(inputCol="features", outputCol="o"), "regSparse")
    run_case("feature/StandardScaler/sparse_mean", fe.StandardScaler(inputCol="features", outputCol="o", withMean=True), "regSparse")
    run_case("feature/StandardScaler/constant_2parts", fe.StandardScaler(inputCol="features", outputCol="o", withMean=True), "regSingular", parts=2)
    run_case("feature/StandardScaler/nan", fe.StandardScaler(inputCol="v", outputCol="o", withMean=True), "vecsNaN")
    run_case("feature/MinMaxScaler/default", fe.MinMaxScaler(inputCol="v", outputCol="o"), "vecs", save=True)
    run_case("feature/MinMaxScaler/range", fe.MinMaxScaler(inputCol="features", outputCol="o", min=-1.0, max=3.0), "regSingular")
    run_case("feature/MinMaxScaler/nan", fe.MinMaxScaler(inputCol="v", outputCol="o"), "vecsNaN")
    run_case("feature/MinMaxScaler/sparse", fe.MinMaxScaler(inputCol="features", outputCol="o"), "regSparse")
    run_case("feature/MaxAbsScaler/default", fe.MaxAbsScaler(inputCol="v", outputCol="o"), "vecs", save=True)
    run_case("feature/MaxAbsScaler/nan", fe.MaxAbsScaler(inputCol="v", outputCol="o"), "vecsNaN")
    for wc in (False, True):
        for ws in (True, False):
            run_case(f"feature/RobustScaler/center{wc}_scale{ws}", fe.RobustScaler(inputCol="v", outputCol="o", withCentering=wc, withScaling=ws), "vecs", save=wc and ws)
    run_case("feature/RobustScaler/q0.1-0.9_relErr0.05", fe.RobustScaler(inputCol="features", outputCol="o", lower=.1, upper=.9, relativeError=.05, withCentering=True), "regDense")
    run_case("feature/RobustScaler/constant", fe.RobustScaler(inputCol="features", outputCol="o", withCentering=True), "regSingular")
    run_case("feature/RobustScaler/nan", fe.RobustScaler(inputCol="v", outputCol="o", withCentering=True), "vecsNaN")
    for k in (1, 2, 4): run_case(f"feature/PCA/k{k}", fe.PCA(inputCol="v", outputCol="o", k=k), "vecs", save=k == 2)
    run_case("feature/PCA/dense_2parts", fe.PCA(inputCol="features", outputCol="o", k=3), "regDense", parts=2)

@group
def feature_text():
    run_case("feature/Tokenizer/default", fe.Tokenizer(inputCol="text", outputCol="t"), "text", save=True)
    R = fe.RegexTokenizer
    for nm, kw in (("default", {}), ("nonword", dict(pattern="\\W")), ("nonwordPlus_min3", dict(pattern="\\W+", minTokenLength=3)), ("match", dict(pattern="[a-z]+", gaps=False)), ("noLower", dict(pattern="\\s+", toLowercase=False)), ("match_upper_min0", dict(pattern="\\w*", gaps=False, minTokenLength=0, toLowercase=False))):
        run_case("feature/RegexTokenizer/" + nm, R(inputCol="text", outputCol="t", **kw), "text", save=nm == "match")
    run_case("feature/StopWordsRemover/default", fe.StopWordsRemover(inputCol="words", outputCol="t"), "text", save=True)
    run_case("feature/StopWordsRemover/custom_cs", fe.StopWordsRemover(inputCol="words", outputCol="t", stopWords=["Spark", "the", "data"], caseSensitive=True), "text")
    run_case("feature/StopWordsRemover/multi", fe.StopWordsRemover(inputCols=["words", "w2"], outputCols=["t1", "t2"], stopWords=["Spark", "MODEL"]), "text", setup=lambda d: d.withColumn("w2", F.split("text", " ")), note="w2 = split(text, ' ')")
    if want("feature/StopWordsRemover/lists"):
        langs = ["danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian", "portuguese", "russian", "spanish", "swedish", "turkish"]
        raw_case("feature/StopWordsRemover/lists_sizes", "StopWordsRemover", "text", lambda: {l: {"n": len(fe.StopWordsRemover.loadDefaultStopWords(l)), "first5": list(fe.StopWordsRemover.loadDefaultStopWords(l))[:5]} for l in langs})
    for n in (1, 2, 3): run_case(f"feature/NGram/n{n}", fe.NGram(inputCol="words", outputCol="t", n=n), "text", save=n == 3)
    for nf, b in ((1 << 18, False), (64, False), (64, True), (1000, False)):
        run_case(f"feature/HashingTF/n{nf}_bin{b}", fe.HashingTF(inputCol="words", outputCol="t", numFeatures=nf, binary=b), "text", save=nf == 1000)
    C = fe.CountVectorizer
    for nm, kw in (("default", {}), ("vocab10", dict(vocabSize=10)), ("minDF3_maxDF20", dict(minDF=3.0, maxDF=20.0)), ("minDF0.1_maxDF0.5", dict(minDF=.1, maxDF=.5)), ("minTF2", dict(minTF=2.0)), ("minTF0.2_binary", dict(minTF=.2, binary=True))):
        run_case("feature/CountVectorizer/" + nm, C(inputCol="words", outputCol="t", **kw), "text", save=nm == "vocab10", note="ties in term frequency: vocabulary order among equal counts is not specified")
    for md in (0, 10): run_case(f"feature/IDF/min{md}", fe.IDF(inputCol="features", outputCol="o", minDocFreq=md), "counts", save=md == 10)
    W = fe.Word2Vec
    run_case("feature/Word2Vec/v5_seed42", W(inputCol="words", outputCol="o", vectorSize=5, minCount=2, seed=42, maxIter=2), "text", save=True, extra={"findSynonyms": lambda m, d: [[r[0], r[1]] for r in m.findSynonyms("spark", 5).collect()]})
    run_case("feature/Word2Vec/v3_win2_seed1_parts2", W(inputCol="words", outputCol="o", vectorSize=3, minCount=1, seed=1, windowSize=2, numPartitions=2, maxIter=1, maxSentenceLength=5, stepSize=.05), "text")
    H = fe.FeatureHasher
    run_case("feature/FeatureHasher/mixed256", H(inputCols=["s1", "s2", "dnum", "inum", "flag"], outputCol="h", numFeatures=256), "strings", save=True)
    run_case("feature/FeatureHasher/mixed_default", H(inputCols=["s1", "s2", "dnum", "inum", "flag"], outputCol="h"), "strings")
    run_case("feature/FeatureHasher/catcols", H(inputCols=["s1", "dnum", "inum"], outputCol="h", numFeatures=1024, categoricalCols=["dnum", "inum"]), "strings")
    run_case("feature/FeatureHasher/nulls", H(inputCols=["s1", "dnum", "flag"], outputCol="h", numFeatures=64), "stringsTest")

@group
def feature_select():
    P = "feature/ChiSqSelector/"
    for nm, kw in (("top2", dict(numTopFeatures=2)), ("percentile", dict(selectorType="percentile", percentile=.4)), ("fpr", dict(selectorType="fpr", fpr=.05)), ("fdr", dict(selectorType="fdr", fdr=.05)), ("fwe", dict(selectorType="fwe", fwe=.05))):
        run_case(P + nm, fe.ChiSqSelector(featuresCol="fcat", outputCol="s", labelCol="label", **kw), "select", save=nm == "top2")
    P = "feature/UnivariateFeatureSelector/"
    U = fe.UnivariateFeatureSelector
    for ft, lt, fc, lc in (("categorical", "categorical", "fcat", "label"), ("continuous", "categorical", "fcont", "label"), ("continuous", "continuous", "fcont", "y")):
        for mode, th in (("numTopFeatures", 2), ("percentile", .5), ("fpr", .05), ("fdr", .05), ("fwe", .05)):
            s = U(featuresCol=fc, outputCol="s", labelCol=lc, selectionMode=mode); s.setFeatureType(ft).setLabelType(lt).setSelectionThreshold(th)
            run_case(P + f"{ft}_{lt}_{mode}", s, "select", save=(ft, lt, mode) == ("continuous", "categorical", "numTopFeatures"))
    for t in (0.0, .5): run_case(f"feature/VarianceThresholdSelector/t{t}", fe.VarianceThresholdSelector(featuresCol="fcat", outputCol="s", varianceThreshold=t), "select", save=t == .5)
    P = "feature/RFormula/"
    Rf = fe.RFormula
    for nm, f, kw in (("simple", "price ~ distanceKm + hour", {}), ("dot", "price ~ . - rating - tip - rideId", {}), ("interaction", "price ~ city:distanceKm + hour", {}), ("string_noint", "price ~ city - 1", {}), ("strLabel", "city ~ distanceKm", {}), ("forceIndex", "longRide ~ distanceKm + day", dict(forceIndexLabel=True)), ("alphabetDesc", "price ~ city + day + surge", dict(stringIndexerOrderType="alphabetDesc")), ("star", "price ~ (city + hour) * distanceKm", {}), ("pow", "price ~ (distanceKm + hour)^2", {}), ("skip", "price ~ rating + distanceKm", dict(handleInvalid="skip")), ("keep", "price ~ rating + tip + city", dict(handleInvalid="keep")), ("error", "price ~ rating", {})):
        run_case(P + nm, Rf(formula=f, **kw), "rides", save=nm in ("alphabetDesc", "interaction"))
    P = "feature/BucketedRandomProjectionLSH/"
    key = Vectors.dense([1.0, 0.5, -1.0])
    def nn(m, d): return [enc(r) for r in m.approxNearestNeighbors(dset("lshA"), key, 4).select("id", "distCol").collect()]
    def join(a, b, th):
        return lambda m, d: [[r[0], r[1], r[2]] for r in m.approxSimilarityJoin(dset(a), dset(b), th, "dist").select(F.col("datasetA.id"), F.col("datasetB.id"), "dist").orderBy("dist").collect()[:60]]
    run_case(P + "t3_b2", fe.BucketedRandomProjectionLSH(inputCol="v", outputCol="h", bucketLength=2.0, numHashTables=3, seed=42), "lshA", save=True, extra={"nearest4": nn, "join1.5": join("lshA", "lshB", 1.5)})
    run_case(P + "t1_b0.5", fe.BucketedRandomProjectionLSH(inputCol="v", outputCol="h", bucketLength=.5, seed=7), "lshA")
    P = "feature/MinHashLSH/"
    skey = Vectors.sparse(15, [0, 3, 5], [1.0, 1.0, 1.0])
    run_case(P + "t4", fe.MinHashLSH(inputCol="v", outputCol="h", numHashTables=4, seed=42), "setsA", save=True, extra={"nearest4": lambda m, d: [enc(r) for r in m.approxNearestNeighbors(dset("setsA"), skey, 4).select("id", "distCol").collect()], "join0.6": join("setsA", "setsB", .6)})
    run_case(P + "t1", fe.MinHashLSH(inputCol="v", outputCol="h", seed=7), "setsA")

# ================================================================ pipelines, tuning
def rides_pipeline():
    ix = fe.StringIndexer(inputCol="city", outputCol="cityIdx", handleInvalid="keep"); oh = fe.OneHotEncoder(inputCols=["cityIdx"], outputCols=["cityOhe"])
    va = fe.VectorAssembler(inputCols=["distanceKm", "hour", "cityOhe"], outputCol="featuresRaw"); ss = fe.StandardScaler(inputCol="featuresRaw", outputCol="features", withMean=True, withStd=True)
    lr = rg.LinearRegression(featuresCol="features", labelCol="price"); return Pipeline(stages=[ix, oh, va, ss, lr]), lr

def pattrs():
    return [("stages", lambda m: [dict(type=type(s).__name__, uid=s.uid, attrs=get_attrs(s, ATTRS.get(type(s).__name__, []))) for s in m.stages])]

@group
def pipelines():
    p, lr = rides_pipeline()
    run_case("pipeline/rides/rides5", p, "rides5", attrs=pattrs(), save=True)
    p, lr = rides_pipeline()
    run_case("pipeline/rides/rides240", p, "rides", attrs=pattrs(), save=True)
    tk = fe.RegexTokenizer(inputCol="text", outputCol="t", pattern="\\W+"); sw = fe.StopWordsRemover(inputCol="t", outputCol="f"); tf = fe.HashingTF(inputCol="f", outputCol="tf", numFeatures=128); idf = fe.IDF(inputCol="tf", outputCol="features")
    run_case("pipeline/text/hash_idf_lr", Pipeline(stages=[tk, sw, tf, idf, cl.LogisticRegression(regParam=.05)]), "text", attrs=pattrs(), save=True)
    run_case("pipeline/formula/rf", Pipeline(stages=[fe.RFormula(formula="longRide ~ city + distanceKm + hour"), cl.RandomForestClassifier(numTrees=3, maxDepth=3, seed=1)]), "rides", attrs=pattrs(), save=True)
    run_case("pipeline/mixed/impute_gbt", Pipeline(stages=[fe.Imputer(inputCols=["rating", "tip"], outputCols=["rating_i", "tip_i"], strategy="median"), fe.StringIndexer(inputCols=["city", "day"], outputCols=["ci", "di"]), fe.VectorAssembler(inputCols=["distanceKm", "hour", "rating_i", "tip_i", "ci", "di"], outputCol="fr"), fe.VectorIndexer(inputCol="fr", outputCol="features", maxCategories=10), rg.GBTRegressor(labelCol="price", maxIter=3, maxDepth=3, seed=1)]), "rides", attrs=pattrs(), save=True)
    run_case("pipeline/cluster/pca_kmeans", Pipeline(stages=[fe.StandardScaler(inputCol="features", outputCol="sc"), fe.PCA(inputCol="sc", outputCol="pc", k=2), cu.KMeans(featuresCol="pc", k=3, seed=3)]), "blobs4", attrs=pattrs(), save=True)
    run_case("pipeline/empty/noStages", Pipeline(stages=[]), "rides5", attrs=pattrs(), save=True)

def scala_cv(est, grid, evaluator, df, folds, seed=None, fold_col=None, save=None, sub=False, tvs=None):
    """Run the JVM's own CrossValidator / TrainValidationSplit (not pyspark's)."""
    if tvs is None: c = tu.CrossValidator(estimator=est, estimatorParamMaps=grid, evaluator=evaluator, numFolds=folds, seed=0, collectSubModels=True)
    else: c = tu.TrainValidationSplit(estimator=est, estimatorParamMaps=grid, evaluator=evaluator, trainRatio=tvs, seed=0, collectSubModels=True)
    if fold_col: c.setFoldCol(fold_col)
    j = c._to_java()
    if seed is None: j.clear(j.getParam("seed"))      # back to the Scala default: hashCode of the class name
    else: j.set(j.getParam("seed"), jvm.java.lang.Long.parseLong(str(seed))) if abs(seed) >= 2**31 else j.setSeed(seed)
    out = {"seed": str(j.getSeed()), "grid": [[{"param": q.name, "value": v} for q, v in m.items()] for m in grid]}
    jev = evaluator._to_java(); jest = est._to_java(); idc = "rideId" if "rideId" in df.columns else "id"
    folds_jdf = []
    if tvs is None and fold_col is None:
        CT = getattr(getattr(jvm.scala.reflect, "ClassTag$"), "MODULE$"); ct = CT.apply(jvm.java.lang.Class.forName("org.apache.spark.sql.Row"))
        parts = jvm.org.apache.spark.mllib.util.MLUtils.kFold(df._jdf.toDF().rdd(), folds, int(j.getSeed()), ct)
        out["numFolds"] = folds; out["foldIds"] = []
        for f in range(folds):
            tr = spark._jsparkSession.createDataFrame(parts[f]._1(), df._jdf.schema()); va = spark._jsparkSession.createDataFrame(parts[f]._2(), df._jdf.schema()); folds_jdf.append((tr, va))
            out["foldIds"].append({"train": [r[0] for r in DataFrame(tr, spark).select(idc).collect()], "validation": [r[0] for r in DataFrame(va, spark).select(idc).collect()]})
    try: m = j.fit(df._jdf)
    except Exception as e:
        out["error"] = err(e)      # e.g. an empty validation fold: say what each fold gives alone
        fm = []
        for tr, va in folds_jdf:
            row = []
            for k in range(len(grid)):
                try: row.append(float(evaluator.evaluate(est.fit(DataFrame(tr, spark), grid[k]).transform(DataFrame(va, spark)))))
                except Exception as x: row.append({"error": err(x)["type"] + ": " + err(x)["message"]})
                if isinstance(row[0], dict): row = [row[0]] * len(grid); break
            fm.append(row)
        out["foldMetrics"] = fm
        return out
    if tvs is None:
        out["numFolds"] = folds; out["avgMetrics"] = [float(x) for x in m.avgMetrics()]
        if fold_col is None:
            out["foldMetrics"] = [[float(jev.evaluate(m.subModels()[f][k].transform(folds_jdf[f][1]))) for k in range(len(grid))] for f in range(folds)]
    else:
        out["trainRatio"] = tvs; out["validationMetrics"] = [float(x) for x in m.validationMetrics()]
    out["bestIndex"] = int(np.argmin(out.get("avgMetrics") or out["validationMetrics"])) if not evaluator.isLargerBetter() else int(np.argmax(out.get("avgMetrics") or out["validationMetrics"]))
    bm = m.bestModel()
    try:
        last = bm.stages()[-1] if bm.getClass().getName().endswith("PipelineModel") else bm
        out["best"] = {"class": last.getClass().getName(), "coefficients": enc_java(last.coefficients()), "intercept": last.intercept()}
    except Exception: pass
    if save:
        w = m.write().overwrite()
        if sub: w = w.option("persistSubModels", "true")
        else: w = w.option("persistSubModels", "false")
        w.save("file://" + save); drop_crc(save)
        j.write().overwrite().save("file://" + save.replace("/model", "/estimator")); drop_crc(save.replace("/model", "/estimator"))
    return out

@group
def tuning():
    RE = lambda: ev.RegressionEvaluator(labelCol="price", predictionCol="prediction", metricName="rmse")
    def grid(lr): return tu.ParamGridBuilder().addGrid(lr.regParam, [0.0, .01, .1]).addGrid(lr.elasticNetParam, [0.0, .5, 1.0]).build()
    for ds in ("rides5", "rides"):
        for parts in (1, 2):
            def split(ds=ds, parts=parts): return dset(ds, parts).randomSplit([.8, .2], 42)
            cid = f"tuning/CrossValidator/scala_{ds}_train80_{parts}parts_defaultSeed"
            def f(cid=cid):
                p, lr = rides_pipeline(); tr, te = split()
                r = scala_cv(p, grid(lr), RE(), tr, 3, None, save=os.path.join(OUT, "cases", cid, "model") if (parts == 2 and ds == "rides") else None)
                r["trainIds"] = [x[0] for x in tr.select("rideId").collect()]; r["testIds"] = [x[0] for x in te.select("rideId").collect()]; return r
            raw_case(cid, "CrossValidator", ds, f, parts, note="JVM CrossValidator, no seed set: seed = hashCode of its class name; data = first part of randomSplit([0.8,0.2], 42)")
            def f2():
                p, lr = rides_pipeline(); return scala_cv(p, grid(lr), RE(), dset(ds, parts), 3, 42)
            raw_case(f"tuning/CrossValidator/scala_{ds}_all_{parts}parts_seed42", "CrossValidator", ds, f2, parts)
            # pyspark's own CrossValidator
            def f3():
                p, lr = rides_pipeline(); tr, te = split(); c = tu.CrossValidator(estimator=p, estimatorParamMaps=grid(lr), evaluator=RE(), numFolds=3, seed=42, collectSubModels=False)
                m = c.fit(tr); o = {"seed": 42, "avgMetrics": [float(x) for x in m.avgMetrics], "stdMetrics": [float(x) for x in m.stdMetrics]}
                o["foldRand"] = [[r[0], r[1]] for r in tr.select("rideId", F.rand(42)).collect()]
                b = m.bestModel.stages[-1]; o["best"] = {"coefficients": enc(b.coefficients), "intercept": b.intercept}
                o["testPredictions"] = [[r[0], r[1]] for r in m.transform(te).select("rideId", "prediction").collect()]; return o
            raw_case(f"tuning/CrossValidator/pyspark_{ds}_train80_{parts}parts_seed42", "CrossValidator", ds, f3, parts, note="pyspark CrossValidator: fold f takes rows with f/k <= rand(seed) < (f+1)/k")
    for parts in (1, 2):
        def f8(parts=parts):
            CT = getattr(getattr(jvm.scala.reflect, "ClassTag$"), "MODULE$"); ct = CT.apply(jvm.java.lang.Class.forName("org.apache.spark.sql.Row"))
            tr, te = dset("rides5", parts).randomSplit([.8, .2], 42)
            for s in range(200):
                fs = jvm.org.apache.spark.mllib.util.MLUtils.kFold(tr._jdf.toDF().rdd(), 3, s, ct)
                if all(f._2().count() > 0 and f._1().count() > 0 for f in fs): break
            p, lr = rides_pipeline(); r = scala_cv(p, grid(lr), RE(), tr, 3, s); r["trainIds"] = [x[0] for x in tr.select("rideId").collect()]; r["testIds"] = [x[0] for x in te.select("rideId").collect()]; return r
        raw_case(f"tuning/CrossValidator/scala_rides5_train80_{parts}parts_firstGoodSeed", "CrossValidator", "rides5", f8, parts, note="smallest seed >= 0 that leaves no fold empty")
    # small models with sub models saved
    def f4():
        lr = cl.LogisticRegression(); g = tu.ParamGridBuilder().addGrid(lr.regParam, [.01, .3]).build()
        return scala_cv(lr, g, ev.BinaryClassificationEvaluator(), dset("binDense", 2), 2, 5, save=os.path.join(OUT, "cases", "tuning/CrossValidator/scala_logistic_submodels", "model"), sub=True)
    raw_case("tuning/CrossValidator/scala_logistic_submodels", "CrossValidator", "binDense", f4, 2)
    def f5():
        lr = rg.LinearRegression(); g = tu.ParamGridBuilder().addGrid(lr.regParam, [.01, .3]).build(); return scala_cv(lr, g, ev.RegressionEvaluator(metricName="r2"), dset("regDense", 2), 3, 5, fold_col="fold")
    raw_case("tuning/CrossValidator/scala_foldCol", "CrossValidator", "regDense", f5, 2)
    def f6(seed, sv=False):
        lr = rg.LinearRegression(); g = tu.ParamGridBuilder().addGrid(lr.regParam, [.01, .3]).addGrid(lr.elasticNetParam, [0.0, 1.0]).build()
        return scala_cv(lr, g, ev.RegressionEvaluator(metricName="mae"), dset("regDense", 2), 3, seed, tvs=.75, save=os.path.join(OUT, "cases", "tuning/TrainValidationSplit/scala_defaultSeed", "model") if sv else None)
    raw_case("tuning/TrainValidationSplit/scala_defaultSeed", "TrainValidationSplit", "regDense", lambda: f6(None, True), 2)
    raw_case("tuning/TrainValidationSplit/scala_seed42", "TrainValidationSplit", "regDense", lambda: f6(42), 2)
    def f7():
        lr = rg.LinearRegression(); g = tu.ParamGridBuilder().addGrid(lr.regParam, [.01, .3]).build()
        m = tu.TrainValidationSplit(estimator=lr, estimatorParamMaps=g, evaluator=ev.RegressionEvaluator(), trainRatio=.75, seed=42).fit(dset("regDense", 2)); return {"validationMetrics": [float(x) for x in m.validationMetrics], "rand": [[r[0], r[1]] for r in dset("regDense", 2).select("id", F.rand(42)).collect()]}
    raw_case("tuning/TrainValidationSplit/pyspark_seed42", "TrainValidationSplit", "regDense", f7, 2, note="pyspark: train takes rand(seed) < trainRatio")

# ================================================================ evaluation, stat
@group
def evaluators():
    def sweep(cid, cls, ds, combos, parts=1):
        def f():
            out = []
            for kw in combos:
                e = getattr(ev, cls)(**kw)
                try: v = e.evaluate(dset(ds, parts))
                except Exception as x: v = {"error": err(x)["message"]}
                out.append({"params": enc(kw), "value": v, "isLargerBetter": e.isLargerBetter()})
            return out
        raw_case(cid, cls, ds, f, parts)
    sweep("evaluation/BinaryClassificationEvaluator/all", "BinaryClassificationEvaluator", "evalBinary", [dict(metricName=m, numBins=b, rawPredictionCol=c, **w) for m in ("areaUnderROC", "areaUnderPR") for b in (0, 10, 1000) for c in ("rawPrediction", "score") for w in ({}, dict(weightCol="weight"))])
    sweep("evaluation/BinaryClassificationEvaluator/all_2parts", "BinaryClassificationEvaluator", "evalBinary", [dict(metricName=m, numBins=b) for m in ("areaUnderROC", "areaUnderPR") for b in (0, 10, 1000)], 2)
    names = ["f1", "accuracy", "weightedPrecision", "weightedRecall", "weightedTruePositiveRate", "weightedFalsePositiveRate", "weightedFMeasure", "truePositiveRateByLabel", "falsePositiveRateByLabel", "precisionByLabel", "recallByLabel", "fMeasureByLabel", "logLoss", "hammingLoss"]
    cmb = []
    for n in names:
        for w in ({}, dict(weightCol="weight")):
            if n.endswith("ByLabel"): cmb += [dict(metricName=n, metricLabel=float(l), **w) for l in (0, 1, 2)]
            elif "FMeasure" in n: cmb += [dict(metricName=n, beta=b, **w) for b in (.5, 1.0, 2.0)]
            elif n == "logLoss": cmb += [dict(metricName=n, eps=e, **w) for e in (1e-15, .01)]
            else: cmb.append(dict(metricName=n, **w))
    sweep("evaluation/MulticlassClassificationEvaluator/all", "MulticlassClassificationEvaluator", "evalMulti", cmb)
    sweep("evaluation/RegressionEvaluator/all", "RegressionEvaluator", "evalReg", [dict(metricName=m, throughOrigin=t, **w) for m in ("rmse", "mse", "r2", "mae", "var") for t in (False, True) for w in ({}, dict(weightCol="weight"))])
    sweep("evaluation/MultilabelClassificationEvaluator/all", "MultilabelClassificationEvaluator", "evalMultilabel", [dict(metricName=m) for m in ("subsetAccuracy", "accuracy", "hammingLoss", "precision", "recall", "f1Measure", "microPrecision", "microRecall", "microF1Measure")] + [dict(metricName=m, metricLabel=float(l)) for m in ("precisionByLabel", "recallByLabel", "f1MeasureByLabel") for l in range(5)])
    sweep("evaluation/RankingEvaluator/all", "RankingEvaluator", "evalRanking", [dict(metricName="meanAveragePrecision")] + [dict(metricName=m, k=k) for m in ("meanAveragePrecisionAtK", "precisionAtK", "ndcgAtK", "recallAtK") for k in (1, 3, 5, 10)])
    def f():
        d = cu.KMeans(k=4, seed=1).fit(dset("blobs")).transform(dset("blobs")); out = {"predictions": [[r[0], r[1]] for r in d.select("id", "prediction").collect()], "values": []}
        for dm in ("squaredEuclidean", "cosine"):
            for w in ({}, dict(weightCol="weight")): out["values"].append({"params": dict(distanceMeasure=dm, **w), "value": ev.ClusteringEvaluator(distanceMeasure=dm, **w).evaluate(d)})
        return out
    raw_case("evaluation/ClusteringEvaluator/silhouette", "ClusteringEvaluator", "blobs", f)
    # evaluators saved
    if want("evaluation/saved"):
        for e in (ev.BinaryClassificationEvaluator(), ev.MulticlassClassificationEvaluator(metricName="logLoss"), ev.RegressionEvaluator(metricName="r2"), ev.MultilabelClassificationEvaluator(), ev.RankingEvaluator(k=3), ev.ClusteringEvaluator()):
            save_to(e, os.path.join(OUT, "cases", "evaluation/saved", type(e).__name__))

@group
def stats():
    ct = lambda r: enc(r)
    for parts in (1, 2):
        for m in ("pearson", "spearman"):
            raw_case(f"stat/Correlation/{m}_{parts}parts", "Correlation", "regDense", lambda: st.Correlation.corr(dset("regDense", parts), "features", m).head()[0], parts)
    raw_case("stat/Correlation/pearson_constant", "Correlation", "regSingular", lambda: st.Correlation.corr(dset("regSingular"), "features").head()[0])
    raw_case("stat/Correlation/spearman_ties", "Correlation", "select", lambda: st.Correlation.corr(dset("select"), "fcat", "spearman").head()[0])
    raw_case("stat/ChiSquareTest/fcat", "ChiSquareTest", "select", lambda: {"row": st.ChiSquareTest.test(dset("select"), "fcat", "label").head(), "flatten": st.ChiSquareTest.test(dset("select"), "fcat", "label", True).orderBy("featureIndex")})
    jt = lambda cls, ds, f, l: [enc(r) for r in DataFrame(getattr(jvm.org.apache.spark.ml.stat, cls).test(dset(ds)._jdf, f, l, True), spark).orderBy("featureIndex").collect()]
    raw_case("stat/ANOVATest/fcont", "ANOVATest", "select", lambda: jt("ANOVATest", "select", "fcont", "label"), note="Scala only, not in pyspark")
    raw_case("stat/FValueTest/fcont", "FValueTest", "select", lambda: jt("FValueTest", "select", "fcont", "y"), note="Scala only, not in pyspark")
    raw_case("stat/KolmogorovSmirnovTest/norm", "KolmogorovSmirnovTest", "quant", lambda: {"N(0,1)": st.KolmogorovSmirnovTest.test(dset("quant"), "normal", "norm", 0.0, 1.0).head(), "default": st.KolmogorovSmirnovTest.test(dset("quant"), "normal", "norm").head(), "N(5,5) on exp": st.KolmogorovSmirnovTest.test(dset("quant", 2), "exp", "norm", 5.0, 5.0).head()})
    ms = ["mean", "sum", "variance", "std", "count", "numNonZeros", "max", "min", "normL1", "normL2"]
    def f(ds, col, w, parts):
        b = st.Summarizer.metrics(*ms); d = dset(ds, parts); s = b.summary(d[col], d[w]) if w else b.summary(d[col]); return d.select(s.alias("s")).head()[0]
    for ds, col, w in (("regDense", "features", None), ("regDense", "features", "weight"), ("regSparse", "features", None), ("vecs", "v", None), ("vecsNaN", "v", None)):
        for parts in (1, 2): raw_case(f"stat/Summarizer/{ds}_{'w' if w else 'now'}_{parts}parts", "Summarizer", ds, lambda: f(ds, col, w, parts), parts)
    raw_case("stat/MultivariateGaussian/none", "MultivariateGaussian", "blobs", lambda: (lambda g: [g.logpdf(v) for v in (jv([0.0, 0.0]), jv([1.0, 2.0]), jv([-3.0, .5]))])(jvm.org.apache.spark.ml.stat.distribution.MultivariateGaussian(jv([.5, 1.0]), jm(2, 2, [2.0, .3, .3, 1.0]))))
    raw_case("stat/MultivariateGaussian/singular", "MultivariateGaussian", "blobs", lambda: (lambda g: [g.logpdf(v) for v in (jv([0.0, 0.0]), jv([1.0, 2.0]), jv([-3.0, .5]))])(jvm.org.apache.spark.ml.stat.distribution.MultivariateGaussian(jv([.5, 1.0]), jm(2, 2, [1.0, 1.0, 1.0, 1.0]))))

def jarr(vals, cls="double"):
    a = sc._gateway.new_array(getattr(jvm, cls) if cls in ("double", "int") else jvm.java.lang.Object, len(vals))
    for i, v in enumerate(vals): a[i] = v
    return a
def jv(vals): return jvm.org.apache.spark.ml.linalg.DenseVector(jarr([float(v) for v in vals]))
def jm(r, c, vals): return jvm.org.apache.spark.ml.linalg.DenseMatrix(r, c, jarr([float(v) for v in vals]))

# ================================================================ random machinery
def rnd(name, fn):
    if not want("random/" + name): return
    try: o = fn()
    except Exception as e: FAILURES.append({"id": "random/" + name, "error": str(e).split("\n")[0][:300]}); traceback.print_exc(); return
    write_json(os.path.join(OUT, "random", name + ".json"), enc(o), indent=None)

BIG = 123456789012
@group
def random_machinery():
    L_ = lambda s: jvm.java.lang.Long.valueOf(str(s)) if False else s
    def gens():
        out = {}
        for s in (0, 1, 42, -1, 7, 2147483647, BIG, -BIG):
            X = lambda: jvm.org.apache.spark.util.random.XORShiftRandom(jlong(s))
            J = lambda: jvm.java.util.Random(jlong(s))
            o = {}
            for nm, mk in (("XORShiftRandom", X), ("java.util.Random", J)):
                g = mk(); a = {"nextInt": [g.nextInt() for _ in range(8)]}
                g = mk(); a["nextInt(10)"] = [g.nextInt(10) for _ in range(12)]
                g = mk(); a["nextInt(64)"] = [g.nextInt(64) for _ in range(8)]
                g = mk(); a["nextLong"] = [g.nextLong() for _ in range(5)]
                g = mk(); a["nextDouble"] = [g.nextDouble() for _ in range(8)]
                g = mk(); a["nextFloat"] = [g.nextFloat() for _ in range(5)]
                g = mk(); a["nextGaussian"] = [g.nextGaussian() for _ in range(6)]
                g = mk(); a["nextBoolean"] = [g.nextBoolean() for _ in range(8)]
                o[nm] = a
            o["XORShiftRandom.hashSeed"] = getattr(getattr(jvm.org.apache.spark.util.random, "XORShiftRandom$"), "MODULE$").hashSeed(jlong(s))
            cm = jvm.org.apache.commons.math3.random
            for nm in ("MersenneTwister", "Well19937c"):
                g = getattr(cm, nm)(jlong(s)); a = {"nextInt": [g.nextInt() for _ in range(6)]}
                g = getattr(cm, nm)(jlong(s)); a["nextDouble"] = [g.nextDouble() for _ in range(6)]
                g = getattr(cm, nm)(jlong(s)); a["nextGaussian"] = [g.nextGaussian() for _ in range(4)]
                o[nm] = a
            for mean in (1.0, .5, .7, 3.0):
                p = jvm.org.apache.commons.math3.distribution.PoissonDistribution(mean); p.reseedRandomGenerator(jlong(s)); o[f"PoissonDistribution({mean})"] = [p.sample() for _ in range(40)]
            o["note"] = "MersenneTwister and Well19937c: a seed that fits in an int went through the int constructor; PoissonDistribution.reseedRandomGenerator always takes a long. nextFloat values are the shortest decimals of floats."
            out[str(s)] = o
        return out
    rnd("generators", gens)
    def rand_cols():
        out = []
        for ds in ("ids100",):
            for parts in (1, 2, 4):
                for s in (0, 42, 7, -5, BIG):
                    rows = dset(ds, parts).select("id", F.rand(s).alias("u"), F.randn(s).alias("g")).collect()
                    out.append({"dataset": ds, "partitions": parts, "seed": s, "rand": [r["u"] for r in rows], "randn": [r["g"] for r in rows], "ids": None if ds == "ids100" else [r["id"] for r in rows]})
        return {"note": "row order = data set order; each partition has its own generator", "cases": out}
    rnd("rand_randn", rand_cols)
    def splits():
        out = []
        for ds in ("ids100", "ids100shuffled", "rides5", "rides", "strings"):
            idc = "rideId" if ds.startswith("rides") else "id"
            for parts in (1, 2, 4):
                for w in ([.8, .2], [.7, .3], [.6, .2, .2], [1.0, 1.0, 1.0], [2.0, 1.0]):
                    for s in ((42, 7, 0, -1, BIG) if ds.startswith("ids") else (42, 7)):
                        out.append({"dataset": ds, "partitions": parts, "weights": w, "seed": s, "splits": [[r[0] for r in d.select(idc).collect()] for d in dset(ds, parts).randomSplit(w, s)]})
        return {"note": "each partition is first sorted by all orderable columns in column order, then sampled", "cases": out}
    rnd("randomSplit", splits)
    def one_col():
        out = []
        for parts in (1, 2):
            for s in (42, 7):
                d = dset("ids100", parts)
                for nm, dd in (("v first (vectors sort as struct type,size,indices,values)", d.select("v", "id")), ("x first", d.select("x", "id")), ("drop id order: s,x,id", d.select("s", "x", "id"))):
                    out.append({"partitions": parts, "seed": s, "columns": dd.columns, "what": nm, "splits": [[r[0] for r in q.select("id").collect()] for q in dd.randomSplit([.5, .5], s)]})
        return {"cases": out}
    rnd("randomSplit_column_order", one_col)
    def samples():
        out = []
        for parts in (1, 2, 4):
            for s in (42, 7, 0, BIG):
                for fr in (.1, .5, .9):
                    out.append({"partitions": parts, "seed": s, "fraction": fr, "withReplacement": False, "ids": [r[0] for r in dset("ids100", parts).sample(False, fr, s).select("id").collect()]})
                for fr in (.3, .5, 1.0, 2.0):
                    out.append({"partitions": parts, "seed": s, "fraction": fr, "withReplacement": True, "ids": [r[0] for r in dset("ids100", parts).sample(True, fr, s).select("id").collect()]})
                out.append({"partitions": parts, "seed": s, "sampleBy": {"a": .2, "b": .8, "c": 0.0}, "ids": [r[0] for r in dset("ids100", parts).sampleBy("s", {"a": .2, "b": .8, "c": 0.0}, s).select("id").collect()]})
        return {"dataset": "ids100", "cases": out}
    rnd("sample", samples)
    def rdd_sample():
        out = []
        CT = getattr(getattr(jvm.scala.reflect, "ClassTag$"), "MODULE$"); ct = CT.apply(jvm.java.lang.Class.forName("org.apache.spark.sql.Row"))
        for parts in (1, 2, 4):
            rdd = dset("ids100", parts)._jdf.toDF().rdd()
            for s in (42, 7):
                for wr, fr in ((False, .3), (True, .3), (True, 1.0), (True, .5)):
                    out.append({"what": "RDD.sample", "partitions": parts, "seed": s, "withReplacement": wr, "fraction": fr, "ids": [r.getLong(0) for r in rdd.sample(wr, fr, s).collect()]})
                for wr, n in ((False, 5), (True, 5), (False, 20)):
                    out.append({"what": "RDD.takeSample", "partitions": parts, "seed": s, "withReplacement": wr, "num": n, "ids": [r.getLong(0) for r in rdd.takeSample(wr, n, s)]})
        return {"dataset": "ids100", "cases": out}
    rnd("rdd_sample_takeSample", rdd_sample)
    def kfold():
        out = []
        CT = getattr(getattr(jvm.scala.reflect, "ClassTag$"), "MODULE$"); ct = CT.apply(jvm.java.lang.Class.forName("org.apache.spark.sql.Row"))
        for ds in ("ids100", "ids100shuffled", "rides5"):
            for parts in (1, 2, 4):
                for k in (2, 3, 5):
                    for s in (42, 0, -1, -1191137437, BIG):
                        rdd = dset(ds, parts)._jdf.toDF().rdd(); fs = jvm.org.apache.spark.mllib.util.MLUtils.kFold(rdd, k, s, ct)
                        out.append({"dataset": ds, "partitions": parts, "numFolds": k, "seed": s, "validation": [[r.getLong(0) for r in f._2().collect()] for f in fs]})
        return {"note": "training part of a fold = every other row, in order", "cases": out}
    rnd("kFold", kfold)
    def seeds():
        out = []
        names = """classification.DecisionTreeClassifier classification.FMClassifier classification.GBTClassifier classification.MultilayerPerceptronClassifier classification.RandomForestClassifier
        clustering.BisectingKMeans clustering.GaussianMixture clustering.KMeans clustering.LDA feature.BucketedRandomProjectionLSH feature.MinHashLSH feature.Word2Vec recommendation.ALS
        regression.DecisionTreeRegressor regression.FMRegressor regression.GBTRegressor regression.RandomForestRegressor tuning.CrossValidator tuning.TrainValidationSplit""".split()
        for n in names:
            c = "org.apache.spark.ml." + n; o = jvm
            for p_ in c.split("."): o = getattr(o, p_)
            j = o(); out.append({"class": c, "getSeed": j.getSeed(), "hashCode": jvm.java.lang.String(c).hashCode() if False else jhash(c)})
        return {"cases": out, "note": "Scala default seed = class name's hashCode, as a long"}
    rnd("default_seeds", seeds)
    def hashes():
        vals = {"string": ["", "a", "spark", "été", "😀", "The quick brown fox", "abcdefgh", "abcdefghi"], "int": [0, 1, -1, 42, 2147483647, -2147483648], "long": [0, 1, -1, 42, 9007199254740991, -9223372036854775808, 9223372036854775807],
                "double": [0.0, -0.0, 1.0, -1.5, 3.141592653589793, float("inf"), float("nan"), 1e-300], "float": [0.0, -0.0, 1.5, float("nan")], "boolean": [True, False], "date": None}
        ty = {"string": S, "int": I, "long": L, "double": D, "float": FL, "boolean": B}
        out = {}
        for t, vs in vals.items():
            if vs is None: continue
            d = spark.createDataFrame([(v,) for v in vs] + [(None,)], T.StructType([T.StructField("v", ty[t])]))
            out[t] = [{"value": enc(r[0]), "murmur3_hash": r[1], "xxhash64": str(r[2])} for r in d.select("v", F.hash("v"), F.xxhash64("v")).collect()]
        d = spark.createDataFrame([("a", 1, 2.5), (None, 1, 2.5), ("a", None, None)], T.StructType([T.StructField("a", S), T.StructField("b", I), T.StructField("c", D)]))
        out["multi(string,int,double)"] = [{"value": enc(list(r[:3])), "murmur3_hash": r[3], "xxhash64": str(r[4])} for r in d.select("a", "b", "c", F.hash("a", "b", "c"), F.xxhash64("a", "b", "c")).collect()]
        d = spark.createDataFrame([(["a", "b"],), ([],)], T.StructType([T.StructField("a", T.ArrayType(S))]))
        out["array<string>"] = [{"value": enc(r[0]), "murmur3_hash": r[1]} for r in d.select("a", F.hash("a")).collect()]
        terms = ["", "a", "spark", "été", "😀", "The", "hello", "naïve", "x" * 40]
        out["HashingTF.indexOf"] = [{"term": t, "n": n, "index": fe.HashingTF(inputCol="a", outputCol="b", numFeatures=n).indexOf(t)} for t in terms for n in (1 << 18, 1000, 64)]
        fh = lambda cols, row, types, n: enc(fe.FeatureHasher(inputCols=cols, outputCol="h", numFeatures=n).transform(spark.createDataFrame([row], T.StructType([T.StructField(c, t) for c, t in zip(cols, types)]))).head()["h"])
        out["FeatureHasher"] = [{"cols": ["real", "bool", "stringNum", "string"], "row": [2.2, True, "1", "foo"], "n": n, "out": fh(["real", "bool", "stringNum", "string"], (2.2, True, "1", "foo"), [D, B, S, S], n)} for n in (262144, 64)] + \
                               [{"cols": ["f", "i", "l"], "row": [1.5, 3, 7], "n": 262144, "out": fh(["f", "i", "l"], (1.5, 3, 7), [FL, I, L], 262144)}]
        return out
    rnd("hashes", hashes)
    def quantiles():
        out = []
        for parts in (1, 2, 4):
            for re_ in (0.0, .001, .01, .05, .1, .25):
                for c in ("normal", "ties", "exp"):
                    ps = [0.0, .01, .1, .25, .5, .75, .9, .99, 1.0]; out.append({"dataset": "quant", "column": c, "partitions": parts, "relativeError": re_, "probabilities": ps, "quantiles": dset("quant", parts).approxQuantile(c, ps, re_)})
        for re_ in (0.0, .1): out.append({"dataset": "numbers", "column": "x1", "partitions": 1, "relativeError": re_, "probabilities": [.25, .5, .75], "quantiles": dset("numbers").approxQuantile("x1", [.25, .5, .75], re_)})
        r = dset("quant").select(F.percentile_approx("exp", [.1, .5, .9], 10000), F.percentile_approx("exp", [.1, .5, .9], 5), F.expr("percentile(exp, array(0.1,0.5,0.9))"), F.expr("median(exp)")).head()
        out.append({"what": "sql percentile functions on quant.exp", "percentile_approx_10000": list(r[0]), "percentile_approx_5": list(r[1]), "percentile": list(r[2]), "median": r[3]})
        return {"cases": out}
    rnd("approxQuantile", quantiles)
    def fns():
        d = dset("vecs"); a = d.select("id", vector_to_array("v").alias("a"), vector_to_array("v", "float32").alias("f")).limit(6)
        b = spark.createDataFrame([(1, [1.0, 0.0, 2.0]), (2, [])], T.StructType([T.StructField("id", L), T.StructField("a", T.ArrayType(D))])).select("id", array_to_vector("a").alias("v"))
        return {"vector_to_array": [enc(r) for r in a.collect()], "array_to_vector": [enc(r) for r in b.collect()]}
    rnd("functions_vector_array", fns)
    def map_order():
        hm_ = jvm.scala.collection.mutable.HashMap; out = []
        refl = getattr(getattr(jvm.scala, "$less$colon$less$"), "MODULE$").refl()
        for n in (1, 2, 3, 4, 5, 6, 8, 10, 20, 33, 50, 100):
            hm = hm_()
            for i in range(n): hm.put(i, i)
            it = hm.toMap(refl).keysIterator(); ks = []
            while it.hasNext(): ks.append(it.next())
            out.append({"n": n, "order": ks})
        return {"note": "iteration order of Scala 2.13's immutable Map with Int keys 0..n-1: a random forest visits the trees of one group of nodes in this order, which decides the order of feature-subset draws", "cases": out}
    rnd("scala_int_map_order", map_order)
    def gamma():
        out = []
        for s in (0, 1, 42, BIG, -5025562857975149833):
            for shape, scale in ((100.0, .01), (.5, 2.0), (1.0, 1.0)):
                rb = jvm.breeze.stats.distributions.RandBasis(jvm.org.apache.commons.math3.random.MersenneTwister(jlong(s))); g = jvm.breeze.stats.distributions.Gamma(shape, scale, rb)
                out.append({"seed": s, "shape": shape, "scale": scale, "draws": [g.draw() for _ in range(12)]})
        return {"note": "breeze Gamma over commons-math MersenneTwister: LDA's initial topics use shape 100, scale 0.01 and a long seed. Seeds that fit in an int went through the int constructor here, the others through the long one.", "cases": out}
    rnd("breeze_gamma", gamma)
    def reservoir():
        # the feature subsets a forest draws: SamplingUtils.reservoirSampleAndCount(range(n).iterator, k, seed)
        su = jvm.org.apache.spark.util.random.SamplingUtils; CT = getattr(getattr(jvm.scala.reflect, "ClassTag$"), "MODULE$"); out = []
        ctI = CT.apply(jvm.java.lang.Class.forName("java.lang.Integer"))
        for n, k in ((6, 2), (6, 3), (20, 5), (100, 10), (3, 5)):
            for s in (0, 42, -7, BIG):
                al = jvm.java.util.ArrayList()
                for i in range(n): al.add(i)
                it = getattr(jvm.scala.jdk.javaapi, "CollectionConverters").asScala(al.iterator())
                r = su.reservoirSampleAndCount(it, k, jlong(s), ctI); out.append({"n": n, "k": k, "seed": s, "sample": [x for x in r._1()], "count": r._2()})
        return {"cases": out}
    rnd("reservoirSample", reservoir)

def jlong(s):
    """py4j sends a Python int that fits as a Java int; Java widens it where only long fits"""
    return s
def jhash(s):
    b = s.encode("utf-16-be"); h = 0
    for i in range(0, len(b), 2): h = (31 * h + int.from_bytes(b[i:i + 2], "big")) & 0xffffffff
    return h - (1 << 32) if h >= 1 << 31 else h

# ---------------------------------------------------------------- run
for g in GROUPS:
    t = time.time(); n0 = len(CASES)
    guard(g.__name__, g)
    print(f"[{time.time()-T0:7.1f}s] {g.__name__}: {len(CASES)-n0} cases in {time.time()-t:.1f}s", flush=True)

# data sets
for name, (rows, schema) in DATASETS.items():
    if args.only and os.path.exists(os.path.join(OUT, "datasets", name + ".jsonl")): continue
    df = spark.createDataFrame(rows, schema)
    write_jsonl(os.path.join(OUT, "datasets", name + ".jsonl"), [dict(zip(schema.names, [enc(v) for v in r])) for r in rows])
    n = len(rows)
    write_json(os.path.join(OUT, "datasets", name + ".schema.json"), {"name": name, "rows": n, "columns": schema_desc(df.schema), "sparkSchema": json.loads(df.schema.json()),
               "partitionStarts": {str(k): [i * n // k for i in range(k)] for k in (1, 2, 4)}})
# check the partition layout claim
chk = []
for name in ("rides5", "ids100", "strings"):
    for k in (2, 4):
        got = [[r[1] for r in g] for g in [dset(name, k).select(F.spark_partition_id(), DATASETS[name][1].names[0]).collect()]][0]
        ids = dset(name, k).select(F.spark_partition_id().alias("p"), F.col(DATASETS[name][1].names[0]).alias("i")).collect()
        n = len(DATASETS[name][0]); exp = [next(p for p in range(k) if p * n // k <= j < (p + 1) * n // k) for j in range(n)]
        chk.append([r["p"] for r in ids] == exp)
files, size = 0, 0
for root, _, fs in os.walk(OUT):
    for f in fs: files += 1; size += os.path.getsize(os.path.join(root, f))
j = jvm.java.lang.System
def blas(n):
    try: return getattr(getattr(getattr(jvm.org.apache.spark.ml.linalg, "BLAS$"), "MODULE$"), n)().getClass().getName()
    except Exception as e: return str(e)[:100]
env = {"spark": spark.version, "pyspark": __import__("pyspark").__version__, "scala": jvm.scala.util.Properties.versionNumberString(), "java": j.getProperty("java.version"), "python": platform.python_version(), "numpy": np.__version__,
       "master": "local[2]", "spark.sql.shuffle.partitions": SHUFFLE, "driverMemory": "3g", "os": platform.platform(),
       "javaBLAS": blas("javaBLAS"), "nativeBLAS": blas("nativeBLAS")}
if not args.only:
    write_json(os.path.join(OUT, "manifest.json"), {"seed": args.seed, "environment": env, "partitionLayoutChecked": all(chk), "counts": {"cases": len(CASES), "datasets": len(DATASETS), "files": files + 1, "bytes": size},
               "failures": FAILURES, "seconds": round(time.time() - T0), "cases": CASES}, indent=None)
print("cases", len(CASES), "files", files, "MB", round(size / 1e6, 2), "failures", len(FAILURES), "errors recorded", sum(c["error"] for c in CASES), "seconds", round(time.time() - T0), "layout ok", all(chk))
for f in FAILURES: print("FAILURE", f)
spark.stop()
shutil.rmtree(TMP, ignore_errors=True)
