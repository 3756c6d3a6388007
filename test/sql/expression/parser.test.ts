import { describe, expect, it } from 'vitest'
import type { Expression } from '../../../src/sql/expression/nodes.js'
import { parseColumnName, parseExpression } from '../../../src/sql/expression/parser.js'
import { parseQuery } from '../../../src/sql/expression/query.js'
import { outputName, title } from '../../../src/sql/expression/title.js'
import { DoubleType, IntegerType, LongType } from '../../../src/sql/types.js'

describe('parseExpression', () => {
  // Spark's precedence, from its grammar: OR, AND, NOT, predicates, comparison, |, ^, &, sums, products, signs.
  it.each([
    ['a or b and c', '(a OR (b AND c))'],
    ['not a = b and c', '((NOT (a = b)) AND c)'],
    ['a + b * c - d', '((a + (b * c)) - d)'],
    ['-a * b', '((- a) * b)'],
    ['a | b ^ c & d', '(a | (b ^ (c & d)))'],
    ['a between 1 and 2 and b', '(between(a, 1, 2) AND b)'],
    ['a + 1 in (1, 2) or b', '(((a + 1) IN (1, 2)) OR b)'],
    ['a not in (1)', '(NOT (a IN (1)))'],
    ['a not like b or not c', '((NOT a LIKE b) OR (NOT c))'],
    ['a = b is not null', '((a = b) IS NOT NULL)'],
    ['a[0].b::int + 1', '(CAST(a[0].b AS INT) + 1)'],
    ['upper(cast(a as array<map<string, int>>))', 'upper(a)'],
    ['cast(a as decimal(10, 2)) + 1', '(CAST(a AS DECIMAL(10,2)) + 1)'],
    ['count(*) + count(distinct a, b)', '(count(1) + count(DISTINCT a, b))'],
    ['a -- comment\n + /* another */ b', '(a + b)'],
    ["'a\\n\\'\\u0041\\%'", "a\n'A\\%"],
    ['`a b`.`c``d`', 'a b.c`d'],
    ['transform(a, x -> x + b)', 'transform(a, lambdafunction((namedlambdavariable() + b), namedlambdavariable()))'],
    ['f((x), y)', 'f(x, y)'],
    ['a + interval 1 day 2 hours', "a + INTERVAL '1 02' DAY TO HOUR"],
    ["a - interval '1-6' year to month", "a - INTERVAL '1-6' YEAR TO MONTH"],
    ["a + interval '2 weeks'", "a + INTERVAL '14' DAY"],
    ['a + interval -1.5 seconds', "a + INTERVAL '-01.5' SECOND"],
    ['count(a) filter (where b > 1)', 'count(a) FILTER (WHERE (b > 1))'],
    [
      'sum(a) over (partition by b, c order by d desc)',
      'sum(a) OVER (PARTITION BY b, c ORDER BY d DESC NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)',
    ],
    ['sum(a) over ()', 'sum(a) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)'],
    [
      'sum(a) over (order by b rows 2 preceding)',
      'sum(a) OVER (ORDER BY b ASC NULLS FIRST ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)',
    ],
    ["trim(leading 'x' from a)", 'TRIM(LEADING x FROM a)'],
    ['extract(year from a)', 'extract(year FROM a)'],
  ])('%s', (text, expected) => {
    expect(title(parseExpression(text))).toBe(expected)
  })

  it.each([
    ['1', 1, IntegerType],
    ['-2147483648', -2147483648, IntegerType],
    ['2147483648', 2147483648n, LongType],
    ['1L', 1n, LongType],
    ['1.5', 1.5, DoubleType],
    ['1e3', 1000, DoubleType],
    ['.5D', 0.5, DoubleType],
    ['9223372036854775808', 2 ** 63, DoubleType],
  ])('the literal %s', (text, value, dataType) => {
    expect(parseExpression(text)).toEqual({ kind: 'literal', value, dataType })
  })

  it('reads aliases with and without AS', () => {
    expect(parseExpression('a + 1 AS `b c`')).toMatchObject({ kind: 'alias', name: 'b c' })
    expect(parseExpression('a b')).toMatchObject({ kind: 'alias', name: 'b' })
  })

  it('points at the place of an error', () => {
    expect(() => parseExpression('price +\n  (distance * )')).toThrowErrorMatchingInlineSnapshot(`
      [ParseError: expected an expression before ")" (line 2, position 15). 
        (distance * )
                    ^
      Write expressions as in Spark SQL.]
    `)
    expect(() => parseExpression("name = 'Ada")).toThrowErrorMatchingInlineSnapshot(`
      [ParseError: no end of "'" (line 1, position 8). 
      name = 'Ada
             ^
      Write expressions as in Spark SQL.]
    `)
    expect(() => parseExpression('cast(a as number)')).toThrowErrorMatchingInlineSnapshot(`
      [ParseError: expected a data type (line 1, position 11). 
      cast(a as number)
                ^
      "number" is not a type or schema: a type expected at position 0, found "number". Write types as in Spark SQL, for example 'id BIGINT, tags ARRAY<STRING>'.]
    `)
  })

  it.each([
    '',
    'a +',
    'a b c',
    '(a',
    'a)',
    'case end',
    'case when a then b',
    '1Y2',
    '300Y',
    'a is b',
    'a..b',
    "date 'x'",
    '()',
    '$a',
    'a + interval 1',
    'a + interval 1 fortnight',
    'a + interval 1 month 1 day',
    'sum(a) over (rows between 1)',
    'sum(a) over (rows b preceding)',
  ])('refuses %j', (text) => {
    expect(() => parseExpression(text)).toThrow(expect.objectContaining({ code: 'PARSE' }))
  })

  it.each([
    ['a in (select b from c)', 'a subquery'],
    ['listagg(a) within group (order by a)', 'WITHIN GROUP'],
    ['f(x => 1)', 'a named argument'],
    ['exists (select 1)', 'EXISTS'],
  ])('names the unsupported construct of %s', (text, construct) => {
    expect(() => parseExpression(text)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
    expect(() => parseExpression(text)).toThrow(construct)
  })
})

describe('parseColumnName', () => {
  it.each([
    ['price', { kind: 'attribute', name: 'price' }],
    ['unit price', { kind: 'attribute', name: 'unit price' }],
    ['`a.b`', { kind: 'attribute', name: 'a.b' }],
  ])('%s', (name, expected) => expect(parseColumnName(name)).toEqual(expected))

  it('reads fields', () => expect(title(parseColumnName('a.`b.c`.d'))).toBe('a.b.c.d'))

  it.each(['', 'a..b', '.a', '`a', 'a.'])('refuses %j', (name) => {
    expect(() => parseColumnName(name)).toThrow(expect.objectContaining({ code: 'PARSE' }))
  })
})

describe('parseQuery', () => {
  const titles = (expressions: readonly Expression[]) => expressions.map(outputName)

  it('reads every clause', () => {
    const query = parseQuery(
      'SELECT DISTINCT *, t.a + 1 AS b, cast(a as int), a IS DISTINCT FROM b FROM __THIS__ AS t WHERE t.a > 0 ' +
        'GROUP BY a, 2 HAVING count(*) > 1 ORDER BY b DESC, 2 ASC NULLS LAST LIMIT 5 OFFSET 2;',
    )
    const select = query.body
    if (select.kind !== 'select') throw new Error('no select')
    expect(select.distinct).toBe(true)
    expect(select.from).toEqual({ kind: 'table', name: '__THIS__', alias: 't' })
    expect(titles(select.items)).toEqual(['*', 'b', 'a', '(NOT (a <=> b))'])
    expect(title(select.where!)).toBe('(t.a > 0)')
    expect(titles(select.groupBy)).toEqual(['a', '(t.a + 1)'])
    expect(title(select.having!)).toBe('(count(1) > 1)')
    expect(query.orderBy.map(title)).toEqual(['b DESC NULLS LAST', '(t.a + 1) ASC NULLS LAST'])
    expect([query.limit, query.offset]).toEqual([5, 2])
  })

  it('reads joins, subqueries and sets of rows', () => {
    const { named, body } = parseQuery(
      'WITH x AS (SELECT 1 AS a) SELECT * FROM x LEFT ANTI JOIN (SELECT 2 AS a) y USING (a), z UNION ALL (SELECT 3 INTERSECT SELECT 4 LIMIT 1)',
    )
    expect(named.map(({ name }) => name)).toEqual(['x'])
    expect(body).toMatchObject({ kind: 'set', operation: 'union', all: true })
    if (body.kind !== 'set' || body.left.body.kind !== 'select') throw new Error('no select')
    expect(body.left.body.from).toMatchObject({
      how: 'cross',
      left: { how: 'leftanti', using: ['a'], right: { kind: 'subquery', alias: 'y' } },
      right: { kind: 'table', name: 'z' },
    })
    expect(body.right).toMatchObject({ limit: 1, body: { kind: 'set', operation: 'intersect', all: false } })
  })

  it.each([
    ['SELECT a FROM explode(array(1))', 'the table function explode'],
    ['SELECT a FROM t, LATERAL (SELECT 1)', 'LATERAL'],
    ['SELECT a FROM c.t', 'a table of a catalog'],
    ['SELECT a FROM t SORT BY a', 'SORT'],
    ['SELECT a FROM t TABLESAMPLE (10 ROWS)', 'TABLESAMPLE'],
    ['SELECT * FROM t PIVOT (sum(a) FOR (b, c) IN ((1, 2)))', 'PIVOT for several columns'],
  ])('%s is not supported', (text, construct) => {
    const details = expect.objectContaining({ hint: expect.any(String) })
    expect(() => parseQuery(text)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', details }))
    expect(() => parseQuery(text)).toThrow(construct)
  })

  it.each([
    'SELECT FROM t',
    'a FROM t',
    'SELECT a FROM t LIMIT x',
    'SELECT a FROM t ORDER BY 3',
    'SELECT a FROM t NATURAL u',
    'SELECT a FROM (SELECT 1',
    'SELECT a FROM t GROUP BY a GROUPING SETS ((b))',
    'SELECT * FROM t PIVOT (sum(a) FOR b IN (c))',
    'SELECT * FROM t LATERAL VIEW a',
    'SELECT a FROM t WHERE a IN (SELECT b FROM u',
    'VALUES',
  ])('%s is refused', (text) => {
    expect(() => parseQuery(text)).toThrow(expect.objectContaining({ code: 'PARSE' }))
  })
})
