"""The rides price model in real Spark: the JVM's own CrossValidator with its default seed, two partitions, split seed 42."""
from pyspark.sql import DataFrame
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

from rides_model import RidesModel
from session import answer, session

spark = session()
rows = [
    (1, "FR", 7.5, 9, 10.8),
    (2, "US", 12.0, 18, 18.4),
    (3, "DE", 3.0, 23, 6.2),
    (4, "FR", 16.2, 8, 21.7),
    (5, "MG", 9.5, 12, 13.1),
]
schema = StructType(
    [
        StructField("rideId", LongType()),
        StructField("city", StringType()),
        StructField("distanceKm", DoubleType()),
        StructField("hour", LongType()),
        StructField("price", DoubleType()),
    ]
)
# createDataFrame of PySpark slices rows otherwise than SparkContext.parallelize, which the model is stated for.
local = spark.createDataFrame(rows, schema)
rdd = spark._jsc.parallelize(local._jdf.collectAsList(), 2)
rides = DataFrame(spark._jsparkSession.createDataFrame(rdd, local._jdf.schema()), spark)
train, test = rides.randomSplit([0.8, 0.2], 42)

rides_model = RidesModel()
model = rides_model.tune(train)
predictions = DataFrame(model.transform(test._jdf), spark)
answer(
    {
        "avgMetrics": [float(x) for x in model.avgMetrics()],
        "rmse": rides_model.evaluator.evaluate(predictions),
        "predictions": [[r["rideId"], r["prediction"]] for r in predictions.collect()],
    }
)
spark.stop()
