"""Rows of the data jobs as arrays, and how well they are predicted."""
import glob

import numpy as np
import pandas as pd

FEATURES = [f"x{j}" for j in range(20)]


def rows(folder, name, width=20):
    """Features, row by row as doubles, and labels."""
    data = pd.concat(pd.read_parquet(file) for file in sorted(glob.glob(f"{folder}/{name}/*.parquet")))
    return np.ascontiguousarray(data[[f"x{j}" for j in range(width)]].to_numpy()), data["label"].to_numpy()


def holdout_rmse(folder):
    """Function from a function of features to its error on the rows that no model saw."""

    def rmse(predict):
        features, labels = rows(folder, "trees-holdout")
        return np.sqrt(np.mean((predict(features) - labels) ** 2))

    return rmse
