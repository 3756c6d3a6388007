import { describe, expect, test } from 'vitest'
import { ParamError, RidgelineError, SchemaError } from '../../src/errors.js'
import type { ActionOptions } from '../../src/sql/engine.js'
import type { Column } from '../../src/sql/expression/column.js'
import { col } from '../../src/sql/expression/functions.js'
import { createDataFrame, read } from '../../src/sql/session.js'

const df = createDataFrame([{ k: 1, price: 2.5 }])
/** What JavaScript callers may pass where types would have refused. */
const wrong = <T>(value: unknown): T => value as T

describe('arguments of another kind are refused with what to write instead', () => {
  test.each<[string, () => unknown, string]>([
    ['filter by a function', () => df.filter(wrong(() => true)), 'filter'],
    ['where', () => df.where(wrong({ price: 3 })), 'filter'],
    ['withColumn', () => df.withColumn('x', wrong(3)), 'withColumn'],
    ['withColumn without a name', () => df.withColumn(wrong<string>(3), col('k')), 'withColumn'],
    ['withColumnRenamed', () => df.withColumnRenamed('k', wrong(null)), 'withColumnRenamed'],
    ['join of rows', () => df.join(wrong([{ k: 1 }]), 'k'), 'join'],
    [
      'join on a function',
      () =>
        df.join(
          df,
          wrong(() => true),
        ),
      'join',
    ],
    ['join on numbers', () => df.join(df, wrong([1])), 'join'],
    ['join of an unknown kind', () => df.join(df, 'k', wrong(1)), 'join'],
    ['union', () => df.union(wrong(3)), 'union'],
    ['select', () => df.select(wrong<'k'>(3)), 'select'],
    ['selectExpr', () => df.selectExpr(wrong(3)), 'selectExpr'],
    ['groupBy', () => df.groupBy(wrong<'k'>(null)), 'groupBy'],
    ['agg', () => df.agg(wrong<Column>('price')), 'agg'],
    ['orderBy', () => df.orderBy(wrong(1)), 'orderBy'],
    ['drop', () => df.drop(wrong<string>(1)), 'drop'],
    ['col', () => df.col(wrong(1)), 'col'],
    ['batches', () => df.batches(['k'], wrong({ signal: {} })), 'batches'],
    ['createDataFrame', () => createDataFrame(wrong<object[]>(3)), 'createDataFrame'],
    ['createDataFrame of nothing', () => createDataFrame(wrong<object[]>(null)), 'createDataFrame'],
    ['createDataFrame with a schema', () => createDataFrame([{ k: 1 }], wrong(3)), 'createDataFrame'],
  ])('%s', (_name, call, stage) => {
    const error = thrown(call)
    expect(error).toBeInstanceOf(ParamError)
    expect((error as ParamError).details).toMatchObject({
      stage,
      allowed: expect.stringContaining('Allowed: '),
      received: expect.any(String),
    })
  })

  test.each<[string, () => Promise<unknown>]>([
    ['count', () => df.count(wrong({ signal: {} }))],
    ['collect', () => df.collect(wrong(null))],
    ['toTable', () => df.toTable(wrong('signal'))],
    ['write', () => df.write.csv('never', wrong({ signal: true }))],
    ['write without a path', () => df.write.csv(wrong(undefined))],
    ['read', () => read.csv(['never'], wrong<ActionOptions>({ signal: true }))],
    ['read without a path', () => read.csv(wrong<string>(7))],
  ])('%s: the promise is rejected', async (_name, call) => {
    await expect(call()).rejects.toThrow(ParamError)
  })

  test('rows and columns that are none', () => {
    expect(() => createDataFrame(wrong<object[]>([null]), ['k'])).toThrow(SchemaError)
    expect(() => createDataFrame(wrong<object[]>([3]))).toThrow(SchemaError)
    expect(() => createDataFrame(wrong<object[]>({ k: null }))).toThrow(SchemaError)
    expect(() => createDataFrame(wrong<object[]>({ k: 3 }))).toThrow(SchemaError)
  })

  test('the sentence says what to do', () => {
    expect(thrown(() => df.filter(wrong(() => true)))).toHaveProperty(
      'message',
      'filter: column is a function. Allowed: a Column or a string. ' +
        "Write filter('price > 20') or filter(col('price').gt(20)); functions of rows filter what collect gives.",
    )
  })
})

describe('df.col takes the names that select takes', () => {
  const odd = createDataFrame([{ 'a.b': 1, s: { f: 2 } }])

  test('backticks around a name with a dot, and fields of structs', async () => {
    expect(await odd.select(odd.col('`a.b`'), odd.col('s.f').alias('f')).collect()).toEqual([{ 'a.b': 1, f: 2 }])
  })

  test('unknown names', () => {
    expect(() => odd.col('a.b')).toThrow(SchemaError)
    expect(() => odd.col('`a.c`')).toThrow('Did you mean "a.b"?')
  })
})

describe('errors about columns and types name the operation, what came and what to do', () => {
  test.each<[string, () => unknown, object]>([
    [
      'select',
      () => df.select(wrong<'k'>('prize')),
      { column: 'prize', received: 'prize', hint: 'Did you mean "price"?' },
    ],
    [
      'select',
      () => df.select(wrong<'k'>('zzzzzzz')),
      { received: 'zzzzzzz', hint: expect.stringContaining('withColumn') },
    ],
    ['withColumn', () => df.withColumn('y', col('nothing')), { column: 'nothing' }],
    ['filter', () => df.filter('nothing > 1'), { column: 'nothing' }],
    ['filter', () => df.filter('price'), { received: 'double', hint: expect.any(String) }],
    ['agg', () => df.groupBy('k').agg({ nothing: 'avg' }), { column: 'nothing' }],
    ['orderBy', () => df.orderBy(wrong<'k'>('nothing')), { column: 'nothing' }],
    ['join', () => df.join(df, 'nothing'), { column: 'nothing' }],
    ['union', () => df.union(df.select('k')), { received: 'k, price and k' }],
    ['select', () => df.select(col('price').cast('ARRAY<INT>')), { received: 'double', hint: expect.any(String) }],
  ])('%s', (stage, call, details) => {
    const error = thrown(call)
    expect(error).toBeInstanceOf(SchemaError)
    expect((error as SchemaError).details).toMatchObject({ stage, ...details })
  })

  test('what the engine raises has a hint and no raw kind', async () => {
    const failed = await df
      .select(col('k').divide(0))
      .collect()
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'DATA', details: { hint: expect.any(String) } })
    expect((failed as Error).message).not.toMatch(/Invalid Input|Error:/)
  })
})

function thrown(call: () => unknown): RidgelineError {
  try {
    call()
  } catch (error) {
    if (error instanceof RidgelineError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
