# The operations, run by record.py; spark-cases.ts has the same ones in TypeScript. fr: the inputs by name.

# Missing values
case("na.drop()", lambda fr, _: fr.f.na.drop())
case("na.drop(all)", lambda fr, _: fr.f.na.drop("all", subset=["s", "d", "i", "b"]))
case("na.drop(any, [s, d])", lambda fr, _: fr.f.na.drop("any", subset=["s", "d"]))
case("na.drop(3)", lambda fr, _: fr.f.na.drop(thresh=3))
case("na.drop(2, [s, d, b])", lambda fr, _: fr.f.na.drop(thresh=2, subset=["s", "d", "b"]))
case("na.drop(unknown column)", lambda fr, _: fr.f.na.drop(subset=["nosuch"]))
case("na.fill(9)", lambda fr, _: fr.f.na.fill(9))
case("na.fill(2.7)", lambda fr, _: fr.f.na.fill(2.7))
case("na.fill(text)", lambda fr, _: fr.f.na.fill("none"))
case("na.fill(true)", lambda fr, _: fr.f.na.fill(True))
case("na.fill(9, [d])", lambda fr, _: fr.f.na.fill(9, ["d"]))
case("na.fill(9, [s, i])", lambda fr, _: fr.f.na.fill(9, ["s", "i"]))
case("na.fill(1e20)", lambda fr, _: fr.f.na.fill(1e20))
case("na.fill(map)", lambda fr, _: fr.f.na.fill({"s": "x", "d": 0.5, "i": 2.9, "b": False}))
case("na.fill(map of other types)", lambda fr, _: fr.f.na.fill({"s": 5, "d": 7}))
case("na.fill(map, unknown column)", lambda fr, _: fr.f.na.fill({"nosuch": 5}))
case("na.replace(numbers)", lambda fr, _: fr.f.na.replace({1.5: 2.5, 0: -1}))
case("na.replace(numbers, later)", lambda fr, _: fr.f.na.replace({1: 100, -7: 7.5}))
case("na.replace(numbers, [i])", lambda fr, _: fr.f.na.replace({1: 100}, subset=["i"]))
case("na.replace(texts)", lambda fr, _: fr.f.na.replace({"a": "A", "": None}))
case("na.replace(texts, [s, i])", lambda fr, _: fr.f.na.replace({"a": "A"}, subset=["s", "i"]))
case("na.replace(booleans)", lambda fr, _: fr.f.na.replace({True: False}, subset=["b"]))
case("na.replace(NaN)", lambda fr, _: fr.f.na.replace({NAN: 0.0}, subset=["d"]))
case("na.replace(unknown column)", lambda fr, _: fr.f.na.replace({"a": "A"}, subset=["nosuch"]))

# Columns
case("withColumns", lambda fr, _: fr.f.withColumns({"i": F.col("id") * 2, "z": F.col("i") + 1}), ordered=True)
case("withColumns by another case", lambda fr, _: fr.f.withColumns({"I": F.col("id"), "S2": F.col("S")}), ordered=True)
case("withColumns twice the same", lambda fr, _: fr.f.withColumns({"q": F.lit(1), "Q": F.lit(2)}))
case("withColumnsRenamed", lambda fr, _: fr.f.withColumnsRenamed({"i": "j", "nosuch": "x", "s": "i"}))
case("toDF", lambda fr, _: fr.g.toDF("p", "q", "r"), ordered=True)
case("toDF too few", lambda fr, _: fr.g.toDF("p", "q"))
case("offset", lambda fr, _: fr.f.orderBy("id").offset(6), ordered=True)
case("unpivot", lambda fr, _: fr.n.unpivot(["a"], ["b", "a"], "name", "value"))
case("unpivot all", lambda fr, _: fr.n.unpivot(["b"], None, "name", "value"))
case("unpivot of several types", lambda fr, _: fr.f.unpivot(["id"], ["d", "i"], "name", "value"))
case("unpivot of text and numbers", lambda fr, _: fr.f.unpivot(["id"], ["s", "i"], "name", "value"))

