"""Records what Spark answers to every probe: `python record.py > spark.jsonl` (pyspark 4.0.1, default ANSI mode)."""

import datetime
import decimal
import json
import math
import pathlib

from pyspark.sql import SparkSession

COLUMNS = [
    ("id", "INT", [0, 1, 2, 3, 4, 5, 6, 7]),
    ("i", "INT", [1, -7, None, 0, 2147483647, -2147483648, 5, 10]),
    ("j", "INT", [2, 3, 4, None, 1, -1, -3, 5]),
    ("y", "TINYINT", [1, 127, None, -128, 0, 5, -1, 3]),
    ("h", "SMALLINT", [1, 32767, None, -32768, 0, 5, -1, 3]),
    ("l", "BIGINT", [1, "9223372036854775807", None, "-9223372036854775808", 0, 123456789012, -5, 7]),
    ("d", "DOUBLE", [1.5, -2.5, None, 0.0, "NaN", "Infinity", "-Infinity", 0.3]),
    ("e", "DOUBLE", [2.0, 1e-7, 1.005, None, -0.0, 12345678.9, 2.5, -1e20]),
    ("f", "FLOAT", [1.5, 0.25, None, -2.5, "NaN", 100.0, -0.5, 3.0]),
    ("s", "STRING", ["abc", "", None, "Hello wOrld", " x  y ", "a.b.c", "été", "foo bar42"]),
    ("t", "STRING", ["1", "1.5", None, "true", "2020-02-29", "NaN", " 7 ", "b"]),
    ("b", "BOOLEAN", [True, False, None, True, False, None, True, False]),
    ("c", "BOOLEAN", [True, True, True, None, False, None, False, None]),
    ("dt", "DATE", ["2020-02-29", "1999-12-31", None, "1970-01-01", "2024-06-15", "1969-12-31", "2000-01-01", "2023-03-05"]),
    ("ts", "TIMESTAMP", ["2020-02-29 13:14:15", "1999-12-31 23:59:59.999", None, "1970-01-01 00:00:00",
                         "2024-06-15 06:30:00.5", "1969-12-31 23:59:59.25", "2000-01-01 00:00:01", "2023-03-05 12:00:00"]),
]

# Columns computed from those above, by expressions that are questions themselves.
DERIVED = [
    ("a", "CASE id WHEN 2 THEN NULL WHEN 3 THEN filter(array(0), x -> false) WHEN 1 THEN array(3, 1, NULL, 1) ELSE array(i, j, 5) END"),
    ("sa", "split(s, ' ')"),
    ("m", "CASE id WHEN 2 THEN NULL WHEN 3 THEN map_filter(map('k', 1), (k, v) -> false) ELSE map('a', i, 'b', j) END"),
    ("st", "IF(id = 2, NULL, struct(i, s))"),
    ("js", """CASE id WHEN 0 THEN '{"a": 1, "b": "x", "c": [1, 2], "d": {"e": 1.5}}' WHEN 1 THEN '{"a": "7", "b": 2, "c": null}' """
           """WHEN 2 THEN NULL WHEN 3 THEN '{}' WHEN 4 THEN '{"a": 1' WHEN 5 THEN '[{"a": 3}]' WHEN 6 THEN 'text' """
           """ELSE '{"A": 2, "a": 4.0, "b": "q\\\\u00e9\\\\"", "c": [], "d": {}}' END"""),
]

