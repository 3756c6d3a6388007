import { describe, expect, it } from 'vitest'
import { ParamError, ParseError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { SQLTransformer } from '../../src/feature/sql-transformer.js'
import { StringIndexerModel } from '../../src/feature/string-indexer.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf } from '../../src/sql/types.js'

const rides = createDataFrame([
  { city: 'FR', km: 5 },
  { city: 'US', km: 0 },
])
const sql = (statement: string) => new SQLTransformer({ statement })

describe('SQLTransformer', () => {
  it('knows the schema before data is read', () => {
    const { fields } = sql('SELECT city, km / 2 AS half FROM __THIS__').transformSchema(rides.schema)
    expect(fields.map(({ name, dataType }) => [name, dataType.kind])).toEqual([
      ['city', 'string'],
      ['half', 'double'],
    ])
  })

  it('takes the name of the frame in any case, as Spark does', async () => {
    expect(await sql('SELECT t.km FROM __This__ t WHERE km > 0').transform(rides).collect()).toEqual([{ km: 5 }])
  })

  it('keeps the metadata of columns that it passes on', () => {
    const indexed = StringIndexerModel.fromLabels(['FR', 'US'], 'city', 'i').transform(rides)
    const { schema } = sql('SELECT i, i AS j, i + 1 AS k FROM __THIS__').transform(indexed)
    const metadata = (name: string) => fieldOf(schema, name).metadata
    expect(metadata('i')).toEqual(fieldOf(indexed.schema, 'i').metadata)
    expect(metadata('j')).toEqual(metadata('i'))
    expect(metadata('k')).toEqual({})
  })

  it.each([
    ['SELECT nope FROM __THIS__', SchemaError, 'nope'],
    ['SELECT city FROM rides', SchemaError, 'the statement reads from "rides"'],
    ['SELECT km FROM __THIS__ WHERE city', SchemaError, 'the condition city has type string'],
    ['SELECT FROM WHERE', ParseError, 'expected an expression before "FROM"'],
    ['DROP TABLE __THIS__', UnsupportedError, 'the statement DROP'],
  ])('refuses %s', (statement, type, text) => {
    expect(() => sql(statement).transform(rides)).toThrow(type)
    expect(() => sql(statement).transform(rides)).toThrow(text)
  })

  it('joins, groups and windows', async () => {
    const statement =
      'SELECT a.city, b.km, rank() OVER (ORDER BY a.km) AS r FROM __THIS__ a JOIN __THIS__ b ON a.km = b.km ORDER BY r'
    expect(await sql(statement).transform(rides).collect()).toEqual([
      { city: 'US', km: 0, r: 1 },
      { city: 'FR', km: 5, r: 2 },
    ])
  })

  it('needs a statement', () => {
    expect(() => new SQLTransformer().transform(rides)).toThrow(ParamError)
  })

  it('has the text of Spark', () => {
    const stage = sql('SELECT 1 FROM __THIS__')
    expect(String(stage)).toBe(`SQLTransformer: uid=${stage.uid}, statement=SELECT 1 FROM __THIS__`)
  })
})
