"""Loads a pipeline from a bucket through Hadoop's S3A, tells what it predicts for the five rides, and saves it again."""
import glob
import json
import os
import sys

jars, options, read, written = sys.argv[2:]
hadoop = [part for key, value in json.loads(options).items() for part in ("--conf", f"spark.hadoop.{key}={value}")]
os.environ["PYSPARK_SUBMIT_ARGS"] = " ".join(["--jars", ",".join(glob.glob(f"{jars}/*.jar")), *hadoop, "pyspark-shell"])

from pyspark.ml import PipelineModel

from session import answer, session

spark = session()
rows = [(1, "FR", 7.5, 9), (2, "US", 12.0, 18), (3, "DE", 3.0, 23), (4, "FR", 16.2, 8), (5, "MG", 9.5, 12)]
rides = spark.createDataFrame(rows, "rideId BIGINT, city STRING, distanceKm DOUBLE, hour BIGINT").coalesce(1)
model = PipelineModel.load(read)
model.write().overwrite().save(written)
answer([row.prediction for row in model.transform(rides).collect()])
