"""Records how Spark resolves formulas: `python record_formulas.py > formulas.json` (pyspark 4.0.1). null: the formula cannot be read."""
import json,sys
from pyspark.sql import SparkSession
from pyspark.ml.feature import RFormula
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql.types import *
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.default.parallelism", 1).getOrCreate()
spark.sparkContext.setLogLevel("OFF")
jvm=spark._jvm
schema=StructType([StructField("y",DoubleType()),StructField("a",DoubleType()),StructField("b",StringType()),StructField("c",IntegerType()),StructField("d",BooleanType()),StructField("v",VectorUDT()),StructField("arr",ArrayType(DoubleType())),StructField("x.1",DoubleType()),StructField("t",TimestampType())])
S=spark.createDataFrame([],schema)._jdf.schema()
F=["y ~ a","y~a+b","y ~ .","y ~ . - a","y ~ . - .","~ a","~ .","y ~ a + 0","y ~ a - 1","y ~ 1","y ~ 0","y ~ a + 1 - 1","y ~ -1 + a","y ~ 0 + a + 1","y ~ a:b","y ~ a:b + b:a","y ~ a*b","y ~ b*a","y ~ a*b*c","y ~ (a+b)^2","y ~ (a+b+c)^2","y ~ (a + b + c)^3","y ~ (a+b+c)^2 - a:b","y ~ (a+b)*c","y ~ (a+b):c","y ~ a:.","y ~ .:.","y ~ .^2","y ~ a:a","y ~ a + a","y ~ a*a","y ~ (a)","y ~ ((a + b))","y ~ a - a","y ~ a - b","y ~ a + (b - a)","y ~ a - (b - a)","y ~ a + b - (a + b)","y ~ a*b - a","y ~ a*b - a:b","y ~ a*b - b:a","y ~ .*a - .","y ~ a^2","y ~ a^1","y ~ a^0","y ~ a^10","y ~ a ^ 2","y ~ (a+b)^2 - (a+b)^2","a.b ~ c","y ~ .x","y ~ ._x","y ~ x.1","y ~ `a`","y ~ 2","y ~ a + 2","y ~","~","","y","y ~ a ~ b","y = a","y ~ a b","y ~ a +","y ~ + a","y ~ - a","y ~ (a","y ~ a)","y ~ a::b","y ~ a_b1.c","1 ~ a","y ~ a + 1:b","y ~ 1:1","y ~ 1 - 1","y ~ a - 0","y ~ a*1","y ~ (a - b):c","y ~ (a - b)*c","y ~ (a-b)^2","y ~ a - (1)","y ~ a + (0)","y ~ (a + 0)","y ~ (1 + a):b","y ~ zz","zz ~ a","y\t~\na","y ~ é","y ~ A","y ~ a%in%b","y ~ .:a:b","y ~ a:b:c + c:b:a","y ~ a:b:b","y ~ log(a)","y ~ a - .:b", "y ~ .:. - a:.", "y ~ a + b:c - b:c + c:b", "y ~ a:b*c","y ~ a*b:c","y ~ a+b*c-c", "y ~ (a+b)^2^2","y ~ (a+b):(c+d)","y ~ (a*b):(c*d)","y ~ a - (b + 1)","y ~ -(a)", "y ~ ()", ". ~ a", "y ~ a..b", "y ~ ..", "y ~ a- -b","y ~ a-1+1-1"]
out={}
for f in F:
    try:
        p=jvm.org.apache.spark.ml.feature.RFormulaParser.parse(f)
        try: out[f]=[p.resolve(S).toString(), p.hasIntercept()]
        except Exception as e: out[f]="resolve: "+str(e)[:80]
    except Exception as e: out[f]=None
json.dump(out,sys.stdout,indent=0,ensure_ascii=False)
