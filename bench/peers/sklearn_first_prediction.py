"""Usage: sklearn_first_prediction.py FOLDER. The first call makes the saved model; later ones load it and score one row."""
import json
import os
import sys

import joblib
import pandas as pd

from measure import cpu_seconds, peak_mb

path = os.path.join(sys.argv[1], "rides.joblib")
if not os.path.exists(path):
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    rides = pd.DataFrame(
        {"city": ["FR", "US", "DE", "FR", "MG"], "distanceKm": [7.5, 12.0, 3.0, 16.2, 9.5], "hour": [9, 18, 23, 8, 12]}
    )
    encode = ColumnTransformer(
        [("city", OneHotEncoder(handle_unknown="ignore"), ["city"]), ("numbers", StandardScaler(), ["distanceKm", "hour"])]
    )
    joblib.dump(make_pipeline(encode, LinearRegression()).fit(rides, [10.8, 18.4, 6.2, 21.7, 13.1]), path)
model = joblib.load(path)
model.predict(pd.DataFrame({"city": ["FR"], "distanceKm": [8.5], "hour": [10]}))
print(json.dumps({"cpuSeconds": cpu_seconds(), "peakMB": peak_mb()}))
