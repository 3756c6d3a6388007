"""What MLflow makes of the signatures that Ridgeline writes: {signature, columns: [{name, dtype, values}]} in, findings out, both as JSON."""

import base64
import json
import sys
import warnings

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature, infer_signature
from mlflow.models.utils import _enforce_schema

warnings.simplefilter("ignore")


def column(dtype, values):
    if dtype == "datetime":
        return pd.Series(pd.to_datetime(values).tz_localize(None))
    if dtype == "vector":
        return pd.Series([np.array(value, dtype="float64") for value in values])
    if dtype == "binary":
        return pd.Series([base64.b64decode(value) for value in values], dtype=object)
    if dtype in ("string", "object"):
        return pd.Series(values, dtype=object)
    return pd.Series(np.array([np.nan if value is None else value for value in values], dtype=dtype))


def frame(columns):
    return pd.DataFrame({c["name"]: column(c["dtype"], c["values"]) for c in columns})


def refuses(data, schema):
    try:
        _enforce_schema(data, schema)
        return None
    except MlflowException as error:
        return str(error)


given = json.load(sys.stdin)
inputs, outputs = frame(given["inputs"]), frame(given["outputs"])
ours = ModelSignature.from_dict(given["signature"])
first = inputs.columns[0]
json.dump(
    {
        "ours": ours.to_dict(),
        "inferred": infer_signature(inputs, outputs).to_dict(),
        "equal": ours == infer_signature(inputs, outputs),
        "good": refuses(inputs, ours.inputs),
        "withoutFirst": refuses(inputs.drop(columns=[first]), ours.inputs),
        "wrongType": refuses(inputs.assign(km=["far"] * len(inputs)), ours.inputs),
    },
    sys.stdout,
)
