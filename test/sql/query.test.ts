import { describe, expect, test } from 'vitest'
import { ParamError, ParseError, SchemaError, UnsupportedError } from '../../src/errors.js'
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

  test('subqueries see the rows around them, joined ones, too', async () => {
    const cities = createDataFrame([
      { id: 1, city: 'FR', name: 'France' },
      { id: 2, city: 'DE', name: 'Germany' },
    ])
    const tables = { r: rides, c: cities }
    const query = `SELECT r.id, (SELECT max(name) FROM c WHERE c.city = b.city) AS name
      FROM r JOIN c b ON r.id = b.id WHERE EXISTS (SELECT 1 FROM c x WHERE x.id = b.id AND x.id >= r.id) ORDER BY r.id`
    const rows = await session.sql(query, tables).collect()
    expect(rows.map((row) => row.name)).toEqual(['France', 'Germany'].slice(0, rows.length))
    expect(rows.length).toBeGreaterThan(0)
  })

  test.each([
    ['SELECT id, (SELECT city FROM c WHERE c.id = r.id) AS x FROM r', /no plain aggregate/],
    ['SELECT id, (SELECT max(city) FROM c WHERE c.id < r.id) AS x FROM r', /something else than equality/],
    ['SELECT id FROM r WHERE id NOT IN (SELECT id FROM c WHERE c.city = r.city)', /NOT EXISTS/],
    ['SELECT id, (SELECT max(city) FROM c WHERE c.id = r.id LIMIT 1) AS x FROM r', /LIMIT in a subquery/],
    ['SELECT id FROM r JOIN c ON r.id IN (SELECT id FROM c)', /a subquery in this place/],
  ])('%s is not supported, and says what to do', (query, problem) => {
    const tables = { r: rides, c: createDataFrame([{ id: 1, city: 'FR' }]) }
    expect(() => session.sql(query, tables)).toThrow(UnsupportedError)
    expect(() => session.sql(query, tables)).toThrow(problem)
  })

  test.each([
    ['CREATE TEMPORARY VIEW v AS SELECT 1', /the statement CREATE.*createOrReplaceTempView/],
    ['INSERT INTO t VALUES (1)', /df\.write/],
    ['show tables', /listTables/],
  ])('%s is not supported, and says what to do', (statement, problem) => {
    expect(() => session.sql(statement)).toThrow(UnsupportedError)
    expect(() => session.sql(statement)).toThrow(problem)
  })

  test('time windows that do not fit are refused', () => {
    const times = createDataFrame([{ ts: new Date(0), s: 'x' }])
    const query = (window: string) => () => session.sql(`SELECT ${window} AS w FROM t`, { t: times })
    expect(query("window(ts, 'soon')")).toThrow(SchemaError)
    expect(query('window(ts, s)')).toThrow(/no literal text/)
    expect(query("window(ts, '1 hour').start + window(ts, '2 hours').start")).toThrow(/several time windows/)
    expect(() => times.filter("window(ts, '1 hour').start IS NULL")).toThrow(UnsupportedError)
  })
})