# Sets of rows
case("distinct", lambda fr, _: fr.f.select("s", "d", "i", "b").distinct())
case("distinct of longs", lambda fr, _: fr.g.distinct())
case("distinct of maps", lambda fr, _: fr.nested.distinct())
case("dropDuplicates([s, i])", lambda fr, _: fr.f.coalesce(1).dropDuplicates(["s", "i"]))
case("dropDuplicates([d])", lambda fr, _: fr.f.coalesce(1).dropDuplicates(["d"]))
case("dropDuplicates(unknown)", lambda fr, _: fr.f.dropDuplicates(["nosuch"]))
case("unionByName", lambda fr, _: fr.f.select("id", "s").unionByName(fr.g.select("s", "id")))
case("unionByName, other case", lambda fr, _: fr.f.select("id", "s").unionByName(fr.g.select("S", "ID")))
case("unionByName widens", lambda fr, _: fr.f.select("i", "d").unionByName(fr.g.select(F.col("x").alias("d"), F.col("x").alias("i"))))
case("unionByName, missing", lambda fr, _: fr.f.select("id", "s").unionByName(fr.g.select("id", "x")))
case("unionByName, missing allowed", lambda fr, _: fr.f.select("id", "s").unionByName(fr.g.select("x", "id"), True))
case("union of other widths", lambda fr, _: fr.f.union(fr.g))
case("intersect", lambda fr, _: fr.f.select("id", "s").intersect(fr.g.select("id", "s")))
case("intersect, nulls", lambda fr, _: fr.g.select("id", "s").intersect(fr.g.select("id", "s")))
case("intersectAll", lambda fr, _: fr.g.select("id", "s").intersectAll(fr.g.select("id", "s").limit(5)))
case("intersect, NaN", lambda fr, _: fr.f.select("d").intersect(fr.f.select("d")))
case("except", lambda fr, _: fr.f.select("id", "s").subtract(fr.g.select("id", "s")))
case("except, nulls", lambda fr, _: fr.g.select("id", "s").subtract(fr.f.select("id", "s")))
case("exceptAll", lambda fr, _: fr.g.select("id", "s").exceptAll(fr.f.select("id", "s")))
case("except widens", lambda fr, _: fr.g.select("id").subtract(fr.g.select(F.col("x") / 10)))
case("intersect nullability", lambda fr, _: fr.n.select("a", "b").intersect(fr.n.select("b", "a")))
case("except nullability", lambda fr, _: fr.n.select("b").subtract(fr.n.select("a")))

# Joins
for how in ["inner", "left", "right", "full", "left_semi", "left_anti"]:
    case(f"join using, {how}", lambda fr, _, how=how: fr.l.join(fr.r, "k", how))
    case(f"join on a condition, {how}", lambda fr, _, how=how: fr.l.join(fr.r, (fr.l.k == fr.r.k) & (fr.r.w > 1), how))
    case(f"join on an inequality, {how}", lambda fr, _, how=how: fr.l.join(fr.r, fr.l["k"] < fr.r["k"], how))
