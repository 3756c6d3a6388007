"""Records the errors that Spark's CrossValidator (Scala's, whose folds are ours) gives the variants of the peak-hour example: `python record_rides_peak.py > rides-peak.json` (pyspark 4.0.1)."""
import json
import os

from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import (
    Bucketizer, OneHotEncoder, QuantileDiscretizer, SQLTransformer, StandardScaler, StringIndexer, VectorAssembler)
from pyspark.ml.regression import LinearRegression
from pyspark.sql import DataFrame, SparkSession

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../examples/data/rides.csv")
BASE = ["distanceKm", "hour", "cityIs"]
VARIANTS = [[], ["peak"], ["partIs"], ["farIs"], ["peak", "partIs", "farIs"]]

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
rides = spark.read.csv(DATA, header=True, inferSchema=True).select("city", "distanceKm", "hour", "price").coalesce(1).cache()
evaluator = RegressionEvaluator(labelCol="price", metricName="rmse")


def stages(added):
    return Pipeline(stages=[
        StringIndexer(inputCol="city", outputCol="cityIndex", handleInvalid="keep"),
        SQLTransformer(statement="SELECT *, CAST(hour IN (7, 8, 16, 17, 18) AS DOUBLE) AS peak FROM __THIS__"),
        Bucketizer(inputCol="hour", outputCol="part", splits=[0, 6, 10, 16, 20, 24]),
        QuantileDiscretizer(inputCol="distanceKm", outputCol="far", numBuckets=4),
        OneHotEncoder(inputCols=["cityIndex", "part", "far"], outputCols=["cityIs", "partIs", "farIs"], handleInvalid="keep"),
        VectorAssembler(inputCols=BASE + added, outputCol="rawFeatures"),
        StandardScaler(inputCol="rawFeatures", outputCol="features"),
        LinearRegression(labelCol="price", regParam=0.01),
    ])


folds = spark._jvm.org.apache.spark.mllib.util.MLUtils.kFold(rides._jdf.rdd(), 5, 1, rides._jdf.rdd().elementClassTag())
frame = lambda rdd: DataFrame(spark._jsparkSession.createDataFrame(rdd.toJavaRDD(), rides._jdf.schema()), spark).cache()
pairs = [(frame(fold._1()), frame(fold._2())) for fold in folds]
print(json.dumps([sum(evaluator.evaluate(stages(v).fit(train).transform(test)) for train, test in pairs) / len(pairs) for v in VARIANTS]))
