import { describe, expect, test } from 'vitest'
import { ParamError, ParseError, SchemaError } from '../../src/errors.js'
import { createDataFrame, Session } from '../../src/sql/session.js'

// Answers to queries: frames/recorded.test.ts compares them with Spark's.
const session = new Session()
const rides = session.createDataFrame([
  { id: 1, city: 'FR' },
  { id: 2, city: 'DE' },
])

describe('temporary views', () => {
  test('have names that ignore case, can be replaced and dropped', async () => {
    rides.createTempView('Rides')
    expect(() => rides.createTempView('rides')).toThrow(SchemaError)
    expect(await session.sql('SELECT count(*) AS n FROM RIDES').first()).toEqual({ n: 2 })
    rides.filter('id = 1').createOrReplaceTempView('rides')
    const one = session.table('rides')
    expect(await one.collect()).toEqual([{ id: 1, city: 'FR' }])
    expect(session.catalog.listTables()).toEqual(['rides'])
    expect(session.catalog.tableExists('RIDES')).toBe(true)
    expect(session.catalog.dropTempView('rides')).toBe(true)
    expect(session.catalog.dropTempView('rides')).toBe(false)
    expect(await one.count()).toBe(1)
    expect(() => session.table('rides')).toThrow(/does not exist/)
    expect(() => rides.createTempView(1 as never)).toThrow(ParamError)
  })

  test('frames can be given by name, from another session, too', async () => {
    const cities = createDataFrame([{ city: 'FR', name: 'France' }])
    const query = 'SELECT r.id, name FROM r LEFT JOIN c ON r.city = c.city ORDER BY id'
    expect(await session.sql(query, { r: rides, c: cities }).collect()).toEqual([
      { id: 1, name: 'France' },
      { id: 2, name: null },
    ])
  })

  test('what is wrong is told before data are read', () => {
    expect(() => session.sql('SELECT nosuch FROM r', { r: rides })).toThrow(SchemaError)
    expect(() => session.sql('SELECT x.* FROM r', { r: rides })).toThrow(/x.* names no table/)
    expect(() => session.sql('SELECT id FROM ride', { rides })).toThrow(/createOrReplaceTempView/)
    expect(() => session.sql('SELEKT id FROM r', { r: rides })).toThrow(ParseError)
    expect(() => session.sql(1 as never)).toThrow(ParamError)
  })
})