case("join of nulls", lambda fr, _: fr.l.join(fr.r, fr.l.k.eqNullSafe(fr.r.k), "full"))
case("crossJoin", lambda fr, _: fr.l.crossJoin(fr.r))
case("join without a condition", lambda fr, _: fr.l.join(fr.r))
case("join, then columns of one side", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k).select(fr.r.k, "v", (fr.l.k + fr.r.k).alias("both")))
case("join, then drop a column of one side", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k).drop(fr.r.k))
case("join, then drop by name", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k).drop("k"))
case("join, then filter and sort by one side", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k, "left").filter(fr.r.k.isNotNull()).orderBy(fr.r.w.desc(), fr.l.v).select(fr.l.k, "w", "v"), ordered=True)
case("join, then group by one side", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k, "right").groupBy(fr.r.k).agg(F.count(fr.l.k).alias("n")))
case("join, then an ambiguous name", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k).select("k"))
case("join with an ambiguous condition", lambda fr, _: fr.l.join(fr.r, F.expr("k = k")))
case("self-join by aliases", lambda fr, _: fr.l.alias("a").join(fr.l.alias("b"), F.expr("a.k = b.k AND a.v < b.v")).select("a.k", "a.v", F.col("b.v").alias("w")))
case("self-join by columns", lambda fr, _: fr.l.join(fr.l.filter("k = 1"), fr.l.k == fr.l.k))
case("join of three", lambda fr, _: fr.l.alias("a").join(fr.r.alias("b"), F.expr("a.k = b.k")).join(fr.n.alias("c"), F.expr("c.a = b.k")).select("a.k", "v", "b.k", "b"))
case("join using, both nullable", lambda fr, _: fr.n.join(fr.n.withColumnRenamed("a", "c"), "b", "full"))
case("join, all columns", lambda fr, _: fr.l.join(fr.r, fr.l.k == fr.r.k).select("*"))
case("alias.column", lambda fr, _: fr.l.alias("t").filter("t.k = 1").select("t.v"))

# Statistics
case("describe", lambda fr, _: fr.numbers.describe(), ordered=True)
case("describe some", lambda fr, _: fr.f.describe("d", "s"), ordered=True)
case("describe nothing to describe", lambda fr, _: fr.f.select("b").describe(), ordered=True)
case("describe of no rows", lambda fr, _: fr.empty.describe(), ordered=True)
case("describe(unknown)", lambda fr, _: fr.f.describe("nosuch"))
case("describe(boolean)", lambda fr, _: fr.f.describe("b"))
case("summary", lambda fr, _: fr.numbers.drop("dt").summary(), ordered=True)
# One partition: Spark misplaces NaN when it merges the digests of several.
case("summary of nulls", lambda fr, _: fr.f.coalesce(1).summary(), ordered=True)
case("summary some", lambda fr, _: fr.numbers.summary("max", "1%", "count", "99.5%", "count_distinct"), ordered=True)
case("summary(unknown)", lambda fr, _: fr.numbers.summary("middle"))
case("summary(101%)", lambda fr, _: fr.numbers.summary("101%"))
case("approxQuantile exact", lambda fr, _: fr.numbers.approxQuantile("x", [0.0, 0.1, 0.25, 0.5, 0.9, 1.0], 0.0))
case("approxQuantile of several", lambda fr, _: fr.numbers.approxQuantile(["x", "y", "k"], [0.5], 0.25))
case("approxQuantile of no rows", lambda fr, _: fr.empty.approxQuantile("x", [0.5], 0.1))
case("approxQuantile of text", lambda fr, _: fr.f.approxQuantile("s", [0.5], 0.1))
case("approxQuantile(1.5)", lambda fr, _: fr.f.approxQuantile("d", [1.5], 0.1))
case("approxQuantile(error -1)", lambda fr, _: fr.f.approxQuantile("d", [0.5], -1.0))
case("corr", lambda fr, _: fr.numbers.corr("x", "k"))
case("corr with nulls", lambda fr, _: fr.sales.corr("year", "n"))
case("corr of text", lambda fr, _: fr.f.corr("s", "i"))
case("cov", lambda fr, _: fr.numbers.cov("x", "k"))
case("cov with nulls", lambda fr, _: fr.sales.cov("year", "n"))
case("cov of text", lambda fr, _: fr.f.cov("s", "i"))
case("crosstab", lambda fr, _: fr.sales.crosstab("city", "kind"))
case("crosstab of numbers", lambda fr, _: fr.f.crosstab("d", "i"))
case("crosstab of the same", lambda fr, _: fr.sales.crosstab("year", "year"))
case("freqItems", lambda fr, _: fr.sales.freqItems(["city", "n"], 0.5).select(F.sort_array("city_freqItems"), F.sort_array("n_freqItems")))
case("freqItems of one", lambda fr, _: fr.sales.select(F.lit(3).alias("x")).freqItems(["x"]))
case("freqItems(0)", lambda fr, _: fr.sales.freqItems(["city"], 0.00001))
case("sampleBy", lambda fr, _: fr.numbers.sampleBy("k", {1: 0.5, 2: 1.0, 4: 0.2, 13: 0.6}, 7))
case("sampleBy of texts", lambda fr, _: fr.numbers.sampleBy("t", {"1": 0.5, "abc": 0.5}, 3))
case("sampleBy of doubles", lambda fr, _: fr.numbers.sampleBy("x", {0.5: 0.9, 1.5: 0.5, 3.0: 1.0}, 11))
case("sampleBy(1.5)", lambda fr, _: fr.numbers.sampleBy("t", {"1": 1.5}, 3))