PROBES = """
i; I; d AS x; 1; 1L; 1.5D; 1e3D; 'text'; "text"; NULL; TRUE; -5; -i; +i; 2147483648; -2147483648; 1S; 1Y; 1.5F; `i`; 'it''s'; 'a' 'b'; 'tab\\tx'; DATE '2020-01-01'; TIMESTAMP '2020-01-01 10:00:00'
i + j; i - j; i * j; i / j; i % j; i DIV j; i + 1; i + 1L; y + y; y + 1Y; h * h; l + 1; l - i; i + d; d + e; d - e; d * e; d / e; d % e; e % d; f + f; f + i; f + d; i + l; f / 2; 1 / 0; d / 0; i / 0; i % 0; d % 0D; -d; -y; -l; i + y; y + h
pmod(i, 3); pmod(-7, 3); pmod(i, j); pmod(d, 2D); i & 6; i | 6; i ^ 6; ~i; s || t; s || i; i + j * 2; (i + j) * 2; i - (j - 1); 2 - 1 - 1; abs(i); abs(d); abs(y); mod(i, 3); negative(d); positive(i)
i = j; i == 1; i <> j; i != j; i < j; i <= j; i > j; i >= j; i <=> j; d = d; d < e; d > 1; d = 'NaN'; i = '1'; s = 'abc'; s < 'b'; s > t; NULL <=> NULL; i = 1.5D; i < d; l = i; dt < ts; dt = '2020-02-29'; ts > '2000-01-01'; b = c; b = true; e = 0; NOT b; !b; b AND c; b OR c; NOT b OR c; NOT (b OR c); b AND NULL; NOT i = 1; i = 1 IS NULL; NOT i IS NULL; i + 1 BETWEEN 0 AND 5 AND b; b OR c AND NULL; (i, s); (i); `id` + 1; id; id / 2; id + 1; -id; id = 1; id IN (1, 2); greatest(id, 2); id IS NOT NULL; CAST(id AS STRING); CAST(id AS DOUBLE); CAST(CAST(d AS INT) AS STRING); upper(CAST(i AS STRING)); sqrt(id); id % 2; concat('a', id); d / e / i; 1 / (d / e); i IS DISTINCT FROM j; i IS NOT DISTINCT FROM j
i IS NULL; i IS NOT NULL; s IS NULL; b IS TRUE; b IS NOT TRUE; b IS FALSE; b IS UNKNOWN; i BETWEEN 0 AND 5; i NOT BETWEEN 0 AND 5; d BETWEEN 0 AND 10; s BETWEEN 'a' AND 'b'; i IN (1, 5); i NOT IN (1, 5); i IN (1, NULL); d IN (1.5D, 0); s IN ('abc', 'x'); i IN (1L, 2); s LIKE 'a%'; s LIKE '%o%'; s LIKE '_b_'; s NOT LIKE 'a%'; s LIKE 'a.b.c'; s LIKE '\\%'; s LIKE 'a!.%' ESCAPE '!'; s ILIKE 'hello%'; s RLIKE '[0-9]+'; s RLIKE '^a'; s NOT RLIKE 'o'; s REGEXP 'l+'; s LIKE t
CASE WHEN i > 0 THEN 'pos' WHEN i < 0 THEN 'neg' ELSE 'zero' END; CASE WHEN i > 0 THEN 1 END; CASE i WHEN 1 THEN 'one' WHEN 5 THEN 'five' END; CASE WHEN b THEN i ELSE d END; CASE WHEN b THEN 1 ELSE 2L END; IF(i > 0, i, j); if(b, 'x', NULL); coalesce(i, j); coalesce(i, d, 0); coalesce(NULL, i); coalesce(s, 'none'); nvl(i, 0); nvl(i, 1.5D); nvl2(i, 'a', 'b'); ifnull(s, 'x'); nullif(i, 1); nullif(i, j); isnull(i); isnotnull(i); isnan(d); isnan(i); nanvl(d, e); nanvl(d, 0); coalesce(i, s); nullif(s, ''); CASE WHEN i > 0 THEN i ELSE NULL END
CAST(d AS INT); CAST(d AS BIGINT); CAST(e AS INT); CAST(e AS BIGINT); CAST(i AS DOUBLE); CAST(i AS STRING); CAST(l AS INT); CAST(l AS DOUBLE); CAST(i AS TINYINT); CAST(y AS BOOLEAN); CAST(d AS BOOLEAN); CAST(b AS INT); CAST(b AS DOUBLE); CAST(b AS STRING); CAST(d AS STRING); CAST(e AS STRING); CAST(f AS STRING); CAST(f AS DOUBLE); CAST(d AS FLOAT); CAST(t AS INT); CAST(t AS DOUBLE); CAST(t AS BOOLEAN); CAST(t AS DATE); CAST(dt AS STRING); CAST(ts AS STRING); CAST(ts AS DATE); CAST(dt AS TIMESTAMP); CAST(ts AS LONG); CAST(ts AS DOUBLE); CAST(i AS TIMESTAMP); CAST(s AS DOUBLE); i::double; CAST(NULL AS INT); CAST(i AS DATE); CAST(y AS SMALLINT); CAST(f AS INT); INT(d); double(i); string(i); boolean(i); bigint(d); float(i); date('2020-01-01'); timestamp('2020-01-01 00:00:00')
TRY_CAST(t AS INT); TRY_CAST(t AS DOUBLE); TRY_CAST(t AS BOOLEAN); TRY_CAST(t AS DATE); TRY_CAST(d AS INT); TRY_CAST(l AS INT); TRY_CAST(t AS TIMESTAMP); TRY_CAST(i AS TINYINT); CAST('1e3' AS DOUBLE); CAST('1_0' AS DOUBLE); CAST(' inf ' AS DOUBLE); CAST('1e3' AS INT); CAST('+5' AS INT); CAST('1_0' AS INT); CAST('0x1F' AS INT); CAST('1.0' AS INT); CAST('yes' AS BOOLEAN); CAST('T' AS BOOLEAN); CAST('2020' AS DATE); CAST('2020-3' AS DATE); CAST('2020-03-04T10:00' AS DATE); CAST('2020-13-01' AS DATE); CAST('x' AS DATE); CAST('2020-03-04 10:11:12.5' AS TIMESTAMP); CAST('2020-03-04T10:11:12Z' AS TIMESTAMP); CAST('2020-03-04 10:11:12+01:00' AS TIMESTAMP); CAST('2020-03-04' AS TIMESTAMP); CAST('1d' AS DOUBLE); CAST('.5' AS DOUBLE); CAST('5.' AS DOUBLE)
sqrt(d); sqrt(i); sqrt(-1D); exp(d); exp(i); exp(1000D); log(d); log(e); log(10D, d); log(2, i); ln(d); log10(d); log2(e); log1p(d); log1p(e); expm1(d); pow(d, 2); power(i, 2); pow(0, -1); pow(d, e); pow(-8D, 0.5D); sin(d); cos(d); tan(d); asin(d); acos(d); atan(d); atan2(d, e); atan2(0, -1); sinh(e); cosh(i); tanh(d); signum(d); sign(i); signum(e); hypot(d, e); hypot(3, 4); degrees(d); radians(e); cbrt(e); cbrt(-8D); rint(d); rint(e); sqrt(s); exp(t); pi(); e()
round(d); round(e); round(e, 2); round(d, 0); round(1.005D, 2); round(2.5D); round(-2.5D); round(i, -1); round(i, 2); round(e, -2); round(2.345D, 2); round(y); round(l, -3); bround(d); bround(2.5D); bround(3.5D); bround(0.125D, 2); bround(i, -1); round(f, 1); round(123.456D, -1); floor(d); floor(i); ceil(d); ceiling(e); ceil(i); floor(e); floor(l); ceil(f)
greatest(i, j); greatest(d, e); least(d, e); least(i, j, 3); greatest(i, 1L); greatest(s, t); least(d, 0D); greatest(i, d)
upper(s); lower(s); length(s); length(''); char_length(s); trim(s); ltrim(s); rtrim(s); trim('\\t x '); concat(s, t); concat(s, '-', i); concat(s); concat_ws('-', s, t); concat_ws(',', s, 'x', i); substring(s, 2, 3); substring(s, 0, 2); substring(s, -2, 2); substring(s, -20, 19); substring(s, 2); substring(s, 2, -1); substr(s, 1, 2); substring(s, i, 2); replace(s, 'o', '0'); replace(s, 'o'); replace(s, '', 'x'); split(s, ' '); split(s, '[ .]'); split(s, '\\\\.'); split(s, ''); regexp_replace(s, 'o', '0'); regexp_replace(s, '([a-z]+) ([a-z]+)', '$2 $1'); regexp_replace(s, '[aeiou]', ''); regexp_extract(s, '([a-z]+)([0-9]+)', 2); regexp_extract(s, '([a-z]+)'); regexp_extract(s, '([a-z]+)', 0); lpad(s, 5, '*'); rpad(s, 5, '*'); lpad(s, 5); rpad(s, 2); lpad(s, 5, ''); lpad(s, 8, 'ab'); lpad(s, 0, 'x'); lpad(s, -1, 'x'); instr(s, 'b'); instr(s, ''); instr(s, 'zz'); locate('b', s); reverse(s); initcap(s); repeat(s, 2); repeat(s, -1); startswith(s, 'a'); endswith(s, 'c'); contains(s, 'o'); left(s, 2); right(s, 2); ascii(s); upper(i); length(i); concat(); char_length(s); upper('x' || s); translate(s, 'abo', '12'); lower(b); upper(dt)
year(dt); month(dt); dayofmonth(dt); day(dt); dayofweek(dt); weekday(dt); dayofyear(dt); weekofyear(dt); quarter(dt); hour(ts); minute(ts); second(ts); year(ts); month(ts); dayofweek(ts); year('2020-05-06'); to_date('2020-05-06'); to_date(ts); to_date(t); to_timestamp('2020-05-06 01:02:03'); to_timestamp(dt); datediff(dt, DATE '2000-01-01'); datediff(ts, dt); date_diff(dt, ts); date_add(dt, 3); date_add(dt, j); date_sub(dt, 1); date_add('2020-01-01', 1); unix_timestamp(ts); unix_timestamp('2020-01-01 00:00:00'); unix_timestamp(dt); unix_timestamp(t); last_day(dt); add_months(dt, 1); add_months(dt, -1); dt + 1; dt - 1; hour('2020-01-01 05:06:07'); date_trunc('HOUR', ts); trunc(dt, 'MM')
array(1, 2, 3); array(i, j); array(i, d); array('a', s); array(i, j)[0]; array(i, j)[2]; array(1, 2)[j]; element_at(array(i, j), 1); element_at(array(i, j), -1); element_at(array(1, 2), 3); get(array(1, 2), j); size(array(i, j)); size(split(s, ' ')); split(s, ' ')[0]; array_contains(array(1, 2), i); array_contains(array(i, j), 1); struct(i, s); struct(i AS p, j + 1 AS q).q; struct(i, s).s; named_struct('a', i, 'b', s); named_struct('a', i).a; named_struct('a', i).A; array(struct(i, j))[0].j; struct(1, i + 1); cardinality(array(1)); array_max(array(i, j)); array_min(array(d, e)); sort_array(array(i, j)); array_join(array(s, t), '-')
i + s; i + b; upper(array(1)); i AND b; NOT i; sqrt(b); b + b; i = b; i < array(1); dt + dt; length(d); abs(s); -s; isnan(s); year(i); if(i, 1, 2); CASE WHEN i THEN 1 END; array(i, s); array(i, b); i LIKE 'a%'; i IN ('a', 'b'); i IN (b); dt = 1; greatest(i); greatest(i, b); nosuch(i); nosuch; upper(); upper(s, t); sum(sum(i)); coalesce(); round(d, i); s + t; s * 2; t % 2; s = 1D; b = 'true'; i BETWEEN '0' AND '5'; coalesce(dt, ts); greatest(dt, '2020-01-01'); if(b, i, 'x'); b < c; d AND b
"""

