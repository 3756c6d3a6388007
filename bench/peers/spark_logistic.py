"""Usage: spark_logistic.py ROWS FOLDER. A smaller fit warms the JVM up before the clock starts."""
import sys

from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler

from measure import measure
from rows import FEATURES
from spark_session import session

count, folder = sys.argv[1:]
spark = session()
assembler = VectorAssembler(inputCols=FEATURES, outputCol="features")
data = assembler.transform(spark.read.parquet(f"{folder}/logistic-{count}")).select("features", "label").repartition(2).cache()
data.count()
learner = LogisticRegression()
learner.fit(data.limit(2000))
# Without a penalty the objective is the mean loss.
measure(lambda: learner.fit(data), 1, lambda model: model.summary.objectiveHistory[-1])
spark.stop()
