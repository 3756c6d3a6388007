"""Records columns that depend on the place of a row: `python draws.py > draws.json` (pyspark 4.0.1)."""

import json

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

QUESTIONS = ["rand(5)", "randn(5)", "rand(-7)", "rand(0) + rand(1)", "monotonically_increasing_id()", "spark_partition_id()",
             "rand(5) AS x", "round(randn(3) * 10, 3)", "CASE WHEN rand(2) < 0.5D THEN id ELSE -1 END"]


def main():
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    answers = []
    for partitions in [1, 3]:
        frame = spark.createDataFrame(spark.sparkContext.parallelize([(i,) for i in range(10)], partitions), "id BIGINT")
        for question in QUESTIONS:
            column = frame.selectExpr(question)
            field = column.schema[0]
            answers.append({"partitions": partitions, "question": question, "name": field.name, "type": field.dataType.simpleString(),
                            "nullable": field.nullable, "values": [row[0] for row in column.collect()]})
        kept = [row[0] for row in frame.filter("rand(11) < 0.4D").collect()]
        answers.append({"partitions": partitions, "filter": "rand(11) < 0.4D", "values": kept})
        ordered = [row[0] for row in frame.orderBy(f.rand(7)).collect()]
        answers.append({"partitions": partitions, "orderBy": 7, "values": ordered})
    print(json.dumps(answers, indent=1))
    spark.stop()


main()
