"""Records what scikit-learn and XGBoost learn with the options that Spark does not have: peers.json.

python test/tree/data/record_peers.py > test/tree/data/peers.json
"""
import json
import sys

import numpy as np
import sklearn
import xgboost
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

rng = np.random.default_rng(5)
n = 120
# Values of four decimals, all different, so that no two splits are equally good and borders lie between the same rows.
X = np.column_stack([rng.permutation(n) / 10 + rng.integers(1, 99, n) / 1e4 for _ in range(4)])
y = np.round(2 * np.sin(X[:, 0] / 2) + X[:, 1] / 4 - (X[:, 2] > 6) + rng.normal(0, 0.7, n), 6)
classes = np.where(y > 2.6, 2, np.where(y > 0.2, 1, 0))
weights = np.round(rng.uniform(0.2, 3, n), 3)
missing = X.copy()
missing[rng.random((n, 4)) < 0.2] = np.nan
# Where the third feature is missing, labels are high.
labels_missing = np.round(np.where(np.isnan(missing[:, 2]), 3 + y / 3, y), 6)

listed = lambda a: [listed(v) for v in a] if getattr(a, "ndim", 0) > 0 or isinstance(a, list) else (None if np.isnan(a) else round(float(a), 12))
out = {
    "versions": {"python": sys.version.split()[0], "sklearn": sklearn.__version__, "xgboost": xgboost.__version__},
    "features": listed(X), "labels": listed(y), "classes": listed(classes), "weights": listed(weights),
    "missing": listed(missing), "labelsOfMissing": listed(labels_missing),
}

balanced = DecisionTreeClassifier(max_depth=4, class_weight="balanced").fit(X, classes)
out["balancedTree"] = listed(balanced.predict(X))
out["plainTree"] = listed(DecisionTreeClassifier(max_depth=4).fit(X, classes).predict(X))
logistic = LogisticRegression(C=np.inf, class_weight="balanced", tol=1e-13, max_iter=100000).fit(X, classes == 1)
out["balancedLogistic"] = listed(np.append(logistic.coef_[0], logistic.intercept_))

# Leaf by leaf.
for leaves in (4, 9, 20):
    out[f"bestFirst{leaves}"] = listed(DecisionTreeRegressor(max_leaf_nodes=leaves).fit(X, y).predict(X))
    out[f"bestFirstWeighted{leaves}"] = listed(DecisionTreeRegressor(max_leaf_nodes=leaves).fit(X, y, sample_weight=weights).predict(X))
    out[f"bestFirstClasses{leaves}"] = listed(DecisionTreeClassifier(max_leaf_nodes=leaves).fit(X, classes).predict(X))


def one_tree(features, labels, depth, weights=None, **more):
    """One tree of XGBoost without shrinkage and regularization, its borders between all values."""
    params = dict(objective="reg:squarederror", tree_method="exact", max_depth=depth, eta=1.0, reg_lambda=0.0, min_child_weight=0.0, base_score=0.0, nthread=1, **more)
    data = xgboost.DMatrix(features, labels, weight=weights)
    return xgboost.train(params, data, 1).predict(data)


# Monotone predictions.
constraints = (1, 0, -1, 1)
for depth in (2, 3, 5):
    out[f"monotone{depth}"] = listed(one_tree(X, y, depth, monotone_constraints=str(constraints)))
    out[f"monotoneWeighted{depth}"] = listed(one_tree(X, y, depth, weights, monotone_constraints=str(constraints)))
    out[f"unconstrained{depth}"] = listed(one_tree(X, y, depth))

# Missing values.
for depth in (1, 2, 4):
    out[f"missing{depth}"] = listed(one_tree(missing, labels_missing, depth))
    out[f"missingWeighted{depth}"] = listed(one_tree(missing, labels_missing, depth, weights))

# Several classes: leaves take a Newton step, scores start at the logarithms of the classes' shares.
boosting = dict(random_state=0)
for depth in (2, 3):
    softmax = GradientBoostingClassifier(max_depth=depth, n_estimators=6, learning_rate=0.3, **boosting)
    out[f"softmax{depth}"] = listed(softmax.fit(X, classes).predict_proba(X))
    out[f"softmaxWeighted{depth}"] = listed(softmax.fit(X, classes, sample_weight=weights).predict_proba(X))

# Quantiles: leaves tell the quantile of what is left.
for q in (0.1, 0.8):
    quantile = GradientBoostingRegressor(loss="quantile", alpha=q, max_depth=2, n_estimators=30, learning_rate=0.2, **boosting)
    out[f"quantile{q}"] = listed(quantile.fit(X, y, sample_weight=np.ones(n)).predict(X))
    out[f"quantileWeighted{q}"] = listed(quantile.fit(X, y, sample_weight=weights).predict(X))

print(json.dumps(out))
