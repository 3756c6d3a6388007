"""Usage: logistic.py SYSTEM ROWS LATER FOLDER. No penalty, so that every solver has the same optimum, whatever it scales."""
import os
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from measure import measure
from rows import rows

system, count, later, folder = sys.argv[1:]
features, labels = rows(folder, f"logistic-{count}")


def solver(name):
    return LogisticRegression(C=np.inf, solver=name, max_iter=1000)


model = solver("newton-cholesky") if system == "newton-cholesky" else make_pipeline(StandardScaler(), solver("lbfgs"))


def mean_loss(fitted):
    margins = fitted.decision_function(features)
    return np.mean(np.logaddexp(0, np.where(labels > 0, -margins, margins)))


measure(lambda: model.fit(features, labels), int(later), mean_loss)
