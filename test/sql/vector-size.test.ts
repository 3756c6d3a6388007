import { describe, expect, it } from 'vitest'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup } from '../../src/sql/attributes.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { col } from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'
import { StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import { knownVectorSize } from '../../src/sql/vector-size.js'

const schema = StructType([StructField('v', VectorUDT)])
const data = createDataFrame([{ v: null }, { v: Vectors.dense(1, 2, 3) }], schema)
const ids = createDataFrame([{ id: 1 }])
const size = (frame: DataFrame, column = 'v') => knownVectorSize(frame.plan, column)

describe('knownVectorSize', () => {
  it('is that of the first vector in memory', () => {
    expect(size(data)).toBe(3)
    expect(size(createDataFrame([], schema))).toBeUndefined()
    expect(size(createDataFrame([{ v: null }], schema))).toBeUndefined()
    expect(size(ids, 'id')).toBeUndefined()
  })

  it('passes through steps that keep the column', () => {
    const steps = data.select(col('V').alias('w')).orderBy('w').limit(1).sample(0.5, 1).coalesce(1).cache()
    expect(size(steps, 'w')).toBe(3)
    expect(size(data.filter('v IS NOT NULL').union(data))).toBe(3)
    expect(size(ids.crossJoin(data))).toBe(3)
    expect(size(data.crossJoin(ids))).toBe(3)
  })

  it('is what the metadata of a step that makes the column say', () => {
    const made = (field: StructField) =>
      data.withTransform({ name: 't', inputs: [], outputs: [field], filters: false, run: () => ({ columns: [] }) })
    expect(size(made(new AttributeGroup('v', 7).toStructField()))).toBe(7)
    expect(size(made(StructField('v', VectorUDT)))).toBeUndefined()
    expect(size(made(StructField('other', VectorUDT)))).toBe(3)
  })
})
