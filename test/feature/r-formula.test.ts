import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ParamError, SchemaError } from '../../src/errors.js'
import { parseFormula, resolveFormula } from '../../src/feature/formula.js'
import { RFormula } from '../../src/feature/r-formula.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup } from '../../src/sql/attributes.js'
import { parseSchema } from '../../src/sql/ddl.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

/** What pyspark 4.0.1 resolves formulas to, and whether there is an intercept; made by data/record_formulas.py. */
const recorded: Record<string, [text: string, hasIntercept: boolean] | null> = JSON.parse(
  readFileSync(new URL('data/formulas.json', import.meta.url), 'utf8'),
)
const schema = StructType([
  ...parseSchema('y DOUBLE, a DOUBLE, b STRING, c INT, d BOOLEAN').fields,
  StructField('v', VectorUDT),
  ...parseSchema('arr ARRAY<DOUBLE>, `x.1` DOUBLE, t TIMESTAMP').fields,
])

describe('a formula', () => {
  it.each(Object.entries(recorded))('%j is read as Spark reads it', (formula, expected) => {
    if (expected === null) expect(() => parseFormula(formula, 'f')).toThrow(ParamError)
    else {
      const parsed = parseFormula(formula, 'f')
      expect([String(resolveFormula(parsed, schema)), parsed.hasIntercept]).toEqual(expected)
    }
  })

  it('that cannot be read names the place', () => {
    expect(() => parseFormula('y ~ a + log(b)', 'f')).toThrow(/unexpected "\(b\)" at 11/)
    expect(() => parseFormula('y ~ a +', 'f')).toThrow(/unexpected its end/)
    expect(() => parseFormula('y ~ a & b', 'f')).toThrow(/unexpected "& b" at 6/)
  })

  it('of absurd size is refused, not computed', () => {
    expect(() => parseFormula('y ~ (a + b + c + d)^99', 'f')).toThrow(/more than 10000 terms/)
    expect(() => parseFormula('y ~ a^999999999', 'f')).toThrow(/more than 10000 terms/)
    expect(() => parseFormula(`y ~ ${'('.repeat(100_000)}`, 'f')).toThrow(ParamError)
  })
})

describe('RFormula', () => {
  const data = createDataFrame([
    { 'x.1': 1, city: 'FR', day: 'mon', v: Vectors.dense(1, 2), y: 1 },
    { 'x.1': 2, city: 'US', day: 'sun', v: Vectors.dense(3, 4), y: 0 },
    { 'x.1': 3, city: 'FR', day: 'sun', v: Vectors.sparse(2, [1], [5]), y: 1 },
  ])
  const fit = (formula: string, params: object = {}) => new RFormula({ formula, ...params }).fit(data)
  const namesOf = async (formula: string, params: object = {}) => {
    const out = (await fit(formula, params)).transform(data)
    return AttributeGroup.fromStructField(fieldOf(out.schema, 'features')).names()
  }

  // The names were compared with pyspark 4.0.1.
  it.each([
    ['y ~ x.1 + city', ['x.1', 'city_FR']],
    ['y ~ city + day', ['city_FR', 'day_sun']],
    ['y ~ city + day - 1', ['city_FR', 'city_US', 'day_sun']],
    ['y ~ v + x.1', ['v_0', 'v_1', 'x.1']],
    ['y ~ city:day', ['city_FR:day_sun', 'city_FR:day_mon', 'city_US:day_sun', 'city_US:day_mon']],
  ])('%s names its slots', async (formula, names) => {
    expect(await namesOf(formula)).toEqual(names)
  })

  it('puts features and label behind the columns, and nothing else', async () => {
    const out = (await fit('y ~ x.1 + city:day')).transform(data)
    expect(out.columns).toEqual([...data.columns, 'features', 'label'])
    const [first] = await out.collect()
    expect(String(first.features)).toBe('(5,[0,2],[1.0,1.0])')
    expect(first.label).toBe(1)
  })

  it('indexes a string label, and a number when told to', async () => {
    const string = (await fit('city ~ x.1')).transform(data)
    expect((await string.collect()).map(({ label }) => label)).toEqual([0, 1, 0])
    const forced = (await fit('y ~ x.1', { forceIndexLabel: true, labelCol: 'l' })).transform(data)
    expect((await forced.collect()).map(({ l }) => l)).toEqual([0, 1, 0])
  })

  it('keeps a numeric label column that is there, and makes none where the formula or the frame has none', async () => {
    const model = await new RFormula({ formula: 'y ~ x.1', labelCol: 'y' }).fit(data)
    expect(model.transform(data).columns).toEqual([...data.columns, 'features'])
    expect((await fit('~ x.1')).transform(data).columns).toEqual([...data.columns, 'features'])
    expect((await fit('y ~ x.1')).transform(data.drop('y')).columns).not.toContain('label')
  })

  it('refuses what does not fit before data are read', () => {
    const check = (params: object) => () => new RFormula(params).transformSchema(data.schema)
    expect(check({})).toThrow(ParamError)
    expect(check({ formula: 'y = x' })).toThrow(ParamError)
    expect(check({ formula: 'y ~ kilometre' })).toThrow(SchemaError)
    expect(check({ formula: 'y ~ x.1', featuresCol: 'v' })).toThrow(SchemaError)
    expect(check({ formula: 'y ~ x.1', labelCol: 'city' })).toThrow(SchemaError)
    expect(check({ formula: 'y ~ x.1', labelCol: 'y', forceIndexLabel: true })).toThrow(SchemaError)
    expect(check({ formula: 'v ~ x.1' })).toThrow(SchemaError)
    expect(check({ formula: 'z ~ x.1', forceIndexLabel: true })).toThrow(SchemaError)
  })

  it('tells its formula as Spark does', async () => {
    const stage = new RFormula({ formula: 'y ~ .' }, 'rf')
    expect(String(stage)).toBe('RFormula: uid=rf, formula = y ~ .')
    expect(String(await stage.fit(data))).toBe(
      'RFormulaModel: uid=rf, resolvedFormula=ResolvedRFormula(label=y, terms=[x.1,city,day,v], hasIntercept=true)',
    )
  })
})
