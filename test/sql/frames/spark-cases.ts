import { readFileSync } from 'node:fs'
import type { DataFrame } from '../../../src/sql/dataframe.js'
import {
  array,
  asc_nulls_last,
  avg,
  col,
  collect_list,
  count,
  desc_nulls_first,
  explode,
  explode_outer,
  expr,
  inline,
  inline_outer,
  lit,
  max,
  min,
  posexplode,
  posexplode_outer,
  stack,
  stddev,
  struct,
  sum,
  window,
} from '../../../src/sql/expression/functions.js'
import { Window } from '../../../src/sql/expression/window.js'

const KINDS = ['inner', 'left', 'right', 'full', 'left_semi', 'left_anti']
const joins = (name: string, join: (fr: Frames, how: string) => DataFrame): [string, Operation][] =>
  KINDS.map((how) => [`${name}, ${how}`, (fr) => join(fr, how)])

/** Both sides with their keys. */
const onKey = (l: DataFrame, r: DataFrame, how?: string): DataFrame => l.join(r, l.col('k').equalTo(r.col('k')), how)

export type Frames = Readonly<
  Record<'f' | 'g' | 'l' | 'r' | 'n' | 'sales' | 'numbers' | 'empty' | 'times' | 'nested', DataFrame>
>
type Operation = (fr: Frames) => DataFrame | Promise<unknown>

const byN = Window.orderBy('n')
const byCity = Window.partitionBy('city').orderBy('n')

const QUERIES: Readonly<Record<string, string>> = {
  ...JSON.parse(readFileSync(new URL('data/queries.json', import.meta.url), 'utf8')),
  all: 'SELECT * FROM sales',
  'where, order, limit': 'SELECT city, n FROM sales WHERE n > 2 ORDER BY n DESC LIMIT 3',
  offset: 'SELECT n FROM sales ORDER BY n NULLS LAST LIMIT 3 OFFSET 2',
  'group, having': 'SELECT city, sum(n) AS s, count(*) FROM sales GROUP BY city HAVING sum(n) > 5 ORDER BY s',
  'group by ordinals and aliases': 'SELECT year + 1 AS y, city, max(price) FROM sales GROUP BY 1, city ORDER BY y, 2',
  join: 'SELECT l.k, r.k AS rk, v, w FROM l JOIN r ON l.k = r.k ORDER BY v, w',
  'join, all': 'SELECT * FROM l LEFT JOIN r ON l.k = r.k',
  'join, all of one': 'SELECT b.*, a.v FROM l a INNER JOIN r AS b ON a.k = b.k AND b.w > 1',
  'join using': 'SELECT k, v, w FROM l FULL OUTER JOIN r USING (k)',
  'natural join': 'SELECT * FROM l NATURAL JOIN r',
  'semi join': 'SELECT * FROM l LEFT SEMI JOIN r ON l.k = r.k',
  'anti join': 'SELECT v FROM l ANTI JOIN r ON l.k = r.k',
  'cross join': 'SELECT count(*) AS n FROM l CROSS JOIN r',
  'comma join': 'SELECT v, w FROM l, r WHERE l.k = r.k AND w < 2',
  'join, group': 'SELECT l.k, sum(r.w) AS s FROM l JOIN r ON l.k = r.k GROUP BY l.k ORDER BY l.k',
  'join, ambiguous': 'SELECT k FROM l JOIN r ON l.k = r.k',
  'self-join': 'SELECT a.v, b.v AS w FROM l a JOIN l b ON a.k = b.k AND a.v < b.v',
  'three tables': 'SELECT l.v, r.w, g.s FROM l JOIN r ON l.k = r.k JOIN g ON g.id = r.k',
  subquery: 'SELECT t.s FROM (SELECT city, sum(n) AS s FROM sales GROUP BY city) t WHERE t.s > 6 ORDER BY t.s',
  with: 'WITH a AS (SELECT k FROM l), b AS (SELECT k FROM a WHERE k > 1) SELECT count(*) FROM b',
  union: 'SELECT k FROM l UNION SELECT k FROM r ORDER BY k',
  'union all': 'SELECT k FROM l UNION ALL SELECT k FROM r',
  'except and intersect': 'SELECT k FROM l EXCEPT SELECT k FROM r INTERSECT SELECT 1',
  'intersect all': 'SELECT k FROM l INTERSECT ALL SELECT k FROM r',
  distinct: 'SELECT DISTINCT city, kind FROM sales ORDER BY city, kind',
  'no table': "SELECT 1 + 1 AS two, 'a' AS s",
  rollup: 'SELECT city, kind, sum(n) AS s, grouping_id() AS g FROM sales GROUP BY ROLLUP (city, kind)',
  cube: 'SELECT city, count(*) AS c, grouping(city) AS g FROM sales GROUP BY city WITH CUBE',
  'grouping sets': 'SELECT city, kind, sum(n) FROM sales GROUP BY GROUPING SETS ((city), (kind), ())',
  window: 'SELECT n, row_number() OVER (PARTITION BY city ORDER BY n) AS r FROM sales',
  'window over groups':
    'SELECT city, sum(n) AS s, rank() OVER (ORDER BY sum(n) DESC) AS r FROM sales GROUP BY city ORDER BY r',
  explode: 'SELECT id, explode(a) AS x FROM nested',
  'case insensitive': 'select CITY from SALES where N = 1',
  'order by an expression': 'SELECT n FROM sales WHERE n IS NOT NULL ORDER BY -n LIMIT 2',
  'order by what is not selected': 'SELECT city FROM sales WHERE n < 4 ORDER BY n DESC',
  'unknown table': 'SELECT * FROM nosuch',
  'unknown column': 'SELECT nosuch FROM sales',
  'not grouped': 'SELECT city, n FROM sales GROUP BY city',
}

