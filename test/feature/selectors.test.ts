import { describe, expect, it } from 'vitest'
import { ParamError } from '../../src/errors.js'
import { ChiSqSelectorModel } from '../../src/feature/chi-sq-selector.js'
import { selectByPValues } from '../../src/feature/selected-features.js'
import {
  UnivariateFeatureSelector,
  UnivariateFeatureSelectorModel,
} from '../../src/feature/univariate-feature-selector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup, NumericAttribute } from '../../src/sql/attributes.js'
import { DoubleType, fieldOf, StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import { frameOf } from '../helpers/frame.js'

describe('selectByPValues', () => {
  const p = [0.04, 0.001, Number.NaN, 0.04, 0.2]

  it('chooses a number or a part by p value, equal ones by index, NaN last', () => {
    expect(selectByPValues(p, 'numTopFeatures', 3)).toEqual([1, 0, 3])
    expect(selectByPValues(p, 'numTopFeatures', 9)).toEqual([1, 0, 3, 4, 2])
    expect(selectByPValues(p, 'percentile', 0.5)).toEqual([1, 0])
    expect(selectByPValues(p, 'percentile', 0.1)).toEqual([])
  })

  it('chooses by a bound, in the order of the features', () => {
    expect(selectByPValues(p, 'fpr', 0.05)).toEqual([0, 1, 3])
    expect(selectByPValues(p, 'fwe', 0.05)).toEqual([1])
  })

  it('controls the false discovery rate', () => {
    // Bounds 0.01, 0.02, …: only the first p value is below its own. With 0.07 also the third is, and takes the second along.
    expect(selectByPValues(p, 'fdr', 0.05)).toEqual([1])
    expect(selectByPValues(p, 'fdr', 0.07)).toEqual([1, 0, 3])
    expect(selectByPValues(p, 'fdr', 0)).toEqual([])
  })
})

describe('selected features', () => {
  const group = new AttributeGroup(
    'x',
    ['a', 'b', 'c', 'd'].map((name) => NumericAttribute({ name })),
  )
  const schema = StructType([StructField('x', VectorUDT, true, group.toMetadata())])
  const model = new UnivariateFeatureSelectorModel({ selectedFeatures: [3, 1] }).set({
    featuresCol: 'x',
    outputCol: 's',
  })

  it('keep the order of the input, its attributes, and sparse rows', async () => {
    const data = frameOf(
      [
        { x: Vectors.dense(1, 2, 3, 4) },
        { x: Vectors.sparse(4, [0, 3], [5, 6]) },
        { x: Vectors.sparse(4, [1, 2], [0, 7]) },
        { x: Vectors.sparse(4, [], []) },
      ],
      schema,
    )
    const out = model.transform(data)
    expect((await out.collect()).map(({ s }) => String(s))).toEqual([
      '[2.0,4.0]',
      '(2,[1],[6.0])',
      '(2,[0],[0.0])',
      '(2,[],[])',
    ])
    expect(AttributeGroup.fromStructField(fieldOf(out.schema, 's')).names()).toEqual(['b', 'd'])
  })

  it('are refused where a vector does not have them', async () => {
    for (const x of [null, Vectors.dense(1, 2), Vectors.sparse(3, [0], [1])]) {
      const data = frameOf([{ x: Vectors.dense(1, 2, 3, 4) }, { x }], StructType([StructField('x', VectorUDT)]))
      await expect(model.transform(data).collect()).rejects.toMatchObject({ name: 'DataError', details: { row: 1 } })
    }
  })

  it('may be none', async () => {
    const none = new ChiSqSelectorModel({ selectedFeatures: [] }).set({ featuresCol: 'x', outputCol: 's' })
    const data = frameOf(
      [{ x: Vectors.dense(1, 2) }, { x: Vectors.sparse(2, [0], [1]) }],
      StructType([StructField('x', VectorUDT)]),
    )
    expect((await none.transform(data).collect()).map(({ s }) => String(s))).toEqual(['[]', '(0,[],[])'])
  })
})

describe('UnivariateFeatureSelector', () => {
  // Recorded from Spark 4.0.1 with a bound that all features pass; its order depends on their number and the partitions alone.
  it.each([
    [1, [4, 0, 1, 6, 3, 7, 5, 2]],
    [2, [4, 0, 6, 2, 1, 3, 7, 5]],
    [3, [0, 6, 3, 4, 1, 7, 5, 2]],
  ])('a bound chooses in the order of Spark, in %i partitions', async (partitions, expected) => {
    const schema = StructType([StructField('features', VectorUDT), StructField('label', DoubleType)])
    const rows = Array.from({ length: 60 }, (_, i) => ({
      features: Vectors.dense(Array.from({ length: 8 }, (_, j) => ((i + 1) ** 2 * (j + 1)) % 11)),
      label: ((i + 1) ** 3 % 7) % 3,
    }))
    const selector = new UnivariateFeatureSelector({ featureType: 'continuous', labelType: 'categorical' })
    const model = await selector
      .setSelectionMode('fpr')
      .setSelectionThreshold(1)
      .fit(frameOf(rows, schema, partitions))
    expect(model.selectedFeatures).toEqual(expected)
  })

  const types = { featureType: 'continuous', labelType: 'categorical' } as const
  const schema = StructType([StructField('features', VectorUDT), StructField('label', DoubleType)])

  it('needs types that have a test', () => {
    const refused = (params: object) =>
      expect(() => new UnivariateFeatureSelector(params).transformSchema(schema)).toThrow(ParamError)
    refused({})
    refused({ featureType: 'continuous' })
    refused({ featureType: 'categorical', labelType: 'continuous' })
  })

  it('needs a threshold that fits its mode', () => {
    const check = (params: object) => () =>
      new UnivariateFeatureSelector({ ...types, ...params }).transformSchema(schema)
    expect(check({ selectionThreshold: 0.5 })).toThrow(ParamError)
    expect(check({ selectionThreshold: 0 })).toThrow(ParamError)
    expect(check({ selectionThreshold: 2 })).not.toThrow()
    for (const selectionMode of ['percentile', 'fpr', 'fdr', 'fwe']) {
      expect(check({ selectionMode, selectionThreshold: 1.5 })).toThrow(ParamError)
      expect(check({ selectionMode, selectionThreshold: 1 })).not.toThrow()
    }
  })
})
