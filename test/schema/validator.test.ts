import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { createDataFrame, ParamError, Vectors } from 'ridgeline'
import { ModelSchema, type Policies } from 'ridgeline/schema'

import { describe, expect, it } from 'vitest'
import { ridesModel } from './rides.js'

const row = { city: 'FR', km: 7.5, hour: 8 }

/** A schema of a label, numbers of each type, a boolean and a vector, with ranges. */
const types = createDataFrame(
  [],
  'k STRING, d DOUBLE, f FLOAT, b TINYINT, s SMALLINT, i INT, l BIGINT, t BOOLEAN',
).schema
const made = new ModelSchema(
  'model',
  [
    ...types.fields.map(({ name, dataType }) => ({
      name,
      type: dataType,
      nullable: true,
      ...(name === 'k' ? { categories: ['a', 'b'] } : {}),
      ...(name === 'd' || name === 'i' ? { range: { min: -2, max: 5 } } : {}),
    })),
    { name: 'v', type: { kind: 'vector' }, nullable: true, size: 2 },
  ],
  [],
)
const good = { k: 'a', d: 1.5, f: 2.5, b: 3, s: 4, i: 5, l: 6, t: true, v: [1, 2] }

describe('a validator', () => {
  it('passes a row on as the same object', async () => {
    const validator = (await ridesModel()).modelSchema().validator()
    const result = validator.validate(row)
    expect(result).toEqual({ value: row })
    expect('value' in result && result.value).toBe(row)
  })

  it.each([
    [{ km: 7.5, hour: 8 }, 'missing', 'city', 'column "city" is missing'],
    [{ city: 'FR', km: '7.5', hour: 8 }, 'wrongType', 'km', 'column "km" is "7.5", expected double'],
    [{ city: 'FR', km: 7.5, hour: 8.5 }, 'wrongType', 'hour', 'column "hour" is 8.5, expected integer'],
    [{ city: 'FR', km: 7.5, Hour: 8 }, 'missing', 'hour', 'column "hour" is missing. Did you mean "Hour"?'],
  ])('refuses %j by default', async (given, code, column, message) => {
    const validator = (await ridesModel()).modelSchema().validator()
    expect(validator.validate(given)).toEqual({ issues: [{ code, path: [column], message }] })
    expect(validator.counters[code as 'missing'][column]).toBe(1)
    expect([validator.counters.rows, validator.counters.refused]).toEqual([1, 1])
  })

  it.each([3, null, undefined, 'row', [1, 2]])('refuses %j, which is no row', (given) => {
    expect(made.validator().validate(given).issues?.[0]).toMatchObject({ code: 'wrongType', path: [] })
  })

  it('leaves to the model what its stages decide, and counts it', async () => {
    const validator = (await ridesModel()).modelSchema().validator()
    const odd = { city: 'ZZ', km: Number.NaN, hour: null, more: 1 }
    expect(validator.validate(odd)).toEqual({ value: odd })
    const { unseen, nan, null: nulls, extra } = validator.counters
    expect([unseen.city, nan.km, nulls.hour, extra]).toEqual([1, 1, 1, 1])
  })

  it('tells all that is wrong with a row', () => {
    const strict = made.validator({ null: 'error', nan: 'error', unseen: 'error', outOfRange: 'error', extra: 'error' })
    const wrong = { ...good, k: 'c', d: Number.NaN, i: 6, b: 128, l: null, v: [1, Number.NaN], x: 1 }
    expect(strict.validate(wrong).issues?.map(({ code, path }) => [path?.[0], code])).toEqual([
      ['k', 'unseen'],
      ['d', 'nan'],
      ['b', 'wrongType'],
      ['i', 'outOfRange'],
      ['l', 'null'],
      ['v', 'nan'],
      ['x', 'extra'],
    ])
    expect(strict.validate({ ...good, l: 5n, v: Vectors.sparse(2, [0], [1]) })).toHaveProperty('value')
    expect(strict.validate({ ...good, v: [1, 2, 3] }).issues).toHaveLength(1)
  })

  it('imputes what is given, the first label, and the nearest end of a range', () => {
    const validator = made.validator({
      columns: {
        k: { unseen: 'impute', null: 'impute' },
        d: { outOfRange: 'impute', nan: 'impute' },
        i: { outOfRange: 'impute' },
      },
      impute: { d: 2 },
      missing: 'keep',
    })
    const given = { ...good, k: 'c', d: Number.NaN, i: -9, t: undefined }
    expect(validator.validate(given)).toEqual({ value: { ...good, k: 'a', d: 2, i: -2, t: null } })
    expect(given.i).toBe(-9)
    expect(validator.validate({ ...good, d: 7 })).toEqual({ value: { ...good, d: 2 } })
  })

  it('sees floats as their column holds them', () => {
    const range = { min: Math.fround(0.1), max: 1 }
    const floats = new ModelSchema('model', [{ name: 'f', type: { kind: 'float' }, nullable: true, range }], [])
    expect(floats.validator({ outOfRange: 'error' }).validate({ f: 0.1 })).toHaveProperty('value')
  })

  it('drops what the model does not read', () => {
    expect(made.validator({ extra: 'drop' }).validate({ ...good, x: 1 })).toEqual({ value: good })
  })

  it.each([
    [{ nulls: 'keep' }, 'policies has no "nulls"'],
    [{ null: 'drop' }, 'the policy "null" is "drop"'],
    [{ extra: 'impute' }, 'the policy "extra" is "impute"'],
    [{ columns: { kn: { null: 'keep' } } }, 'Did you mean'],
    [{ columns: { d: { null: 'no' } } }, 'the policy "columns.d.null" is "no"'],
    [{ impute: { d: 'x' } }, 'the policy "impute.d" is "x"'],
    [{ impute: { d: undefined } }, 'the policy "impute.d" is undefined'],
    [{ null: 'impute' }, 'there is no value to impute column "d" with (null)'],
  ])('refuses the policies %j', (policies, message) => {
    expect(() => made.validator(policies as Policies)).toThrow(ParamError)
    expect(() => made.validator(policies as Policies)).toThrow(message)
  })

  it('is a Standard Schema', async () => {
    const { '~standard': standard } = made.validator()
    expect([standard.version, standard.vendor]).toEqual([1, 'ridgeline'])
    expect(await standard.validate(good)).toEqual({ value: good })
    expect(standard.jsonSchema.input({ target: 'draft-07' }).$schema).toBe('http://json-schema.org/draft-07/schema#')
    expect(() => standard.jsonSchema.input({ target: 'draft-04' })).toThrow(ParamError)
  })
})

