"""The rides price model in real Spark: the JVM's own CrossValidator with its default seed, two partitions, split seed 42."""
from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import DataFrame
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

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

indexer = StringIndexer(inputCol="city", outputCol="cityIdx", handleInvalid="keep")
encoder = OneHotEncoder(inputCols=["cityIdx"], outputCols=["cityOhe"])
assembler = VectorAssembler(inputCols=["distanceKm", "hour", "cityOhe"], outputCol="featuresRaw")
scaler = StandardScaler(inputCol="featuresRaw", outputCol="features", withMean=True, withStd=True)
lr = LinearRegression(featuresCol="features", labelCol="price")
pipeline = Pipeline(stages=[indexer, encoder, assembler, scaler, lr])
grid = ParamGridBuilder().addGrid(lr.regParam, [0.0, 0.01, 0.1]).addGrid(lr.elasticNetParam, [0.0, 0.5, 1.0]).build()
evaluator = RegressionEvaluator(labelCol="price", predictionCol="prediction", metricName="rmse")
validator = CrossValidator(estimator=pipeline, estimatorParamMaps=grid, evaluator=evaluator, numFolds=3, seed=0)

java = validator._to_java()
java.clear(java.getParam("seed"))  # Scala's default seed, the hash code of the class name
model = java.fit(train._jdf)
predictions = DataFrame(model.transform(test._jdf), spark)
answer(
    {
        "avgMetrics": [float(x) for x in model.avgMetrics()],
        "rmse": evaluator.evaluate(predictions),
        "predictions": [[r["rideId"], r["prediction"]] for r in predictions.collect()],
    }
)
spark.stop()