AGGREGATES = """
count(*); count(1); count(i); count(i, j); count(DISTINCT b); count(DISTINCT i, b); count(DISTINCT d); sum(i); sum(y); sum(d); sum(f); sum(e); sum(l); sum(DISTINCT j); sum(t); sum(s); avg(i); avg(e); mean(j); avg(DISTINCT j); avg(l); avg(f); min(i); max(i); min(d); max(d); min(s); max(s); min(b); max(dt); min(ts); min(f); stddev(j); stddev_samp(j); stddev_pop(j); std(j); variance(j); var_samp(j); var_pop(j); stddev(d); stddev(e); first(i); last(i); first(i, true); last(d, true); first_value(s); last_value(s); any_value(i); collect_list(i); collect_list(s); collect_set(b); corr(i, j); corr(j, j); corr(e, j); covar_samp(i, j); covar_pop(i, j); skewness(j); kurtosis(j); skewness(d); skewness(e); kurtosis(e); sum(i + j); sum(i) + 1; sum(i) / count(*); avg(i) * 2; max(i) - min(i); count(*) AS n; sum(CASE WHEN b THEN 1 ELSE 0 END); sum(IF(b, 1, 0)); count_if(b); bool_and(b); bool_or(b); every(c); any(b); median(j); max(i) > 3; round(avg(j), 2); upper(max(s)); sum(NULL); avg(NULL); count(NULL); sum(b); max_by(i, j); min_by(s, j); mode(b); product(j); skewness(i); stddev(1.5D); skewness(1.5D); kurtosis(2); corr(j, 1.5D); corr(1.5D, j); corr(d, e); covar_pop(d, e); var_pop(d); stddev_pop(f); max(f); first(b, true); sum(-0.0D); min(e); max(h); avg(y); count(DISTINCT d, e); sum(DISTINCT i + j); percentile(j, 0.5D); approx_count_distinct(b)
"""

