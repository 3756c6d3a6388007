"""Usage: frames.py ANSWER OURS THEIRS. Says what Spark sees in the parquet folder OURS, and writes the folder THEIRS."""
import sys

from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.ml.stat import Summarizer
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DoubleType, IntegerType, LongType, StringType, StructField, StructType

from session import answer, session

spark = session()
_, _, ours, theirs = sys.argv


def vector(v):
    if v is None:
        return None
    dense = {"type": 1, "values": v.toArray().tolist()}
    return dense if not hasattr(v, "indices") else {"type": 0, "size": v.size, "indices": v.indices.tolist(), "values": v.values.tolist()}


frame = spark.read.parquet(ours)
rows = frame.orderBy("id").collect()
summary = frame.where(F.col("v").isNotNull()).select(Summarizer.mean(F.col("v")).alias("mean")).first()["mean"]

made = spark.createDataFrame(
    [
        (1, 7, 1.5, "a", True, Vectors.dense([1.0, 0.0, float("nan")])),
        (2, None, None, None, None, None),
        (3, -4, float("nan"), "été", False, Vectors.sparse(3, [1], [2.5])),
        (4, 2147483647, float("inf"), "", True, Vectors.dense([0.0, 0.0, 0.0])),
    ],
    StructType(
        [
            StructField("id", LongType(), False),
            StructField("i", IntegerType()),
            StructField("d", DoubleType()),
            StructField("s", StringType()),
            StructField("b", BooleanType()),
            StructField("v", VectorUDT(), True, {"ml_attr": {"attrs": {"numeric": [{"idx": 0, "name": "x"}]}, "num_attrs": 3}}),
        ]
    ),
)
made.coalesce(1).write.parquet(theirs)
answer(
    {
        "schema": frame.schema.jsonValue(),
        "rows": [[r["id"], r["prediction"], vector(r["v"])] for r in rows],
        "mean": summary.toArray().tolist(),
        "show": made._jdf.showString(20, 20, False),
        "showFull": made._jdf.showString(20, 0, False),
        "showVertical": made._jdf.showString(2, 20, True),
    }
)
spark.stop()
