import type { DataFrame } from '../../../src/sql/dataframe.js'
import { col, count, expr, lit } from '../../../src/sql/expression/functions.js'

const KINDS = ['inner', 'left', 'right', 'full', 'left_semi', 'left_anti']
const joins = (name: string, join: (fr: Frames, how: string) => DataFrame): [string, Operation][] =>
  KINDS.map((how) => [`${name}, ${how}`, (fr) => join(fr, how)])

/** Both sides with their keys. */
const onKey = (l: DataFrame, r: DataFrame, how?: string): DataFrame => l.join(r, l.col('k').equalTo(r.col('k')), how)

export type Frames = Readonly<Record<'f' | 'g' | 'l' | 'r' | 'n' | 'sales' | 'numbers' | 'empty' | 'nested', DataFrame>>
type Operation = (fr: Frames) => DataFrame | Promise<unknown>

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
}