GROUPS = {"all": "true", "none": "false", "one": "id = 0", "two": "id IN (0, 1)", "same": "j IN (2) OR j IS NULL", "clean": "id IN (0, 1, 7)"}


def literal(kind, value):
    if value is None:
        return f"CAST(NULL AS {kind})"
    if isinstance(value, bool):
        return str(value)
    if kind == "INT":
        return f"CAST({value} AS INT)"
    if kind == "BIGINT":
        return f"CAST('{value}' AS BIGINT)"
    return f"CAST('{value}' AS {kind})" if kind != "STRING" else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


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
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, dict):
        return [[encode(k), encode(v)] for k, v in value.items()]
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    raise TypeError(type(value))


def condition(error):
    name = getattr(error, "getCondition", lambda: None)()
    return name or str(error).split("]")[0].lstrip("[")[:80]


def describe(field):
    text = field.dataType.simpleString()
    return {"name": field.name, "type": text, "nullable": field.nullable}


def questions(kind):
    """Questions of one kind from functions.txt."""
    lines = (pathlib.Path(__file__).parent / "functions.txt").read_text("utf8").splitlines()
    start = lines.index(f"[{kind}]") + 1
    end = next((k for k in range(start, len(lines)) if lines[k].startswith("[")), len(lines))
    return [line for line in lines[start:end] if line and not line.startswith("#")]


