"""Usage: spark_load.py rides|forest LATER FOLDER. Loads what Ridgeline saved in Spark's format; the session is there before the clock starts."""
import sys

from pyspark.ml import PipelineModel
from pyspark.ml.regression import RandomForestRegressionModel

from measure import measure
from spark_session import session

name, later, folder = sys.argv[1:]
spark = session()
spark.range(10).count()
model = PipelineModel if name == "rides" else RandomForestRegressionModel
measure(lambda: model.load(f"{folder}/{name}-spark"), int(later))
spark.stop()
