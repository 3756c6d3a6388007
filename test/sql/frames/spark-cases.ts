import type { DataFrame } from '../../../src/sql/dataframe.js'
import { col, lit } from '../../../src/sql/expression/functions.js'

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
}
