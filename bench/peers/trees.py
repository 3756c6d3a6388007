"""Usage: trees.py boost|forest|predict SYSTEM ROWS BINS LATER FOLDER, of the rows trees-ROWS. The clock starts when the rows lie in memory as doubles."""
import os
import sys

import numpy as np

from measure import measure
from rows import holdout_rmse, rows

what, system, count, bins, later, folder = sys.argv[1:]
bins, later = int(bins), int(later)
threads = int(os.environ["OMP_NUM_THREADS"])
features, labels = rows(folder, f"trees-{count}")

TREES = 50
RATE = 0.1
# As Spark's "onethird" of 20 features.
SUBSET = 7 / 20
# Share of distinct rows in a bootstrap sample; used where a peer draws without replacement.
BAG = 1 - np.exp(-1)


def lightgbm(depth, extra):
    import lightgbm

    many = len(labels) > 500_000
    params = {
        "objective": "regression",
        "max_depth": depth,
        "num_leaves": 2**depth,
        "max_bin": bins,
        "min_data_in_leaf": 1,
        "min_sum_hessian_in_leaf": 0,
        # Its own choice between rows and columns costs a trial; this is what is faster on these data.
        "force_col_wise": many,
        "force_row_wise": not many,
        "num_threads": threads,
        "verbosity": -1,
        **extra,
    }
    return lambda: lightgbm.train(params, lightgbm.Dataset(features, labels), TREES).predict


def xgboost(depth, extra, rounds):
    import xgboost

    params = {
        "tree_method": "hist",
        "max_depth": depth,
        "max_bin": bins,
        "reg_lambda": 0,
        "min_child_weight": 0,
        "nthread": threads,
        **extra,
    }

    def fit():
        data = xgboost.QuantileDMatrix(features, labels, max_bin=bins, nthread=threads)
        return xgboost.train(params, data, rounds)

    return fit


def boost():
    if system == "LightGBM":
        return lightgbm(5, {"learning_rate": RATE})
    if system == "XGBoost":
        fit = xgboost(5, {"eta": RATE}, TREES)
        return lambda: fit().inplace_predict
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        max_iter=TREES,
        max_depth=5,
        max_leaf_nodes=None,
        learning_rate=RATE,
        max_bins=bins,
        min_samples_leaf=1,
        early_stopping=False,
    )
    return lambda: model.fit(features, labels).predict


def forest():
    if system == "LightGBM":
        bagging = {"bagging_freq": 1, "bagging_fraction": BAG, "feature_fraction_bynode": SUBSET}
        return lightgbm(8, {"boosting": "rf", **bagging})
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(n_estimators=TREES, max_depth=8, max_features=SUBSET, n_jobs=threads)
    return lambda: model.fit(features, labels).predict


def predict():
    """XGBoost's forest of 50 trees of depth 8. In place: a prediction on a DMatrix takes as long once, and is then remembered."""
    many, _ = rows(folder, "trees-1000000")
    bagging = {"num_parallel_tree": TREES, "subsample": BAG, "colsample_bynode": SUBSET, "eta": 1}
    model = xgboost(8, bagging, 1)()
    model.set_param({"nthread": threads})
    return lambda: model.inplace_predict(many)


if what == "predict":
    measure(predict(), later)
else:
    measure(boost() if what == "boost" else forest(), later, holdout_rmse(folder))
