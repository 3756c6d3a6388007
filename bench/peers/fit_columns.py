"""Usage: fit_columns.py ROWS FEATURES FOLDER. Least squares on a pandas frame of columns of doubles."""
import sys

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

from measure import measure

rows, width = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(11)
data = pd.DataFrame({f"x{j}": rng.random(rows) for j in range(width)})
label = data["x0"] - 2 * data["x1"] + rng.random(rows)
measure(lambda: LinearRegression().fit(data, label), 2)
