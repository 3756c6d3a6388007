"""The rides price model in PySpark, as both scripts beside this file fit it."""
from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder


class RidesModel:
    """Made after the session, which PySpark's stages need."""

    def __init__(self):
        indexer = StringIndexer(inputCol="city", outputCol="cityIdx", handleInvalid="keep")
        encoder = OneHotEncoder(inputCols=["cityIdx"], outputCols=["cityOhe"])
        assembler = VectorAssembler(inputCols=["distanceKm", "hour", "cityOhe"], outputCol="featuresRaw")
        scaler = StandardScaler(inputCol="featuresRaw", outputCol="features", withMean=True, withStd=True)
        self.lr = LinearRegression(featuresCol="features", labelCol="price")
        self.pipeline = Pipeline(stages=[indexer, encoder, assembler, scaler, self.lr])
        self.evaluator = RegressionEvaluator(labelCol="price", predictionCol="prediction", metricName="rmse")

    def tune(self, train):
        """The JVM's own CrossValidatorModel, with Scala's default seed: PySpark's CrossValidator draws other folds."""
        grid = (
            ParamGridBuilder()
            .addGrid(self.lr.regParam, [0.0, 0.01, 0.1])
            .addGrid(self.lr.elasticNetParam, [0.0, 0.5, 1.0])
            .build()
        )
        validator = CrossValidator(
            estimator=self.pipeline, estimatorParamMaps=grid, evaluator=self.evaluator, numFolds=3, seed=0
        )
        java = validator._to_java()
        java.clear(java.getParam("seed"))  # Scala's default seed, the hash code of the class name
        return java.fit(train._jdf)
