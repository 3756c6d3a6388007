"""Usage: onnx_model.py price|forest FOLDER. Fits what scorer.py has as pipeline, and the forest of scikit-learn, and writes the model as ONNX."""
import sys
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

what, folder = sys.argv[1:]
random = np.random.default_rng(1)
COUNT = 4096


def price():
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
            "hour": random.integers(0, 24, COUNT).astype(float),
        }
    )
    label = 2.1 + 1.18 * frame.distanceKm + 0.35 * city + np.where(frame.hour >= 20, 0.8, 0) + random.random(COUNT)
    encode = ColumnTransformer(
        [
            ("city", OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("numbers", StandardScaler(), ["distanceKm", "hour"]),
        ]
    )
    types = [("city", StringTensorType([None, 1]))]
    types += [(name, FloatTensorType([None, 1])) for name in ("distanceKm", "hour")]
    return to_onnx(make_pipeline(encode, Ridge(alpha=0.01)).fit(frame, label), initial_types=types)


def forest():
    from sklearn.ensemble import RandomForestRegressor

    x = random.random((COUNT, 20))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    model = RandomForestRegressor(100, max_depth=6, max_features=7, random_state=1).fit(x, y)
    return to_onnx(model, initial_types=[("numbers", FloatTensorType([None, 20]))])


Path(folder, f"scorer-{what}.onnx").write_bytes({"price": price, "forest": forest}[what]().SerializeToString())
print('{"cpuSeconds": 0, "peakMB": 0}')
