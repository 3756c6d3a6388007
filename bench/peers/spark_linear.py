"""Usage: spark_linear.py ols|elastic-net ROWS FEATURES FOLDER. A smaller fit warms the JVM up before the clock starts."""
import sys

from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression

from measure import measure
from spark_session import session

what, count, width, folder = sys.argv[1:]
spark = session()
assembler = VectorAssembler(inputCols=[f"x{j}" for j in range(int(width))], outputCol="features")
data = assembler.transform(spark.read.parquet(f"{folder}/linear-{count}x{width}")).select("features", "label").repartition(2).cache()
data.count()
penalty = {} if what == "ols" else {"regParam": 0.05, "elasticNetParam": 0.5, "standardization": False}
learner = LinearRegression(**penalty)
learner.fit(data.limit(2000))
measure(lambda: learner.fit(data), 1, lambda model: model.summary.rootMeanSquaredError)
spark.stop()
