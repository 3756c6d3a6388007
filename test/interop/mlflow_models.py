"""Loads by MLflow's Python the models that Ridgeline has logged, and logs one of Spark's own."""
import sys

import mlflow
import mlflow.pyfunc
import mlflow.spark
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import infer_signature
from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder

from session import answer, session

uri, name, *uris = sys.argv[2:]
mlflow.set_tracking_uri(uri)
spark = session()
rides = [
    (1, "FR", 7.5, 9, 10.8),
    (2, "US", 12.0, 18, 18.4),
    (3, "DE", 3.0, 23, 6.2),
    (4, "FR", 16.2, 8, 21.7),
    (5, "MG", 9.5, 12, 13.1),
]
frame = spark.createDataFrame(rides, "rideId int, city string, distanceKm double, hour int, price double")
pandas = pd.DataFrame([(city, km, hour) for _, city, km, hour, _ in rides], columns=["city", "distanceKm", "hour"])


def predictions(model):
    return [row.prediction for row in model.transform(frame).orderBy("rideId").collect()]


client = MlflowClient()
version = client.get_model_version_by_alias(name, "champion")
info = mlflow.models.get_model_info(uris[0])
result = {
    "registered": [model.name for model in client.search_registered_models()],
    "version": version.version,
    "runId": version.run_id,
    "flavors": sorted(info.flavors),
    "signature": [column.name for column in info.signature.inputs],
    "example": mlflow.pyfunc.load_model(uris[0]).input_example.to_dict("split")["data"],
    "spark": [predictions(mlflow.spark.load_model(uri)) for uri in uris],
    "pyfunc": [float(x) for x in mlflow.pyfunc.load_model(uris[0]).predict(pandas)],
}

stages = [
    StringIndexer(inputCol="city", outputCol="cityIdx", handleInvalid="keep"),
    OneHotEncoder(inputCols=["cityIdx"], outputCols=["cityOhe"]),
    VectorAssembler(inputCols=["distanceKm", "hour", "cityOhe"], outputCol="featuresRaw"),
    StandardScaler(inputCol="featuresRaw", outputCol="features", withMean=True),
    LinearRegression(labelCol="price", regParam=0.1),
]
pipeline = Pipeline(stages=stages)
model = pipeline.fit(frame)
signature = infer_signature(pandas, model.transform(frame).select("prediction"))
grid = ParamGridBuilder().addGrid(stages[-1].regParam, [0.1, 1.0]).build()
tuned = CrossValidator(
    estimator=pipeline, estimatorParamMaps=grid, evaluator=RegressionEvaluator(labelCol="price"), numFolds=2
).fit(frame)
requirements = {"pip_requirements": ["pyspark==4.0.1"]}
mlflow.set_experiment("python")
with mlflow.start_run() as run:
    mlflow.spark.log_model(model, artifact_path="model", signature=signature, registered_model_name=name + "-python", **requirements)
    mlflow.spark.log_model(tuned, artifact_path="tuned", **requirements)
result["python"] = {"runId": run.info.run_id, "model": predictions(model), "tuned": predictions(tuned)}
answer(result)
