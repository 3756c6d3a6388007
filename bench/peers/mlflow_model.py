"""Usage: mlflow_model.py FOLDER. Fits the price model of the peers, saves it as MLflow serves it, and writes what it answers to the requests."""
import glob
import json
import sys

import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

folder = sys.argv[1]
data = pd.concat(pd.read_parquet(f) for f in glob.glob(f"{folder}/price-100000/*.parquet"))
encode = ColumnTransformer(
    [("city", OneHotEncoder(handle_unknown="ignore"), ["city"]), ("numbers", StandardScaler(), ["distanceKm", "hour"])]
)
columns = data[["city", "distanceKm", "hour"]].astype({"hour": "int64"})
model = make_pipeline(encode, Ridge(alpha=1e-6)).fit(columns, data["price"])
signature = infer_signature(columns[:5], model.predict(columns[:5]))
mlflow.sklearn.save_model(model, f"{folder}/serve-mlflow", signature=signature, serialization_format="cloudpickle")
for size in (1, 100):
    with open(f"{folder}/serve-{size}.json") as file:
        requests = json.load(file)
    for request in requests:
        rows = pd.DataFrame(request["body"]["dataframe_records"])
        request["predictions"] = model.predict(rows).tolist()
    with open(f"{folder}/serve-{size}-mlflow.json", "w") as file:
        json.dump(requests, file)
