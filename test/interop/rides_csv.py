"""The rides price model on the rides of a csv file in real Spark: fitted, measured and tuned, as the notebook does."""
import sys

from rides_model import RidesModel
from session import answer, session

spark = session()
rides = spark.read.option("header", True).option("inferSchema", True).csv(sys.argv[2])
train, test = rides.randomSplit([0.8, 0.2], 42)
rides_model = RidesModel()
model = rides_model.pipeline.fit(train)
evaluator = rides_model.evaluator
scored = model.transform(test)
linear = model.stages[-1]
tuned = rides_model.tune(train)
answer(
    {
        "partitions": rides.rdd.getNumPartitions(),
        "rows": [train.count(), test.count()],
        "coefficients": linear.coefficients.toArray().tolist(),
        "intercept": linear.intercept,
        "rmse": evaluator.evaluate(scored),
        "r2": evaluator.evaluate(scored, {evaluator.metricName: "r2"}),
        "avgMetrics": [float(x) for x in tuned.avgMetrics()],
    }
)
spark.stop()
