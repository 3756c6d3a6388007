"""Usage: sklearn_price.py fit|transform ROWS FOLDER."""
import glob
import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from measure import measure

what, rows, folder = sys.argv[1:]
data = pd.concat(pd.read_parquet(f) for f in glob.glob(f"{folder}/price-{rows}/*.parquet"))
encode = ColumnTransformer(
    [("city", OneHotEncoder(handle_unknown="ignore"), ["city"]), ("numbers", StandardScaler(), ["distanceKm", "hour"])]
)
model = make_pipeline(encode, Ridge(alpha=1e-6))
columns = data[["city", "distanceKm", "hour"]]
if what == "fit":
    measure(lambda: model.fit(columns, data["price"]) and 5, 4)
else:
    model.fit(columns, data["price"])
    measure(lambda: model.predict(columns).sum(), 4)
