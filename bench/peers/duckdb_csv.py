"""Usage: duckdb_csv.py ROWS FOLDER. Reads a csv file, whose columns have known types, into arrays."""
import glob
import sys

import duckdb

from measure import measure

rows, folder = sys.argv[1:]
(path,) = glob.glob(f"{folder}/price-{rows}.csv/*.csv")
columns = {"city": "VARCHAR", "distanceKm": "DOUBLE", "hour": "INTEGER", "price": "DOUBLE"}
measure(lambda: duckdb.read_csv(path, header=True, columns=columns).fetchnumpy(), 4)
