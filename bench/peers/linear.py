"""Usage: linear.py SYSTEM ROWS FEATURES LATER FOLDER."""
import sys

import numpy as np
from sklearn.linear_model import ElasticNet, LinearRegression, Ridge

from measure import measure
from rows import rows

system, count, width, later, folder = sys.argv[1:]
features, labels = rows(folder, f"linear-{count}x{width}", int(width))


def normal_equations():
    """Centred normal equations: the least that least squares costs with BLAS."""
    means, mean = features.mean(axis=0), labels.mean()
    centred = features - means
    coefficients = np.linalg.solve(centred.T @ centred, centred.T @ (labels - mean))
    return lambda x: (x - means) @ coefficients + mean


fits = {
    "numpy": normal_equations,
    "least squares": lambda: LinearRegression().fit(features, labels).predict,
    "ridge": lambda: Ridge(alpha=1e-9, solver="cholesky").fit(features, labels).predict,
    "elastic net": lambda: ElasticNet(alpha=0.05, l1_ratio=0.5).fit(features, labels).predict,
}
measure(fits[system], int(later), lambda predict: np.sqrt(np.mean((predict(features) - labels) ** 2)))
