import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { SparseVector, type Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup, NumericAttribute } from '../../src/sql/attributes.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

const sized = (name: string, size: number) =>
  StructField(name, VectorUDT, true, new AttributeGroup(name, size).toMetadata())

describe('VectorAssembler', () => {
  it('agrees with putting arrays side by side, in the form that needs less memory', async () => {
    const value = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.double({ noNaN: true }))
    const vector = fc
      .tuple(fc.array(value, { minLength: 4, maxLength: 4 }), fc.boolean())
      .map(([values, dense]): Vector => (dense ? Vectors.dense(values) : Vectors.dense(values).toSparse()))
    const row = fc.record({ a: value, v: vector, b: fc.boolean(), w: vector })
    const { fields } = createDataFrame([], 'a DOUBLE, b BOOLEAN').schema
    const schema = StructType([...fields, StructField('v', VectorUDT), StructField('w', VectorUDT)])
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
        const data = createDataFrame(rows, schema)
        const out = await new VectorAssembler({ inputCols: ['a', 'v', 'b', 'w'], outputCol: 'o' })
          .transform(data)
          .collect()
        rows.forEach(({ a, v, b, w }, i) => {
          const expected = [a, ...v.toArray(), Number(b), ...w.toArray()].map((x) => x + 0)
          const got = out[i].o as Vector
          const nonZeros = expected.filter((x) => x !== 0).length
          expect([...got.toArray()]).toEqual(expected)
          expect(got instanceof SparseVector).toBe(1.5 * (nonZeros + 1) < expected.length)
        })
      }),
    )
  })

  it('composes the names of the slots', () => {
    const group = new AttributeGroup('v', [NumericAttribute({ name: 'age' }), NumericAttribute()])
    const schema = StructType([
      StructField('v', VectorUDT, true, group.toMetadata()),
      sized('w', 2),
      ...createDataFrame([], 'x DOUBLE, n INT').schema.fields,
    ])
    const { fields } = new VectorAssembler({ inputCols: ['v', 'w', 'x', 'n'], outputCol: 'o' }).transformSchema(schema)
    expect(AttributeGroup.fromStructField(fields[4]).names()).toEqual(['v_age', 'v_1', 'w_0', 'w_1', 'x', 'n'])
  })

  it('takes the length of vectors from data in memory, through the steps before', () => {
    const data = createDataFrame([{ v: Vectors.dense(1, 2), x: 1 }])
    const step = data.withColumnRenamed('v', 'u').filter('x > 0').repartition(3)
    const out = new VectorAssembler({ inputCols: ['u', 'x'], outputCol: 'o' }).transform(step)
    expect(AttributeGroup.fromStructField(fieldOf(out.schema, 'o')).names()).toEqual(['u_0', 'u_1', 'x'])
  })

  it('says nothing about slots that it does not know', () => {
    const schema = StructType([StructField('v', VectorUDT)])
    const [, output] = new VectorAssembler({ inputCols: ['v'], outputCol: 'o' }).transformSchema(schema).fields
    expect(output).toEqual(StructField('o', VectorUDT))
  })

  it('refuses null and NaN, naming column and row', async () => {
    const assembler = new VectorAssembler({ inputCols: ['x', 'n'], outputCol: 'o' })
    const frame = (x: number | null, n: number | null) =>
      createDataFrame(
        [
          { x: 1, n: 1 },
          { x, n },
        ],
        'x DOUBLE, n INT',
      )
    const collect = (x: number | null, n: number | null) => assembler.transform(frame(x, n)).collect()
    await expect(collect(Number.NaN, 1)).rejects.toMatchObject({ details: { column: 'x', row: 1, received: 'NaN' } })
    await expect(collect(null, 1)).rejects.toMatchObject({ details: { column: 'x', row: 1, received: 'null' } })
    await expect(collect(1, null)).rejects.toMatchObject({ details: { column: 'n', row: 1, received: 'null' } })
  })

  it('refuses vectors of another length', async () => {
    const assembler = new VectorAssembler({ inputCols: ['v'], outputCol: 'o' })
    const mixed = createDataFrame(
      [{ v: Vectors.dense(1, 2) }, { v: Vectors.dense(1) }],
      StructType([StructField('v', VectorUDT)]),
    )
    await expect(assembler.transform(mixed).collect()).rejects.toThrow(
      'column "v" holds a vector of length 1 (row 1). Allowed: vectors of length 2.',
    )
    const other = createDataFrame([{ v: Vectors.dense(1) }], StructType([sized('v', 2)]))
    await expect(assembler.transform(other).collect()).rejects.toThrow('Allowed: vectors of length 2')
  })

  it('keeps a row of nulls only, and needs the length for that', async () => {
    const keep = new VectorAssembler({ inputCols: ['v'], outputCol: 'o', handleInvalid: 'keep' })
    const nulls = createDataFrame([{ v: null }], StructType([sized('v', 2)]))
    expect(String((await keep.transform(nulls).collect())[0].o)).toBe('[NaN,NaN]')
    const unknown = createDataFrame([{ v: Vectors.dense(1) }])
    expect(() => keep.transform(unknown)).toThrow('do not tell the length')
    expect(keep.transformSchema(unknown.schema).fields).toHaveLength(2)
  })

  it('assembles no columns, no rows and vectors of no entries', async () => {
    const row = createDataFrame([{ x: 1, v: Vectors.dense([]) }])
    const none = new VectorAssembler({ inputCols: [], outputCol: 'o' })
    expect(String((await none.transform(row).collect())[0].o)).toBe('[]')
    const both = new VectorAssembler({ inputCols: ['v', 'x', 'v'], outputCol: 'o' })
    expect(String((await both.transform(row).collect())[0].o)).toBe('[1.0]')
    expect(await both.transform(row.limit(0)).collect()).toEqual([])
  })

  it('refuses text and dates', () => {
    const data = createDataFrame([{ s: 'x', d: new Date(0) }])
    for (const name of ['s', 'd']) {
      expect(() => new VectorAssembler({ inputCols: [name], outputCol: 'o' }).transform(data)).toThrow(
        'Allowed: a numeric type, boolean or vector',
      )
    }
  })

  it('has the text of Spark', () => {
    const assembler = new VectorAssembler({ inputCols: ['x', 'y'], outputCol: 'o' })
    expect(String(assembler)).toBe(`VectorAssembler: uid=${assembler.uid}, handleInvalid=error, numInputCols=2`)
  })
})