# Groups
case("pivot", lambda fr, _: fr.sales.groupBy("year").pivot("city", ["FR", "DE"]).sum("price"))
case("pivot, several aggregates", lambda fr, _: fr.sales.groupBy("year").pivot("kind", ["x", "y", "z"]).agg(F.sum("n"), F.max("price").alias("top")))
case("pivot, all values", lambda fr, _: fr.sales.groupBy("kind").pivot("year").count())
case("pivot by doubles", lambda fr, _: fr.sales.groupBy("kind").pivot("price").sum("n"))
case("pivot by nulls", lambda fr, _: fr.sales.groupBy("year").pivot("city").avg("n"))
case("pivot without groups", lambda fr, _: fr.sales.groupBy().pivot("city", ["DE", "FR"]).agg(F.count("n")))
case("pivot of an expression", lambda fr, _: fr.sales.withColumn("next", F.col("year") + 1).groupBy("city").pivot("next", [2020]).agg((F.sum("n") * 2).alias("twice")))
case("pivot, all numeric", lambda fr, _: fr.sales.groupBy("city").pivot("year", [2019]).sum())
case("pivot, values of another type", lambda fr, _: fr.sales.groupBy("city").pivot("year", ["2019"]).sum("n"))
case("pivot by booleans", lambda fr, _: fr.f.groupBy("s").pivot("b").count())
case("rollup", lambda fr, _: fr.sales.rollup("year", "city").agg(F.sum("n"), F.count("*").alias("rows"), F.grouping_id().alias("g"), F.grouping("city").alias("gc")))
case("rollup.count", lambda fr, _: fr.sales.rollup("city").count())
case("cube", lambda fr, _: fr.sales.cube("city", F.col("year") % 2).agg(F.avg("price"), F.grouping_id()))
case("cube of no rows", lambda fr, _: fr.empty.cube("s").count())
case("cube, aggregate of a group column", lambda fr, _: fr.sales.cube("n").agg(F.sum("n").alias("s")))
case("groupingSets", lambda fr, _: fr.sales.groupingSets([["city"], ["city", "kind"], []], "city", "kind").agg(F.sum("n").alias("s"), F.grouping_id().alias("g")))
case("grouping without sets", lambda fr, _: fr.sales.groupBy("city").agg(F.grouping("city")))
case("rollup pivot", lambda fr, _: fr.sales.rollup("year").pivot("city", ["FR"]).count())
case("agg of -0.0 and 0.0", lambda fr, _: fr.f.groupBy("d").count())

# Windows
from pyspark.sql import Window as W  # noqa: E402

def by_city():
    return W.partitionBy("city").orderBy("n")


