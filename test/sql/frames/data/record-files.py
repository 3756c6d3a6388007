"""Records what Spark reads from the files of files.json: `python record-files.py > files-spark.json` (pyspark 4.0.1)."""

import json
import os
import tempfile

from pyspark.sql import SparkSession
from record import encode


def main():
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "1g")
             .config("spark.sql.session.timeZone", "UTC").config("spark.ui.showConsoleProgress", "false").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    answers = []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "files.json")) as cases:
        cases = json.load(cases)
    for case in cases:
        folder = tempfile.mkdtemp(prefix="ridgeline-files-")
        for name, text in case["files"].items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        try:
            reader = spark.read.options(**case.get("options", {}))
            if "schema" in case:
                reader = reader.schema(case["schema"])
            frame = reader.format(case["format"]).load(os.path.join(folder, case.get("path", "")))
            rows = encode([tuple(row) for row in frame.collect()])
            answer = {"schema": [[f.name, f.dataType.simpleString()] for f in frame.schema], "rows": rows}
        except Exception:  # noqa: BLE001
            answer = {"refused": True}
        answers.append({"name": case["name"], **answer})
    print("[\n" + ",\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers) + "\n]")
    spark.stop()


main()
