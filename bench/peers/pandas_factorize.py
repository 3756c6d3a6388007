"""Usage: pandas_factorize.py column|strings ROWS FOLDER. Labels of a column of strings, as pandas holds them or as Python objects."""
import glob
import sys

import pandas as pd

from measure import measure

what, rows, folder = sys.argv[1:]
city = pd.concat(pd.read_parquet(f, columns=["city"]) for f in glob.glob(f"{folder}/price-{rows}/*.parquet"))["city"]
values = city if what == "column" else city.to_numpy(dtype=object)
measure(lambda: pd.factorize(values), 12)