case("row_number", lambda fr, _: fr.sales.select("*", F.row_number().over(by_city()).alias("at")))
case("rank and dense_rank", lambda fr, _: fr.sales.select("city", "year", F.rank().over(W.orderBy(F.desc("year"))), F.dense_rank().over(W.orderBy("city")).alias("d")))
case("running sum", lambda fr, _: fr.sales.select("n", F.sum("price").over(by_city())))
case("sum of a partition", lambda fr, _: fr.sales.withColumn("total", F.sum("n").over(W.partitionBy("city"))))
case("moving average", lambda fr, _: fr.sales.select("n", F.avg("n").over(W.orderBy("n").rowsBetween(-1, 1)).alias("m")))
case("rows to the end", lambda fr, _: fr.sales.select("n", F.collect_list("n").over(W.orderBy("n").rowsBetween(1, W.unboundedFollowing)).alias("m")))
case("range", lambda fr, _: fr.sales.select("n", F.count("n").over(W.orderBy("n").rangeBetween(-2, 0)).alias("m")))
case("range over doubles", lambda fr, _: fr.numbers.select("x", F.count("x").over(W.orderBy("x").rangeBetween(-1, 1)).alias("m")))
case("range over dates", lambda fr, _: fr.numbers.select("dt", F.sum("k").over(W.orderBy("dt").rangeBetween(-1, 0)).alias("m")))
case("lag and lead", lambda fr, _: fr.sales.select("n", F.lag("n").over(W.orderBy("n")).alias("a"), F.lead("n", 2, -1).over(W.orderBy("n")).alias("b")))
case("ntile, percent_rank, cume_dist", lambda fr, _: fr.sales.select("n", F.ntile(3).over(W.orderBy("n")).alias("a"), F.percent_rank().over(W.orderBy("n")).alias("b"), F.cume_dist().over(W.orderBy("n")).alias("c")))
case("first and last", lambda fr, _: fr.sales.select("n", F.first("n", True).over(W.partitionBy("city").orderBy("n")).alias("a"), F.last("n").over(W.partitionBy("city").orderBy("n").rowsBetween(W.currentRow, W.unboundedFollowing)).alias("b")))
case("stddev over a window", lambda fr, _: fr.sales.select("n", F.stddev("n").over(W.partitionBy("kind"))))
case("share of a partition", lambda fr, _: fr.sales.select((F.col("n") / F.sum("n").over(W.partitionBy("kind"))).alias("share")))
case("window in a filter", lambda fr, _: fr.sales.filter(F.row_number().over(by_city()) == 1))
case("first of each group", lambda fr, _: fr.sales.withColumn("at", F.row_number().over(by_city())).filter("at = 1").drop("at"))
case("window without an order", lambda fr, _: fr.sales.select(F.rank().over(W.partitionBy("city"))))
case("window of a scalar", lambda fr, _: fr.sales.select(F.upper("city").over(W.partitionBy("city"))))
case("window over an aggregate", lambda fr, _: fr.sales.groupBy("city").agg(F.sum("n").alias("s")).select("city", F.rank().over(W.orderBy("s")).alias("r")))

# Generators
case("explode", lambda fr, _: fr.nested.select("id", F.explode("a")))
case("explode_outer", lambda fr, _: fr.nested.select("id", F.explode_outer("a").alias("x")))
case("posexplode", lambda fr, _: fr.nested.select(F.posexplode("a"), "id"))
case("posexplode_outer", lambda fr, _: fr.nested.select("id", F.posexplode_outer("a")))
case("explode a map", lambda fr, _: fr.nested.select("id", F.explode("m")))
case("posexplode_outer a map", lambda fr, _: fr.nested.select("id", F.posexplode_outer("m")))
case("inline", lambda fr, _: fr.nested.select("id", F.inline("st")))
case("inline_outer", lambda fr, _: fr.nested.select("id", F.inline_outer("st")))
case("explode structs", lambda fr, _: fr.nested.select(F.explode("st").alias("s")).select("s.q", "s.p"))
case("withColumn explode", lambda fr, _: fr.nested.select("id", "a").withColumn("a", F.explode("a")))
case("explode an expression", lambda fr, _: fr.l.select("v", F.explode(F.split("v", ""))))
case("explode a literal array", lambda fr, _: fr.l.select("k", F.explode(F.array(F.lit(1), F.col("k"))).alias("x")))
case("explode twice", lambda fr, _: fr.nested.select(F.explode("a"), F.explode("m")))
case("explode inside", lambda fr, _: fr.nested.select(F.explode("a") + 1))
case("explode a number", lambda fr, _: fr.nested.select(F.explode("id")))
case("explode in a filter", lambda fr, _: fr.nested.filter(F.explode("a") > 1))
case("explode and group", lambda fr, _: fr.nested.select("id", F.explode("a").alias("x")).groupBy("id").agg(F.count("x").alias("n")))

