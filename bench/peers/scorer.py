"""Usage: scorer.py price|forest FOLDER. One row a call, each time another one, in the form that the library takes it in without a copy."""
import json
import os
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
import sys

import numpy as np

from measure import cpu_seconds, peak_mb

what = sys.argv[1]
random = np.random.default_rng(1)
COUNT = 4096
CALLS = {"price": 300, "forest": 3000}[what]


def price():
    """A pipeline of scikit-learn, which takes rows as a frame."""
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    cities = np.array(["FR", "US", "DE", "MG", "GB", "ES", "JP", "BR", "IT", "CA"])
    city = (random.random(COUNT) * random.random(COUNT) * len(cities)).astype(int)
    frame = pd.DataFrame(
        {
            "city": cities[city],
            "distanceKm": 0.5 - 8 * np.log(1 - random.random(COUNT)),
            "hour": random.integers(0, 24, COUNT),
        }
    )
    label = 2.1 + 1.18 * frame.distanceKm + 0.35 * city + np.where(frame.hour >= 20, 0.8, 0) + random.random(COUNT)
    encode = ColumnTransformer(
        [
            ("city", OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("numbers", StandardScaler(), ["distanceKm", "hour"]),
        ]
    )
    model = make_pipeline(encode, Ridge(alpha=0.01)).fit(frame, label)
    rows = [frame.iloc[[i]] for i in range(COUNT)]
    return lambda i: model.predict(rows[i % COUNT])[0]


def forest():
    """LightGBM's forest of 100 trees of depth 6 over 20 numbers, on one thread."""
    import lightgbm

    x = random.random((COUNT, 20))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    params = {
        "objective": "regression",
        "boosting": "rf",
        "bagging_freq": 1,
        "bagging_fraction": 1 - np.exp(-1),
        "feature_fraction_bynode": 7 / 20,
        "max_depth": 6,
        "num_leaves": 64,
        "min_data_in_leaf": 1,
        "min_sum_hessian_in_leaf": 0,
        "num_threads": 1,
        "verbosity": -1,
    }
    model = lightgbm.train(params, lightgbm.Dataset(x, y), 100)
    rows = [x[i : i + 1] for i in range(COUNT)]
    return lambda i: model.predict(rows[i % COUNT])[0]


call = {"price": price, "forest": forest}[what]()
for i in range(CALLS // 10):
    call(i)
cpu = cpu_seconds()
times = []
for i in range(CALLS):
    started = time.perf_counter()
    call(i)
    times.append(time.perf_counter() - started)
p50, p99, p999 = np.quantile(times, [0.5, 0.99, 0.999])
result = {"seconds": p50, "cpuSeconds": (cpu_seconds() - cpu) / CALLS, "peakMB": peak_mb()}
print(json.dumps({**result, "calls": {"p50": p50, "p99": p99, "p999": p999}}))
