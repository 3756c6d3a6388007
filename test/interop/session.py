"""A small local Spark, on loopback, as the tests beside this file need it."""
import json
import sys
import tempfile

from pyspark.sql import SparkSession


def session():
    scratch = tempfile.mkdtemp(prefix="ridgeline-spark-")
    spark = (
        SparkSession.builder.master("local[2]")
        .appName("ridgeline-interop")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.local.dir", scratch)
        .config("spark.sql.warehouse.dir", scratch + "/warehouse")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def answer(value):
    """Writes the answer where the caller asked for it."""
    with open(sys.argv[1], "w") as f:
        json.dump(value, f)
