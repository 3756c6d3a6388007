"""Records vocabularies and word vectors of Spark 4.0.1: python record_vocabularies.py > vocabularies.json

One core (`local[1]`), so that partitions follow each other and nothing depends on which task is first.
"""
import json
import random

import numpy as np
from pyspark.ml.feature import CountVectorizer, Word2Vec
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()


def frame(rows, partitions):
    data = spark.sparkContext.parallelize([(x.split(" ") if x else [],) for x in rows], partitions)
    return spark.createDataFrame(data, "x array<string>")


def vectors(data, **params):
    model = Word2Vec(inputCol="x", outputCol="o", **params).fit(data)
    short = lambda a: float(np.format_float_positional(np.float32(a), unique=True))
    rows = {r.word: [short(a) for a in r.vector] for r in model.getVectors().collect()}
    return {"params": params, "rows": rows}


cases = []
for seed, (n, partitions, kinds, size) in enumerate(
    [(40, 1, 60, 10), (60, 3, 200, None), (60, 3, 200, 25), (150, 2, 500, 40), (10, 4, 12, 5), (50, 1, 500, 1), (100, 1, 900, 7)]
):
    r = random.Random(seed)
    rows = [" ".join(f"w{r.randrange(kinds)}" for _ in range(r.randrange(0, 12))) for _ in range(n)]
    data = frame(rows, partitions)
    params = {} if size is None else {"vocabSize": size}
    vocabulary = CountVectorizer(inputCol="x", outputCol="o", **params).fit(data).vocabulary
    words = []
    if seed == 0:
        words = [
            vectors(data, vectorSize=17, minCount=1, seed=5, maxIter=2, windowSize=3),
            vectors(data, vectorSize=3, minCount=2, seed=-7, maxIter=2, numPartitions=3, stepSize=0.1),
        ]
    if seed == 4:
        words = [vectors(data, vectorSize=40, minCount=1, seed=2**40, maxIter=1)]
    cases.append({"rows": rows, "partitions": partitions, "vocabSize": size, "vocabulary": vocabulary, "words": words})

# More than 10,000 words, so that the learning rate falls.
long = frame([" ".join(f"w{(i * i + 3 * j * j + i * j) % 30}" for j in range(40)) for i in range(700)], 1)
decay = vectors(long, vectorSize=4, minCount=1, seed=3, maxIter=2, windowSize=2, maxSentenceLength=15)
print(json.dumps({"cases": cases, "decay": decay}, separators=(",", ":")))
