"""Loads a pipeline that came from a bucket, tells what it predicts for the five rides, and saves it again."""
import sys

from pyspark.ml import PipelineModel

from session import answer, session

read, written = sys.argv[2:]
spark = session()
rows = [(1, "FR", 7.5, 9), (2, "US", 12.0, 18), (3, "DE", 3.0, 23), (4, "FR", 16.2, 8), (5, "MG", 9.5, 12)]
rides = spark.createDataFrame(rows, "rideId BIGINT, city STRING, distanceKm DOUBLE, hour BIGINT").coalesce(1)
model = PipelineModel.load(read)
model.write().overwrite().save(written)
answer([row.prediction for row in model.transform(rides).collect()])