case("explode a map, names", lambda fr, _: fr.nested.select("id", F.explode("m").alias("p", "q")))
case("posexplode, names", lambda fr, _: fr.nested.select("id", F.posexplode_outer("a").alias("p", "q")))
case("explode, too few names", lambda fr, _: fr.nested.select("id", F.explode("m").alias("p")))
case("selectExpr with names", lambda fr, _: fr.nested.selectExpr("id", "explode(m) AS (p, q)"))
case("stack", lambda fr, _: fr.n.select("a", F.stack(F.lit(2), F.lit("b"), "b", F.lit("a"), "a").alias("name", "value")))
case("stack, too few values", lambda fr, _: fr.n.select(F.stack(F.lit(2), "a", "b", F.lit(7))))
case("stack of no rows", lambda fr, _: fr.n.select(F.stack(F.lit(0), "a")))

# Structs
case("withField", lambda fr, _: fr.nested.select(F.struct("id", "a").withField("ID", F.lit("x")).withField("z", F.col("id") + 1)))
case("dropFields", lambda fr, _: fr.nested.select(F.struct("id", "a", "m").dropFields("A", "nosuch").alias("s")))
case("dropFields of all", lambda fr, _: fr.nested.select(F.struct("id").dropFields("id")))
case("greatest struct of a group", lambda fr, _: fr.sales.groupBy("kind").agg(F.max(F.struct("n", "city")).alias("a"), F.min(F.struct("city", "n")).alias("b")))
case("orderBy a struct", lambda fr, _: fr.sales.orderBy(F.struct("n", "year").desc()).select("n", "year"), ordered=True)
case("groupBy numbers, all numeric", lambda fr, _: fr.sales.groupBy("year", "n").sum())
case("cov of no rows", lambda fr, _: fr.empty.cov("x", "x"))
case("corr of no rows", lambda fr, _: fr.empty.corr("x", "x"))
case("orderBy, nulls last", lambda fr, _: fr.sales.orderBy(F.asc_nulls_last("n"), F.desc_nulls_first("city")).select("n", "city"), ordered=True)
case("lists of columns", lambda fr, _: fr.sales.select(["city", "n"]).groupBy(["city"]).agg(F.sum("n").alias("s")).orderBy(["s", "city"]), ordered=True)
case("isin a list", lambda fr, _: fr.sales.filter(F.col("city").isin(["FR", "XX"])))
case("isin nothing", lambda fr, _: fr.sales.select(F.col("city").isin([]).alias("x")))
case("lit of an array", lambda fr, _: fr.n.select(F.lit([1, 2]).alias("x")))
case("join on conditions", lambda fr, _: fr.l.join(fr.r, [fr.l.k == fr.r.k, fr.r.w > 1]))
case("melt", lambda fr, _: fr.n.melt(["a"], ["b"], "name", "value"))

# Time windows
case("groupBy(window)", lambda fr, _: fr.times.groupBy(F.window("ts", "10 minutes"), "k").agg(F.sum("x").alias("s")))
case("groupBy(window, sliding)", lambda fr, _: fr.times.groupBy(F.window("ts", "1 hour", "30 minutes", "5 minutes")).count())
case("select(window)", lambda fr, _: fr.times.select("id", F.window("ts", "1 week").alias("w")))
case("withColumn(window)", lambda fr, _: fr.times.withColumn("start", F.window("ts", "90 seconds").start))