/** The operations of cases.py in TypeScript, by the same names. */
export const operations: Readonly<Record<string, Operation>> = {
  'na.drop()': ({ f }) => f.na.drop(),
  'na.drop(all)': ({ f }) => f.na.drop('all', ['s', 'd', 'i', 'b']),
  'na.drop(any, [s, d])': ({ f }) => f.na.drop('any', ['s', 'd']),
  'na.drop(3)': ({ f }) => f.na.drop(3),
  'na.drop(2, [s, d, b])': ({ f }) => f.na.drop(2, ['s', 'd', 'b']),
  'na.drop(unknown column)': ({ f }) => f.na.drop('any', 'nosuch'),
  'na.fill(9)': ({ f }) => f.na.fill(9),
  'na.fill(2.7)': ({ f }) => f.na.fill(2.7),
  'na.fill(text)': ({ f }) => f.na.fill('none'),
  'na.fill(true)': ({ f }) => f.na.fill(true),
  'na.fill(9, [d])': ({ f }) => f.na.fill(9, ['d']),
  'na.fill(9, [s, i])': ({ f }) => f.na.fill(9, ['s', 'i']),
  'na.fill(1e20)': ({ f }) => f.na.fill(1e20),
  'na.fill(map)': ({ f }) => f.na.fill({ s: 'x', d: 0.5, i: 2.9, b: false }),
  'na.fill(map of other types)': ({ f }) => f.na.fill({ s: 5, d: 7 }),
  'na.fill(map, unknown column)': ({ f }) => f.na.fill({ nosuch: 5 }),
  'na.replace(numbers)': ({ f }) =>
    f.na.replace(
      '*',
      new Map([
        [1.5, 2.5],
        [0, -1],
      ]),
    ),
  'na.replace(numbers, later)': ({ f }) =>
    f.na.replace(
      '*',
      new Map([
        [1, 100],
        [-7, 7.5],
      ]),
    ),
  'na.replace(numbers, [i])': ({ f }) => f.na.replace(['i'], new Map([[1, 100]])),
  'na.replace(texts)': ({ f }) => f.na.replace('*', { a: 'A', '': null }),
  'na.replace(texts, [s, i])': ({ f }) => f.na.replace(['s', 'i'], { a: 'A' }),
  'na.replace(booleans)': ({ f }) => f.na.replace('b', new Map([[true, false]])),
  'na.replace(NaN)': ({ f }) => f.na.replace('d', new Map([[Number.NaN, 0]])),
  'na.replace(unknown column)': ({ f }) => f.na.replace('nosuch', { a: 'A' }),

  withColumns: ({ f }) => f.withColumns({ i: col('id').multiply(2), z: col('i').plus(1) }),
  'withColumns by another case': ({ f }) => f.withColumns({ I: col('id'), S2: col('S') }),
  'withColumns twice the same': ({ f }) => f.withColumns({ q: lit(1), Q: lit(2) }),
  withColumnsRenamed: ({ f }) => f.withColumnsRenamed({ i: 'j', nosuch: 'x', s: 'i' }),
  toDF: ({ g }) => g.toDF('p', 'q', 'r'),
  'toDF too few': ({ g }) => g.toDF('p', 'q'),
  offset: ({ f }) => f.orderBy('id').offset(6),
  unpivot: ({ n }) => n.unpivot(['a'], ['b', 'a'], 'name', 'value'),
  'unpivot all': ({ n }) => n.unpivot(['b'], null, 'name', 'value'),
  'unpivot of several types': ({ f }) => f.unpivot(['id'], ['d', 'i'], 'name', 'value'),
  'unpivot of text and numbers': ({ f }) => f.unpivot(['id'], ['s', 'i'], 'name', 'value'),

  distinct: ({ f }) => f.select('s', 'd', 'i', 'b').distinct(),
  'distinct of longs': ({ g }) => g.distinct(),
  'distinct of maps': ({ nested }) => nested.distinct(),
  'dropDuplicates([s, i])': ({ f }) => f.dropDuplicates(['s', 'i']),
  'dropDuplicates([d])': ({ f }) => f.dropDuplicates(['d']),
  'dropDuplicates(unknown)': ({ f }) => f.dropDuplicates(['nosuch']),
  unionByName: ({ f, g }) => f.select('id', 's').unionByName(g.select('s', 'id')),
  'unionByName, other case': ({ f, g }) => f.select('id', 's').unionByName(g.select('S', 'ID')),
  'unionByName widens': ({ f, g }) =>
    f.select('i', 'd').unionByName(g.select(col('x').alias('d'), col('x').alias('i'))),
  'unionByName, missing': ({ f, g }) => f.select('id', 's').unionByName(g.select('id', 'x')),
  'unionByName, missing allowed': ({ f, g }) => f.select('id', 's').unionByName(g.select('x', 'id'), true),
  'union of other widths': ({ f, g }) => f.union(g),
  intersect: ({ f, g }) => f.select('id', 's').intersect(g.select('id', 's')),
  'intersect, nulls': ({ g }) => g.select('id', 's').intersect(g.select('id', 's')),
  intersectAll: ({ g }) => g.select('id', 's').intersectAll(g.select('id', 's').limit(5)),
  'intersect, NaN': ({ f }) => f.select('d').intersect(f.select('d')),
  except: ({ f, g }) => f.select('id', 's').subtract(g.select('id', 's')),
  'except, nulls': ({ f, g }) => g.select('id', 's').subtract(f.select('id', 's')),
  exceptAll: ({ f, g }) => g.select('id', 's').exceptAll(f.select('id', 's')),
  'except widens': ({ g }) => g.select('id').subtract(g.select(col('x').divide(10))),
  'intersect nullability': ({ n }) => n.select('a', 'b').intersect(n.select('b', 'a')),
  'except nullability': ({ n }) => n.select('b').except(n.select('a')),

  ...Object.fromEntries([
    ...joins('join using', ({ l, r }, how) => l.join(r, 'k', how)),
    ...joins('join on a condition', ({ l, r }, how) =>
      l.join(r, l.col('k').equalTo(r.col('k')).and(r.col('w').gt(1)), how),
    ),
    ...joins('join on an inequality', ({ l, r }, how) => l.join(r, l.col('k').lt(r.col('k')), how)),
  ]),
  'join of nulls': ({ l, r }) => l.join(r, l.col('k').eqNullSafe(r.col('k')), 'full'),
  crossJoin: ({ l, r }) => l.crossJoin(r),
  'join without a condition': ({ l, r }) => l.join(r),
  'join, then columns of one side': ({ l, r }) =>
    onKey(l, r).select(r.col('k'), 'v', l.col('k').plus(r.col('k')).alias('both')),
  'join, then drop a column of one side': ({ l, r }) => onKey(l, r).drop(r.col('k')),
  'join, then drop by name': ({ l, r }) => onKey(l, r).drop('k'),
  'join, then filter and sort by one side': ({ l, r }) =>
    onKey(l, r, 'left')
      .filter(r.col('k').isNotNull())
      .orderBy(r.col('w').desc(), l.col('v'))
      .select(l.col('k'), 'w', 'v'),
  'join, then group by one side': ({ l, r }) =>
    onKey(l, r, 'right')
      .groupBy(r.col('k'))
      .agg(count(l.col('k')).alias('n')),
  'join, then an ambiguous name': ({ l, r }) => onKey(l, r).select('k'),
  'join with an ambiguous condition': ({ l, r }) => l.join(r, expr('k = k')),
  'self-join by aliases': ({ l }) =>
    l.alias('a').join(l.alias('b'), expr('a.k = b.k AND a.v < b.v')).select('a.k', 'a.v', col('b.v').alias('w')),
  'self-join by columns': ({ l }) => l.join(l.filter('k = 1'), l.col('k').equalTo(l.col('k'))),
  'join of three': ({ l, r, n }) =>
    l
      .alias('a')
      .join(r.alias('b'), expr('a.k = b.k'))
      .join(n.alias('c'), expr('c.a = b.k'))
      .select('a.k', 'v', 'b.k', 'b'),
  'join using, both nullable': ({ n }) => n.join(n.withColumnRenamed('a', 'c'), 'b', 'full'),
  'join, all columns': ({ l, r }) => onKey(l, r).select('*'),
  'alias.column': ({ l }) => l.alias('t').filter('t.k = 1').select('t.v'),

  describe: ({ numbers }) => numbers.describe(),
  'describe some': ({ f }) => f.describe('d', 's'),
  'describe nothing to describe': ({ f }) => f.select('b').describe(),
  'describe of no rows': ({ empty }) => empty.describe(),
  'describe(unknown)': ({ f }) => f.describe('nosuch'),
  'describe(boolean)': ({ f }) => f.describe('b'),
  summary: ({ numbers }) => numbers.drop('dt').summary(),
  'summary of nulls': ({ f }) => f.summary(),
  'summary some': ({ numbers }) => numbers.summary('max', '1%', 'count', '99.5%', 'count_distinct'),
  'summary(unknown)': ({ numbers }) => numbers.summary('middle'),
  'summary(101%)': ({ numbers }) => numbers.summary('101%'),
  'approxQuantile exact': ({ numbers }) => numbers.stat.approxQuantile('x', [0, 0.1, 0.25, 0.5, 0.9, 1], 0),
  'approxQuantile of several': ({ numbers }) => numbers.stat.approxQuantile(['x', 'y', 'k'], [0.5], 0.25),
  'approxQuantile of no rows': ({ empty }) => empty.approxQuantile('x', [0.5], 0.1),
  'approxQuantile of text': ({ f }) => f.approxQuantile('s', [0.5], 0.1),
  'approxQuantile(1.5)': ({ f }) => f.approxQuantile('d', [1.5], 0.1),
  'approxQuantile(error -1)': ({ f }) => f.approxQuantile('d', [0.5], -1),
  corr: ({ numbers }) => numbers.stat.corr('x', 'k'),
  'corr with nulls': ({ sales }) => sales.stat.corr('year', 'n'),
  'corr of text': ({ f }) => f.stat.corr('s', 'i'),
  cov: ({ numbers }) => numbers.stat.cov('x', 'k'),
  'cov with nulls': ({ sales }) => sales.stat.cov('year', 'n'),
  'cov of text': ({ f }) => f.stat.cov('s', 'i'),
  crosstab: ({ sales }) => sales.stat.crosstab('city', 'kind'),
  'crosstab of numbers': ({ f }) => f.stat.crosstab('d', 'i'),
  'crosstab of the same': ({ sales }) => sales.stat.crosstab('year', 'year'),
  freqItems: async ({ sales }) =>
    (await sales.stat.freqItems(['city', 'n'], 0.5)).select(
      expr('sort_array(city_freqItems)').alias('sort_array(city_freqItems, true)'),
      expr('sort_array(n_freqItems)').alias('sort_array(n_freqItems, true)'),
    ),
  'freqItems of one': ({ sales }) => sales.select(lit(3).alias('x')).stat.freqItems(['x']),
  'freqItems(0)': ({ sales }) => sales.stat.freqItems(['city'], 0.00001),
  sampleBy: ({ numbers }) =>
    numbers.stat.sampleBy(
      'k',
      new Map([
        [1, 0.5],
        [2, 1],
        [4, 0.2],
        [13, 0.6],
      ]),
      7,
    ),
  'sampleBy of texts': ({ numbers }) => numbers.stat.sampleBy('t', { '1': 0.5, abc: 0.5 }, 3),
  'sampleBy of doubles': ({ numbers }) =>
    numbers.stat.sampleBy(
      'x',
      new Map([
        [0.5, 0.9],
        [1.5, 0.5],
        [3, 1],
      ]),
      11,
    ),
  'sampleBy(1.5)': ({ numbers }) => numbers.stat.sampleBy('t', { '1': 1.5 }, 3),

  pivot: ({ sales }) => sales.groupBy('year').pivot('city', ['FR', 'DE']).sum('price'),
  'pivot, several aggregates': ({ sales }) =>
    sales.groupBy('year').pivot('kind', ['x', 'y', 'z']).agg(sum('n'), max('price').alias('top')),
  'pivot, all values': async ({ sales }) => (await sales.groupBy('kind').pivot('year')).count(),
  'pivot by doubles': async ({ sales }) => (await sales.groupBy('kind').pivot('price')).sum('n'),
  'pivot by nulls': async ({ sales }) => (await sales.groupBy('year').pivot('city')).avg('n'),
  'pivot without groups': ({ sales }) => sales.groupBy().pivot('city', ['DE', 'FR']).agg(count('n')),
  'pivot of an expression': ({ sales }) =>
    sales.groupBy('city').pivot(col('year').plus(1), [2020]).agg(sum('n').multiply(2).alias('twice')),
  'pivot, all numeric': ({ sales }) => sales.groupBy('city').pivot('year', [2019]).sum(),
  'pivot, values of another type': ({ sales }) => sales.groupBy('city').pivot('year', ['2019']).sum('n'),
  'pivot by booleans': async ({ f }) => (await f.groupBy('s').pivot('b')).count(),
  rollup: ({ sales }) =>
    sales
      .rollup('year', 'city')
      .agg(sum('n'), count('*').alias('rows'), expr('grouping_id()').alias('g'), expr('grouping(city)').alias('gc')),
  'rollup.count': ({ sales }) => sales.rollup('city').count(),
  cube: ({ sales }) => sales.cube('city', col('year').mod(2)).agg(avg('price'), expr('grouping_id()')),
  'cube of no rows': ({ empty }) => empty.cube('s').count(),
  'cube, aggregate of a group column': ({ sales }) => sales.cube('n').agg(sum('n').alias('s')),
  groupingSets: ({ sales }) =>
    sales
      .groupingSets([['city'], ['city', 'kind'], []], 'city', 'kind')
      .agg(sum('n').alias('s'), expr('grouping_id()').alias('g')),
  'grouping without sets': ({ sales }) => sales.groupBy('city').agg(expr('grouping(city)')),
  'rollup pivot': ({ sales }) => sales.rollup('year').pivot('city', ['FR']).count(),
  'agg of -0.0 and 0.0': ({ f }) => f.groupBy('d').count(),

  row_number: ({ sales }) => sales.select('*', expr('row_number()').over(byCity).alias('at')),
  'rank and dense_rank': ({ sales }) =>
    sales.select(
      'city',
      'year',
      expr('rank()').over(Window.orderBy(col('year').desc())),
      expr('dense_rank()').over(Window.orderBy('city')).alias('d'),
    ),
  'running sum': ({ sales }) => sales.select('n', sum('price').over(byCity)),
  'sum of a partition': ({ sales }) => sales.withColumn('total', sum('n').over(Window.partitionBy('city'))),
  'moving average': ({ sales }) => sales.select('n', avg('n').over(byN.rowsBetween(-1, 1)).alias('m')),
  'rows to the end': ({ sales }) =>
    sales.select('n', collect_list('n').over(byN.rowsBetween(1, Window.unboundedFollowing)).alias('m')),
  range: ({ sales }) => sales.select('n', count('n').over(byN.rangeBetween(-2, 0)).alias('m')),
  'range over doubles': ({ numbers }) =>
    numbers.select('x', count('x').over(Window.orderBy('x').rangeBetween(-1, 1)).alias('m')),
  'range over dates': ({ numbers }) =>
    numbers.select('dt', sum('k').over(Window.orderBy('dt').rangeBetween(-1, 0)).alias('m')),
  'lag and lead': ({ sales }) =>
    sales.select('n', expr('lag(n)').over(byN).alias('a'), expr('lead(n, 2, -1)').over(byN).alias('b')),
  'ntile, percent_rank, cume_dist': ({ sales }) =>
    sales.select(
      'n',
      ...['ntile(3)', 'percent_rank()', 'cume_dist()'].map((text, k) => expr(text).over(byN).alias('abc'[k])),
    ),
  'first and last': ({ sales }) =>
    sales.select(
      'n',
      expr('first(n, true)').over(byCity).alias('a'),
      expr('last(n)').over(byCity.rowsBetween(Window.currentRow, Window.unboundedFollowing)).alias('b'),
    ),
  'stddev over a window': ({ sales }) => sales.select('n', stddev('n').over(Window.partitionBy('kind'))),
  'share of a partition': ({ sales }) =>
    sales.select(
      col('n')
        .divide(sum('n').over(Window.partitionBy('kind')))
        .alias('share'),
    ),
  'window in a filter': ({ sales }) => sales.filter(expr('row_number()').over(byCity).equalTo(1)),
  'first of each group': ({ sales }) =>
    sales.withColumn('at', expr('row_number()').over(byCity)).filter('at = 1').drop('at'),
  'window without an order': ({ sales }) => sales.select(expr('rank()').over(Window.partitionBy('city'))),
  'window of a scalar': ({ sales }) => sales.select(expr('upper(city)').over(Window.partitionBy('city'))),
  'window over an aggregate': ({ sales }) =>
    sales
      .groupBy('city')
      .agg(sum('n').alias('s'))
      .select('city', expr('rank()').over(Window.orderBy('s')).alias('r')),

  explode: ({ nested }) => nested.select('id', explode('a')),
  explode_outer: ({ nested }) => nested.select('id', explode_outer('a').alias('x')),
  posexplode: ({ nested }) => nested.select(posexplode('a'), 'id'),
  posexplode_outer: ({ nested }) => nested.select('id', posexplode_outer('a')),
  'explode a map': ({ nested }) => nested.select('id', explode('m')),
  'posexplode_outer a map': ({ nested }) => nested.select('id', posexplode_outer('m')),
  inline: ({ nested }) => nested.select('id', inline('st')),
  inline_outer: ({ nested }) => nested.select('id', inline_outer('st')),
  'explode structs': ({ nested }) => nested.select(explode('st').alias('s')).select('s.q', 's.p'),
  'withColumn explode': ({ nested }) => nested.select('id', 'a').withColumn('a', explode('a')),
  'explode an expression': ({ l }) => l.selectExpr('v', "explode(split(v, ''))"),
  'explode a literal array': ({ l }) => l.select('k', explode(array(1, col('k'))).alias('x')),
  'explode twice': ({ nested }) => nested.select(explode('a'), explode('m')),
  'explode inside': ({ nested }) => nested.select(explode('a').plus(1)),
  'explode a number': ({ nested }) => nested.select(explode('id')),
  'explode in a filter': ({ nested }) => nested.filter(explode('a').gt(1)),
  'explode and group': ({ nested }) =>
    nested.select('id', explode('a').alias('x')).groupBy('id').agg(count('x').alias('n')),
  'explode a map, names': ({ nested }) => nested.select('id', explode('m').alias('p', 'q')),
  'posexplode, names': ({ nested }) => nested.select('id', posexplode_outer('a').alias('p', 'q')),
  'explode, too few names': ({ nested }) => nested.select('id', explode('m').alias('p')),
  'selectExpr with names': ({ nested }) => nested.selectExpr('id', 'explode(m) AS (p, q)'),
  stack: ({ n }) => n.select('a', stack(2, lit('b'), 'b', lit('a'), 'a').alias('name', 'value')),
  'stack, too few values': ({ n }) => n.select(stack(2, 'a', 'b', lit(7))),
  'stack of no rows': ({ n }) => n.select(stack(0, 'a')),

  withField: ({ nested }) =>
    nested.select(struct('id', 'a').withField('ID', lit('x')).withField('z', col('id').plus(1))),
  dropFields: ({ nested }) => nested.select(struct('id', 'a', 'm').dropFields('A', 'nosuch').alias('s')),
  'dropFields of all': ({ nested }) => nested.select(struct('id').dropFields('id')),
  'greatest struct of a group': ({ sales }) =>
    sales.groupBy('kind').agg(max(struct('n', 'city')).alias('a'), min(struct('city', 'n')).alias('b')),
  'orderBy a struct': ({ sales }) => sales.orderBy(struct('n', 'year').desc()).select('n', 'year'),
  'groupBy numbers, all numeric': ({ sales }) => sales.groupBy('year', 'n').sum(),
  'cov of no rows': ({ empty }) => empty.cov('x', 'x'),
  'corr of no rows': ({ empty }) => empty.corr('x', 'x'),
  'orderBy, nulls last': ({ sales }) =>
    sales.orderBy(asc_nulls_last('n'), desc_nulls_first('city')).select('n', 'city'),
  'lists of columns': ({ sales }) =>
    sales.select(['city', 'n']).groupBy(['city']).agg(sum('n').alias('s')).orderBy(['s', 'city']),
  'isin a list': ({ sales }) => sales.filter(col('city').isin(['FR', 'XX'])),
  'isin nothing': ({ sales }) => sales.select(col('city').isin([]).alias('x')),
  'lit of an array': ({ n }) => n.select(lit([1, 2]).alias('x')),
  'join on conditions': ({ l, r }) => l.join(r, [l.col('k').equalTo(r.col('k')), r.col('w').gt(1)]),
  melt: ({ n }) => n.melt(['a'], ['b'], 'name', 'value'),

  'groupBy(window)': ({ times }) => times.groupBy(window('ts', '10 minutes'), 'k').agg(sum('x').alias('s')),
  'groupBy(window, sliding)': ({ times }) => times.groupBy(window('ts', '1 hour', '30 minutes', '5 minutes')).count(),
  'select(window)': ({ times }) => times.select('id', window('ts', '1 week').alias('w')),
  'withColumn(window)': ({ times }) => times.withColumn('start', window('ts', '90 seconds').getField('start')),

  ...Object.fromEntries(
    Object.entries(QUERIES).map(([name, query]): [string, Operation] => [
      `sql: ${name}`,
      (fr) => fr.l.session.sql(query, fr),
    ]),
  ),
}
