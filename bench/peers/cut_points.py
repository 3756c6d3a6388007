"""Where 32 bins are cut decides the error on a label with a step. Not part of `npm run bench`: bench/README.md tells what it shows."""
import os

os.environ["OMP_NUM_THREADS"] = "1"
import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingRegressor

ROWS, FEATURES, TREES, SEEDS = 100_000, 20, 50, 4


def data(seed, step):
    """Friedman's function of five uniform features, and a step of height 10 in a sixth."""
    random = np.random.default_rng(seed)
    x = random.random((ROWS, FEATURES))
    smooth = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    return x, smooth + 10 * (x[:, 5] > step) + 3 * random.standard_normal(ROWS)


def sklearn_fit(x, y, bins=32):
    settings = {"max_iter": TREES, "max_depth": 5, "max_leaf_nodes": None, "learning_rate": 0.1, "min_samples_leaf": 1}
    return HistGradientBoostingRegressor(max_bins=bins, early_stopping=False, **settings).fit(x, y).predict


def lightgbm_fit(x, y, bins=32):
    leaves = {"max_depth": 5, "num_leaves": 32, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0}
    params = {"objective": "regression", "learning_rate": 0.1, "max_bin": bins, "num_threads": 1, "verbosity": -1, **leaves}
    return lightgbm.train(params, lightgbm.Dataset(x, y), TREES).predict


def xgboost_fit(x, y):
    params = {"max_depth": 5, "eta": 0.1, "max_bin": 32, "reg_lambda": 0, "min_child_weight": 0, "nthread": 1}
    return xgboost.train(params, xgboost.QuantileDMatrix(x, y, max_bin=32), TREES).inplace_predict


def sampled_fit(x, y):
    """scikit-learn's trees on Spark's cuts: quantiles of a sample of 10,000 rows."""
    sample = np.sort(x[np.random.default_rng(0).choice(ROWS, 10_000, replace=False)], axis=0)
    places = np.arange(1, 32) * len(sample) // 32
    cuts = (sample[places - 1] + sample[places]) / 2
    bins = lambda rows: np.stack([np.searchsorted(cuts[:, j], rows[:, j]) for j in range(FEATURES)], 1).astype(float)
    predict = sklearn_fit(bins(x), y, 255)
    return lambda rows: predict(bins(rows))


SYSTEMS = {
    "scikit-learn, 32": sklearn_fit,
    "LightGBM, 32": lightgbm_fit,
    "LightGBM, 33": lambda x, y: lightgbm_fit(x, y, 33),
    "XGBoost, 32": xgboost_fit,
    "scikit-learn on Spark's cuts": sampled_fit,
}
print(f"| step at | {' | '.join(SYSTEMS)} |\n|---:|{'---:|' * len(SYSTEMS)}")
for step, name in ((0.5, "16/32"), (16 / 31, "16/31"), (0.51, "0.51"), (17 / 32, "17/32"), (2, "no step")):
    errors = {system: [] for system in SYSTEMS}
    for seed in range(SEEDS):
        (x, y), (x_new, y_new) = data(seed, step), data(100 + seed, step)
        for system, fit in SYSTEMS.items():
            errors[system].append(np.sqrt(np.mean((fit(x, y)(x_new) - y_new) ** 2)))
    print(f"| {name} | {' | '.join(f'{np.mean(e):.3f}' for e in errors.values())} |", flush=True)