# SQL
QUERIES = {
    "all": "SELECT * FROM sales",
    "where, order, limit": "SELECT city, n FROM sales WHERE n > 2 ORDER BY n DESC LIMIT 3",
    "offset": "SELECT n FROM sales ORDER BY n NULLS LAST LIMIT 3 OFFSET 2",
    "group, having": "SELECT city, sum(n) AS s, count(*) FROM sales GROUP BY city HAVING sum(n) > 5 ORDER BY s",
    "group by ordinals and aliases": "SELECT year + 1 AS y, city, max(price) FROM sales GROUP BY 1, city ORDER BY y, 2",
    "join": "SELECT l.k, r.k AS rk, v, w FROM l JOIN r ON l.k = r.k ORDER BY v, w",
    "join, all": "SELECT * FROM l LEFT JOIN r ON l.k = r.k",
    "join, all of one": "SELECT b.*, a.v FROM l a INNER JOIN r AS b ON a.k = b.k AND b.w > 1",
    "join using": "SELECT k, v, w FROM l FULL OUTER JOIN r USING (k)",
    "natural join": "SELECT * FROM l NATURAL JOIN r",
    "semi join": "SELECT * FROM l LEFT SEMI JOIN r ON l.k = r.k",
    "anti join": "SELECT v FROM l ANTI JOIN r ON l.k = r.k",
    "cross join": "SELECT count(*) AS n FROM l CROSS JOIN r",
    "comma join": "SELECT v, w FROM l, r WHERE l.k = r.k AND w < 2",
    "join, group": "SELECT l.k, sum(r.w) AS s FROM l JOIN r ON l.k = r.k GROUP BY l.k ORDER BY l.k",
    "join, ambiguous": "SELECT k FROM l JOIN r ON l.k = r.k",
    "self-join": "SELECT a.v, b.v AS w FROM l a JOIN l b ON a.k = b.k AND a.v < b.v",
    "three tables": "SELECT l.v, r.w, g.s FROM l JOIN r ON l.k = r.k JOIN g ON g.id = r.k",
    "subquery": "SELECT t.s FROM (SELECT city, sum(n) AS s FROM sales GROUP BY city) t WHERE t.s > 6 ORDER BY t.s",
    "with": "WITH a AS (SELECT k FROM l), b AS (SELECT k FROM a WHERE k > 1) SELECT count(*) FROM b",
    "union": "SELECT k FROM l UNION SELECT k FROM r ORDER BY k",
    "union all": "SELECT k FROM l UNION ALL SELECT k FROM r",
    "except and intersect": "SELECT k FROM l EXCEPT SELECT k FROM r INTERSECT SELECT 1",
    "intersect all": "SELECT k FROM l INTERSECT ALL SELECT k FROM r",
    "distinct": "SELECT DISTINCT city, kind FROM sales ORDER BY city, kind",
    "no table": "SELECT 1 + 1 AS two, 'a' AS s",
    "rollup": "SELECT city, kind, sum(n) AS s, grouping_id() AS g FROM sales GROUP BY ROLLUP (city, kind)",
    "cube": "SELECT city, count(*) AS c, grouping(city) AS g FROM sales GROUP BY city WITH CUBE",
    "grouping sets": "SELECT city, kind, sum(n) FROM sales GROUP BY GROUPING SETS ((city), (kind), ())",
    "window": "SELECT n, row_number() OVER (PARTITION BY city ORDER BY n) AS r FROM sales",
    "window over groups": "SELECT city, sum(n) AS s, rank() OVER (ORDER BY sum(n) DESC) AS r FROM sales GROUP BY city ORDER BY r",
    "explode": "SELECT id, explode(a) AS x FROM nested",
    "case insensitive": "select CITY from SALES where N = 1",
    "order by an expression": "SELECT n FROM sales WHERE n IS NOT NULL ORDER BY -n LIMIT 2",
    "order by what is not selected": "SELECT city FROM sales WHERE n < 4 ORDER BY n DESC",
    "unknown table": "SELECT * FROM nosuch",
    "unknown column": "SELECT nosuch FROM sales",
    "not grouped": "SELECT city, n FROM sales GROUP BY city",
}
with open(__file__.replace("record.py", "queries.json")) as more:
    QUERIES.update(json.load(more))
for name, query in QUERIES.items():
    case(f"sql: {name}", lambda fr, spark, query=query: spark.sql(query), ordered="ORDER BY" in query and "OVER" not in query)
