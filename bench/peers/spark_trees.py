"""Usage: spark_trees.py boost|forest ROWS BINS FOLDER. A smaller fit warms the JVM up before the clock starts."""
import sys

from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import GBTRegressor, RandomForestRegressor

from measure import measure
from rows import FEATURES
from spark_session import session

what, count, bins, folder = sys.argv[1:]
spark = session()
assembler = VectorAssembler(inputCols=FEATURES, outputCol="features")


def frame(name):
    return assembler.transform(spark.read.parquet(f"{folder}/{name}")).select("features", "label").repartition(2).cache()


data = frame(f"trees-{count}")
data.count()
if what == "boost":
    learner = GBTRegressor(maxIter=50, maxDepth=5, stepSize=0.1, maxBins=int(bins))
else:
    learner = RandomForestRegressor(numTrees=50, maxDepth=8, maxBins=int(bins))
learner.copy({learner.maxDepth: 3}).fit(data.limit(2000))
measure(lambda: learner.fit(data), 0, lambda model: RegressionEvaluator().evaluate(model.transform(frame("trees-holdout"))))
spark.stop()
