"""Asks a server with MLflow's own client, and with bodies that MLflow and pandas write. Prints what came back as JSON."""

import datetime
import io
import json
import sys
import urllib.request

import mlflow.models
import numpy as np
import pandas as pd
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

host, port = sys.argv[1], sys.argv[2]
client = ScoringServerClient(host, port)


def post(body, content_type):
    request = urllib.request.Request(
        f"http://{host}:{port}/invocations", body.encode("utf8"), {"content-type": content_type}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["predictions"]


def refused(data):
    try:
        client.invoke(data)
    except Exception as error:
        return str(error)


client.wait_server_ready(timeout=10)
rides = pd.DataFrame(
    {
        "city": ["FR", "US", "Größe, \"q\""],
        "km": [7.5, 12.0, 1e-3],
        "hour": np.array([9, 18, 23], dtype="int64"),
        "day": [datetime.datetime(2024, 1, 31, h) for h in (1, 12, 23)],
        "extra": [None, "a", "b"],
    }
)
text = io.StringIO()
rides.to_csv(text, index=False)
frame = rides.drop(columns=["day"])
gaps = pd.DataFrame({"city": ["FR", None, np.nan], "km": [np.nan, 12.0, np.inf], "hour": [9, 18, 23], "day": ["2024-01-31"] * 3})
print(
    json.dumps(
        {
            "version": client.get_version(),
            "frame": client.invoke(rides).get_predictions().values.tolist(),
            "params": client.invoke(rides, params={"a": 1})["predictions"],
            "dict": client.invoke(rides.to_dict(orient="records"))["predictions"],
            "example": post(mlflow.models.convert_input_example_to_serving_input(rides), "application/json"),
            "split": post('{"dataframe_split":' + rides.to_json(orient="split", date_format="iso") + "}", "application/json"),
            "records": post('{"dataframe_records":' + rides.to_json(orient="records", date_format="iso") + "}", "application/json"),
            "csv": post(text.getvalue(), "text/csv"),
            "gaps": client.invoke(gaps)["predictions"],
            "missing": refused(frame),
            "empty": refused(rides.iloc[:0]),
        }
    )
)
