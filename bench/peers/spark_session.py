"""Spark on all cores of this machine, and the stages of the price model."""
import tempfile

from pyspark.ml import Pipeline
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession


def session():
    scratch = tempfile.mkdtemp(prefix="ridgeline-spark-")
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "3g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.local.dir", scratch)
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def price_pipeline():
    lr = LinearRegression(labelCol="price")
    stages = [
        StringIndexer(inputCol="city", outputCol="cityIdx", handleInvalid="keep"),
        OneHotEncoder(inputCols=["cityIdx"], outputCols=["cityOhe"]),
        VectorAssembler(inputCols=["distanceKm", "hour", "cityOhe"], outputCol="featuresRaw"),
        StandardScaler(inputCol="featuresRaw", outputCol="features", withMean=True),
        lr,
    ]
    return Pipeline(stages=stages), lr
