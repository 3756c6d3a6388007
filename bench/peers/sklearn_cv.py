"""Usage: sklearn_cv.py ROWS FOLDER. Three folds, nine points: the same grid, but that ElasticNet refuses an L1 share of 0."""
import glob
import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from measure import measure

rows, folder = sys.argv[1:]
data = pd.concat(pd.read_parquet(f) for f in glob.glob(f"{folder}/price-{rows}/*.parquet"))
encode = ColumnTransformer(
    [("city", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["city"]), ("numbers", "passthrough", ["distanceKm", "hour"])]
)
model = make_pipeline(encode, StandardScaler(), ElasticNet())
grid = {"elasticnet__alpha": [0.0, 0.01, 0.1], "elasticnet__l1_ratio": [0.01, 0.5, 1.0]}
search = GridSearchCV(model, grid, cv=3, scoring="neg_root_mean_squared_error", n_jobs=1)
columns = data[["city", "distanceKm", "hour"]]
measure(lambda: search.fit(columns, data["price"]), 0, lambda found: -found.best_score_)