const choice = fc.constantFrom('error' as const, 'keep' as const)
const policies = fc.record({ missing: choice, null: choice, unseen: choice, outOfRange: choice, extra: choice })
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(1, 2, 'a', true, [1, 2]) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(null, undefined, 'c', 6, -3, 2.5, 1e10, 2 ** 53, [1], [1, null], ['a', 'b'], {}),
  },
)
const odd = fc.record(Object.fromEntries([...Object.keys(good), 'x'].map((name) => [name, value])))

describe('JSON Schema', () => {
  it('is what a validator with the same policies takes', () => {
    const ajv = new Ajv2020({ strict: true })
    fc.assert(
      fc.property(policies, odd, fc.subarray(Object.keys(good)), (chosen, wrong, names) => {
        // Most columns are as they should be, so that a row is refused for one reason at a time.
        const given: Record<string, unknown> = {
          ...good,
          ...Object.fromEntries(names.map((name) => [name, wrong[name]])),
        }
        if (wrong.x !== undefined) given.x = wrong.x
        const json = JSON.parse(JSON.stringify(given))
        const taken = ajv.validate(made.toJSONSchema('inputs', chosen), json)
        expect([json, taken]).toEqual([json, made.validator(chosen).validate(json).issues === undefined])
      }),
      {
        numRuns: 150,
        examples: [
          [{ missing: 'error', null: 'error', unseen: 'error', outOfRange: 'error', extra: 'error' }, good, []],
        ] as never,
      },
    )
  })

  it('makes components of OpenAPI, under names that are told', () => {
    const policies: Policies = { unseen: 'error', outOfRange: 'error', extra: 'error' }
    const { schemas } = made.toOpenAPI({ input: 'Ride', output: 'Price' }, policies).components
    expect(Object.keys(schemas)).toEqual(['Ride', 'Price'])
    // A schema of OpenAPI 3.1 is one of JSON Schema 2020-12.
    const ajv = new Ajv2020({ strict: true })
    for (const schema of Object.values(schemas)) expect(ajv.validateSchema(schema)).toBe(true)
    expect(ajv.validate(schemas.Ride, good)).toBe(true)
    expect(ajv.validate(schemas.Ride, { ...good, k: 'c' })).toBe(false)
    expect(() => made.toOpenAPI({ input: 'a ride' })).toThrow(ParamError)
    expect(() => made.toOpenAPI({ input: 'Ride', output: 'Ride' })).toThrow(ParamError)
  })

  it('of the outputs takes what the scorer gives', async () => {
    const model = await ridesModel('keep', true)
    const ajv = new Ajv2020({ strict: true })
    const validate = ajv.compile(model.modelSchema().toJSONSchema('outputs'))
    expect(validate(model.scorer()(row))).toBe(true)
    expect(validate({ prediction: 1 })).toBe(false)
  })
})
