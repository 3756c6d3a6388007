"""Records what Spark answers to operations on frames: `python record.py > spark.jsonl` (pyspark 4.0.1, default ANSI mode)."""

import datetime
import decimal
import json
import math
import os
import time

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

# Python reads and shows times in the zone of the machine.
os.environ["TZ"] = "UTC"
time.tzset()

NAN, INF = float("nan"), float("inf")
D, T = datetime.date, datetime.datetime

INPUTS = {
    # Nulls and NaN in every place, both zeros.
    "f": (
        "id INT, s STRING, d DOUBLE, i INT, b BOOLEAN",
        [
            (1, "a", 1.5, 1, True),
            (2, None, NAN, None, False),
            (3, "b", None, 3, None),
            (4, None, None, None, None),
            (5, "", -0.0, 0, True),
            (6, "a", 0.0, 1, True),
            (7, "b", -INF, -7, False),
            (8, "a", 1.5, 1, True),
        ],
    ),
    "g": (
        "id INT, s STRING, x LONG",
        [(1, "a", 10), (2, "b", 20), (2, "b", 20), (None, None, 30), (9, "z", None), (None, None, 30)],
    ),
    # Keys with nulls on both sides of a join.
    "l": ("k INT, v STRING", [(1, "l1"), (1, "l2"), (2, "l3"), (None, "l4"), (5, "l5")]),
    "r": ("k INT, w DOUBLE", [(1, 0.5), (2, 1.5), (2, 2.5), (None, 3.5), (7, 4.5)]),
    "n": ("a INT, b INT NOT NULL", [(1, 1), (None, 2), (1, 1), (3, 2)]),
    "sales": (
        "year INT, city STRING, kind STRING, price DOUBLE, n INT",
        [
            (2019, "FR", "x", 10.0, 1),
            (2019, "FR", "y", 20.0, 2),
            (2019, "DE", "x", 5.5, 3),
            (2020, "FR", "x", NAN, 4),
            (2020, "DE", "y", 7.25, None),
            (2020, "DE", "y", 1.0, 6),
            (2020, None, "x", 3.0, 7),
            (None, "DE", None, 4.0, 8),
        ],
    ),
    "numbers": (
        "x DOUBLE, y DOUBLE, k LONG, t STRING, dt DATE",
        [
            (float(i * 7 % 23) / 2, None if i % 9 == 0 else (NAN if i == 13 else i * 0.25 - 3), i * i % 17, ["1", "2.5", "abc", None][i % 4], D(2024, 1, 1 + i % 9))
            for i in range(40)
        ],
    ),
    "empty": ("x DOUBLE, s STRING", []),
    "times": (
        "id INT, k STRING, ts TIMESTAMP, x DOUBLE",
        [
            (1, "a", T(2024, 2, 29, 23, 55, 0), 1.0),
            (2, "b", T(2024, 2, 29, 23, 59, 59, 999000), 2.0),
            (3, "a", T(2024, 3, 1, 0, 0, 0), 4.0),
            (4, "a", T(2024, 3, 1, 0, 9, 59), 8.0),
            (5, "b", None, 16.0),
            (6, None, T(1969, 12, 31, 23, 59, 0), 32.0),
        ],
    ),
    "nested": (
        "id INT, a ARRAY<INT>, m MAP<STRING, DOUBLE>, st ARRAY<STRUCT<p: INT, q: STRING>>",
        [
            (1, [1, None, 3], {"x": 1.5}, [(1, "u"), (2, None)]),
            (2, [], {}, []),
            (3, None, None, None),
            (4, [4], {"y": None}, [(3, "w")]),
        ],
    ),
}

# Operations by name; `ordered` ones have rows in a defined order.
CASES = {}
ORDERED = set()


def case(name, make, ordered=False):
    assert name not in CASES, name
    CASES[name] = make
    if ordered:
        ORDERED.add(name)


with open(__file__.replace("record.py", "cases.py")) as cases:
    exec(cases.read())  # noqa: S102


def encode(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return "-0.0" if value == 0 and math.copysign(1, value) < 0 else value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dict):
        return {"map": [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    raise TypeError(type(value))


def condition(error):
    name = getattr(error, "getCondition", lambda: None)()
    return name or str(error).split("]")[0].lstrip("[")[:80]


def main():
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "1g")
             .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1")
             .config("spark.ui.showConsoleProgress", "false").config("spark.sql.codegen.wholeStage", "false")
             .config("spark.sql.codegen.factoryMode", "NO_CODEGEN").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    frames = {}
    lines = [{"spark": spark.version}]
    for name, (schema, rows) in INPUTS.items():
        frames[name] = spark.createDataFrame(rows, schema)
        frames[name].createOrReplaceTempView(name)
        lines.append({"input": name, "schema": schema, "rows": encode(rows)})
    frames = Row(**frames)
    for name, make in CASES.items():
        try:
            result = make(frames, spark)
            if isinstance(result, DataFrame):
                schema = [[f.name, f.dataType.simpleString(), f.nullable] for f in result.schema]
                answer = {"schema": schema, "rows": encode([tuple(row) for row in result.collect()])}
            else:
                answer = {"value": encode(result)}
        except Exception as error:  # noqa: BLE001
            answer = {"refused": condition(error)}
        lines.append({"case": name, "ordered": name in ORDERED, **answer})
    print("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    spark.stop()


if __name__ == "__main__":
    main()
