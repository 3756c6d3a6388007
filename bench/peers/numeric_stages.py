"""Usage: numeric_stages.py STAGE LATER FOLDER: the transform of a fitted stage over the rows trees-100000, which lie in memory as row-major doubles."""
import sys

import numpy as np
import scipy.fft
from sklearn import decomposition, feature_selection, impute, preprocessing

from measure import measure
from rows import rows

name, later, folder = sys.argv[1:]
features, labels = rows(folder, "trees-100000")
labels = labels[:, None].copy()
weights = np.arange(1.0, 21.0)
even = np.arange(0, 20, 2)
FITTED = {
    "Binarizer": preprocessing.Binarizer(threshold=0.5),
    "Imputer": impute.SimpleImputer(),
    "MaxAbsScaler": preprocessing.MaxAbsScaler(),
    "MinMaxScaler": preprocessing.MinMaxScaler(),
    "Normalizer": preprocessing.Normalizer(),
    "PCA": decomposition.PCA(5),
    "PolynomialExpansion": preprocessing.PolynomialFeatures(2, include_bias=False),
    "QuantileDiscretizer": preprocessing.KBinsDiscretizer(10, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf"),
    "RobustScaler": preprocessing.RobustScaler(),
    "VarianceThresholdSelector": feature_selection.VarianceThreshold(0.5),
}
PLAIN = {
    "DCT": lambda x: scipy.fft.dct(x, norm="ortho"),
    "ElementwiseProduct": lambda x: x * weights,
    "Interaction": lambda x: x * labels,
    "VectorSlicer": lambda x: x[:, even],
}
if name == "Imputer":
    labels[labels <= 10] = np.nan
given = labels if name in ("Imputer", "QuantileDiscretizer") else features
if name in FITTED:
    stage = FITTED[name].fit(given)
    measure(lambda: stage.transform(given), int(later))
else:
    measure(lambda: PLAIN[name](given), int(later))
