"""Usage: spark_price.py fit|transform ROWS FOLDER. A first, smaller fit warms the JVM up before the clock starts."""
import sys

from pyspark.sql import functions as F

from measure import measure
from spark_session import price_pipeline, session

what, rows, folder = sys.argv[1:]
spark = session()
data = spark.read.parquet(f"{folder}/price-{rows}").cache()
data.count()
pipeline, _ = price_pipeline()
pipeline.fit(data.limit(1000))
if what == "fit":
    measure(lambda: len(pipeline.fit(data).stages), 1)
else:
    model = pipeline.fit(data)
    measure(lambda: model.transform(data).select(F.sum("prediction")).first()[0], 2)
spark.stop()
