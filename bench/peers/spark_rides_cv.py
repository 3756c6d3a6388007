"""The rides cross-validation in Spark: the JVM's own CrossValidator with its default seed, on two partitions."""
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import DataFrame

from measure import measure
from spark_session import price_pipeline, session

spark = session()
rows = [(1, "FR", 7.5, 9, 10.8), (2, "US", 12.0, 18, 18.4), (3, "DE", 3.0, 23, 6.2), (4, "FR", 16.2, 8, 21.7), (5, "MG", 9.5, 12, 13.1)]
local = spark.createDataFrame(rows, "rideId long, city string, distanceKm double, hour long, price double")
rides = DataFrame(spark._jsparkSession.createDataFrame(spark._jsc.parallelize(local._jdf.collectAsList(), 2), local._jdf.schema()), spark)
train, _ = rides.randomSplit([0.8, 0.2], 42)
pipeline, lr = price_pipeline()
grid = ParamGridBuilder().addGrid(lr.regParam, [0.0, 0.01, 0.1]).addGrid(lr.elasticNetParam, [0.0, 0.5, 1.0]).build()
tuner = CrossValidator(estimator=pipeline, estimatorParamMaps=grid, evaluator=RegressionEvaluator(labelCol="price"), numFolds=3, seed=0)
java = tuner._to_java()
java.clear(java.getParam("seed"))
measure(lambda: java.fit(train._jdf).avgMetrics()[8])
spark.stop()