def split(text):
    return [probe.strip() for line in text.strip().splitlines() for probe in line.split("; ")]


def main():
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "1g")
             .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    rows = ", ".join("(" + ", ".join(literal(kind, values[r]) for _, kind, values in COLUMNS) + ")" for r in range(8))
    frame = spark.sql(f"SELECT * FROM VALUES {rows} AS probe({', '.join(name for name, _, _ in COLUMNS)})")
    frame = frame.selectExpr("*", *[f"{text} AS {name}" for name, text in DERIVED]).coalesce(1)

    def ask(make):
        """One answer: values, or the condition of the error."""
        try:
            return encode([row[0] for row in make().collect()])
        except Exception as error:  # noqa: BLE001
            return {"error": condition(error)}

    def typed(probe):
        """Name, type and nullability of a question's answer, or the condition of the refusal."""
        try:
            return describe(frame.selectExpr(probe).schema[0])
        except Exception as error:  # noqa: BLE001
            return {"refused": condition(error)}

    def per_row(probe):
        field = typed(probe)
        if "refused" in field:
            return {"expression": probe, **field}
        values = ask(lambda: frame.selectExpr(probe))
        if isinstance(values, dict):
            answers = [ask(lambda: frame.filter(f"id = {r}").selectExpr(probe)) for r in range(8)]
            values = [a if isinstance(a, dict) else a[0] for a in answers]
        return {"expression": probe, **field, "values": values}

    def per_group(probe):
        field = typed(probe)
        if "refused" in field:
            return {"expression": probe, **field}
        values = {}
        for group, where in GROUPS.items():
            answer = ask(lambda: frame.filter(where).sortWithinPartitions("id").selectExpr(probe))
            values[group] = answer if isinstance(answer, dict) else answer[0]
        return {"expression": probe, **field, "values": values}

    def over_window(probe):
        field = typed(probe)
        if "refused" in field:
            return {"expression": probe, **field}
        values = ask(lambda: frame.selectExpr("id", f"{probe} AS x").orderBy("id").select("x"))
        return {"expression": probe, **field, "values": values}

    columns = [{"name": n, "type": k, "values": v} for n, k, v in COLUMNS]
    derived = [{"name": n, "expression": e} for n, e in DERIVED]
    lines = [{"spark": spark.version, "groups": GROUPS}, *[{"column": c} for c in columns], *[{"derived": d} for d in derived],
             *[{"scalar": per_row(p)} for p in [*split(PROBES), *questions("scalar")]],
             *[{"aggregate": per_group(p)} for p in [*split(AGGREGATES), *questions("aggregate")]],
             *[{"window": over_window(p)} for p in questions("window")]]
    print("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    spark.stop()


main()
