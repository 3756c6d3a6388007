import { describe, expect, it } from 'vitest'
import { readTensor } from '../../src/serving/protocols/tensors.js'
import {
  inputMetadata,
  outputMetadata,
  outputTensors,
  readInferRequest,
  rowsOf,
  type TensorField,
} from '../../src/serving/protocols/v2-messages.js'
import {
  ArrayType,
  BooleanType,
  DateType,
  DoubleType,
  IntegerType,
  LongType,
  StringType,
  VectorUDT,
} from '../../src/sql/types.js'
import { roundToHalf } from '../../src/util/round-to-half.js'

const tensor = (datatype: string, shape: number[], data: unknown, more: object = {}) =>
  readTensor({ name: 'x', datatype, shape, data, ...more }, 0)

const fields: readonly TensorField[] = [
  { name: 'city', type: StringType },
  { name: 'km', type: DoubleType },
  { name: 'hour', type: IntegerType },
  { name: 'rush', type: BooleanType },
  { name: 'words', type: ArrayType(StringType) },
  { name: 'features', type: VectorUDT, size: 2 },
]

describe('tensors', () => {
  it.each([
    ['flat', [1, 2, 3, 4, 5, 6]],
    ['nested', [[1, 2, 3], [4, 5, 6]]], // biome-ignore format: rows side by side
  ])('are read in row-major order: %s', (_, data) => {
    expect(tensor('FP64', [2, 3], data).data).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('may have three axes, and none of any size', () => {
    expect(tensor('INT8', [2, 1, 2], [[[1, 2]], [[3, 4]]]).data).toEqual([1, 2, 3, 4])
    expect(tensor('FP32', [0, 3], []).data).toEqual([])
  })

  // numpy: np.iinfo(type).min, .max
  it.each([
    ['INT8', -128, 127],
    ['INT16', -32768, 32767],
    ['INT32', -2147483648, 2147483647],
    ['UINT8', 0, 255],
    ['UINT16', 0, 65535],
    ['UINT32', 0, 4294967295],
    ['INT64', -9007199254740991, 9007199254740991],
    ['UINT64', 0, 9007199254740991],
  ])('of %s hold whole numbers from %d to %d', (datatype, least, most) => {
    expect(tensor(datatype, [2], [least, most]).data).toEqual([least, most])
    for (const value of [least - 1, most + 1, 0.5, '1', true]) {
      expect(() => tensor(datatype, [1], [value])).toThrow(
        new RegExp(`input "x" of datatype ${datatype} has the element .* at 0.*from ${least} to ${most}`),
      )
    }
  })

  it('of FP32 and FP16 are rounded to what these types hold, as numpy does', () => {
    // float(np.float32(x)), float(np.float16(x))
    expect(tensor('FP32', [2], [0.1, 1e300]).data).toEqual([0.10000000149011612, Number.POSITIVE_INFINITY])
    expect(tensor('FP16', [2], [0.1, 1e-8]).data).toEqual([0.0999755859375, 0])
    expect(tensor('FP64', [1], [0.1]).data).toEqual([0.1])
  })

  // float(np.float16(x)) of numpy 2.4
  it.each([
    [2049, 2048],
    [2051, 2052],
    [65519.99, 65504],
    [65520, Number.POSITIVE_INFINITY],
    [-65520, Number.NEGATIVE_INFINITY],
    [6e-8, 2 ** -24],
    [2.98e-8, 0],
    [-3e-8, -(2 ** -24)],
    [0.333333, 0.333251953125],
    [1.9997, 2],
  ])('rounds %d to half precision %d', (x, half) => {
    expect(roundToHalf(x)).toBe(half)
  })

  it('hold true and false, and texts, which may be base64', () => {
    expect(tensor('BOOL', [2], [true, false]).data).toEqual([true, false])
    expect(tensor('BYTES', [2], ['FR', null]).data).toEqual(['FR', null])
    const parameters = { content_type: 'base64' }
    expect(tensor('BYTES', [1], ['w6k='], { parameters }).data).toEqual(['é'])
    expect(() => tensor('BOOL', [1], [1])).toThrow('true and false')
    expect(() => tensor('BYTES', [1], [1])).toThrow('texts')
  })

  it.each([
    [{ shape: [1], datatype: 'FP64', data: [1] }, 'inputs[0] has the name undefined'],
    [7, 'inputs[0] is 7'],
    [{ name: 'x', shape: [1], datatype: 'FP46', data: [1] }, 'Did you mean "FP16"?'],
    [{ name: 'x', datatype: 'FP64', data: [1] }, 'has the shape undefined'],
    [{ name: 'x', shape: [], datatype: 'FP64', data: [1] }, 'has the shape []'],
    [{ name: 'x', shape: [-1], datatype: 'FP64', data: [1] }, 'has the shape [-1]'],
    [{ name: 'x', shape: [1.5], datatype: 'FP64', data: [1] }, 'has the shape [1.5]'],
    [{ name: 'x', shape: [1], datatype: 'FP64' }, 'binary_data=False'],
    [{ name: 'x', shape: [3, 2], datatype: 'FP64', data: [1, 2] }, 'its data has 2 elements, not 6'],
    [{ name: 'x', shape: [2, 2], datatype: 'FP64', data: [[1, 2]] }, 'its data has 1 lists'],
    [{ name: 'x', shape: [2, 2], datatype: 'FP64', data: [[1, 2], [3]] }, 'a list of 1 instead of 2'],
    [{ name: 'x', shape: [2, 2], datatype: 'FP64', data: [[1, 2], 3] }, '3 instead of a list of 2'],
    [{ name: 'x', shape: [2], datatype: 'FP64', data: [[1], [2]] }, 'has the element [1] at 0'],
  ])('refuse %j', (input, message) => {
    expect(() => readTensor(input, 0)).toThrow(message)
  })
})

describe('requests', () => {
  const input = { name: 'km', shape: [1], datatype: 'FP64', data: [1] }

  it('have an id, chosen outputs and a content type', () => {
    const request = readInferRequest({
      id: '42',
      parameters: { content_type: 'pd' },
      inputs: [input],
      outputs: [{ name: 'prediction', parameters: { binary_data: false } }],
    })
    expect(request).toMatchObject({ id: '42', outputs: ['prediction'], contentType: 'pd' })
    expect(readInferRequest({ inputs: [input], outputs: [] }).outputs).toBeUndefined()
  })

  it.each([
    [[], 'the request is []'],
    [{}, 'the inputs are undefined'],
    [{ inputs: [] }, 'the inputs are []'],
    [{ inputs: [input, input] }, 'input "km" is given twice'],
    [{ id: 42, inputs: [input] }, 'the id is 42'],
    [{ inputs: [input], outputs: 'prediction' }, 'the outputs are "prediction"'],
    [{ inputs: [input], outputs: [{}] }, 'outputs[0] is {}'],
  ])('%j is refused', (body, message) => {
    expect(() => readInferRequest(body)).toThrow(message)
  })

  const rows = (...inputs: object[]) => rowsOf(readInferRequest({ inputs }).tensors, fields)

  it('become rows, a column of each tensor', () => {
    const made = rows(
      { name: 'city', shape: [2, 1], datatype: 'BYTES', data: [['FR'], ['US']] },
      { name: 'km', shape: [2], datatype: 'FP32', data: [1.5, null] },
      { name: 'hour', shape: [2], datatype: 'INT64', data: [7, 8] },
      { name: 'rush', shape: [2], datatype: 'BOOL', data: [true, false] },
      { name: 'words', shape: [2, 1], datatype: 'BYTES', data: ['a', 'b'] },
      { name: 'features', shape: [2, 2], datatype: 'FP64', data: [1, 2, 3, 4] },
      { name: 'other', shape: [2, 2], datatype: 'INT8', data: [1, 2, 3, 4] },
    )
    expect(made).toEqual([
      { city: 'FR', km: 1.5, hour: 7, rush: true, words: ['a'], features: [1, 2], other: [1, 2] },
      { city: 'US', km: null, hour: 8, rush: false, words: ['b'], features: [3, 4], other: [3, 4] },
    ])
  })

  it.each([
    [{ name: 'city', shape: [1], datatype: 'FP64', data: [1] }, 'The model reads string, which is BYTES'],
    [{ name: 'km', shape: [1], datatype: 'BYTES', data: ['1'] }, 'The model reads double, which is FP64'],
    [{ name: 'km', shape: [1], datatype: 'BOOL', data: [true] }, 'The model reads double'],
    [{ name: 'rush', shape: [1], datatype: 'INT8', data: [1] }, 'The model reads boolean'],
    [{ name: 'km', shape: [1, 2], datatype: 'FP64', data: [1, 2] }, 'The column is of type double: [1]'],
    [{ name: 'km', shape: [1, 1, 1], datatype: 'FP64', data: [1] }, 'Allowed: [rows], or [rows, slots]'],
    [{ name: 'features', shape: [2], datatype: 'FP64', data: [1, 2] }, 'The column holds lists: [rows, slots]'],
    [{ name: 'features', shape: [1, 3], datatype: 'FP64', data: [1, 2, 3] }, 'The vectors of the model have 2 slots'],
  ])('%j does not fit its column', (given, message) => {
    expect(() => rows(given)).toThrow(message)
    expect(() => rows(given)).toThrow(`input "${given.name}" has the `)
  })

  it('have as many rows in each tensor', () => {
    const short = { name: 'hour', shape: [2], datatype: 'INT8', data: [1, 2] }
    expect(() => rows(input, short)).toThrow('input "hour" has 2 rows. Input "km" has 1.')
  })
})

describe('answers', () => {
  const outputs: readonly TensorField[] = [
    { name: 'prediction', type: DoubleType },
    { name: 'probability', type: VectorUDT, size: 2 },
    { name: 'label', type: StringType },
    { name: 'count', type: LongType },
    { name: 'day', type: DateType },
    { name: 'words', type: ArrayType(StringType) },
  ]
  const scored = [
    { prediction: 1.5, probability: [0.25, 0.75], label: 'FR', count: 3n, day: new Date(0), words: ['a', 'b'] },
    null,
  ]

  it('are a tensor for each output; a row that is dropped is null', () => {
    expect(outputTensors(scored, outputs, undefined)).toEqual([
      { name: 'prediction', shape: [2], datatype: 'FP64', data: [1.5, null] },
      { name: 'probability', shape: [2, 2], datatype: 'FP64', data: [0.25, 0.75, null, null] },
      { name: 'label', shape: [2], datatype: 'BYTES', data: ['FR', null] },
      { name: 'count', shape: [2], datatype: 'INT64', data: [3, null] },
      { name: 'day', shape: [2], datatype: 'BYTES', data: ['1970-01-01', null] },
      { name: 'words', shape: [2], datatype: 'BYTES', data: ['["a","b"]', null] },
    ])
  })

  it('hold the chosen outputs in the order of the request', () => {
    const names = outputTensors(scored, outputs, ['label', 'prediction']).map(({ name }) => name)
    expect(names).toEqual(['label', 'prediction'])
    expect(() => outputTensors(scored, outputs, ['predictions'])).toThrow('Did you mean "prediction"?')
  })

  it('refuse vectors of different sizes', () => {
    const rows = [{ probability: [1] }, { probability: [1, 2] }]
    expect(() => outputTensors(rows, outputs, ['probability'])).toThrow('have 1 and 2 slots')
  })
})

it('metadata tells datatypes and shapes', () => {
  expect(fields.map(inputMetadata)).toEqual([
    { name: 'city', datatype: 'BYTES', shape: [-1] },
    { name: 'km', datatype: 'FP64', shape: [-1] },
    { name: 'hour', datatype: 'INT32', shape: [-1] },
    { name: 'rush', datatype: 'BOOL', shape: [-1] },
    { name: 'words', datatype: 'BYTES', shape: [-1, -1] },
    { name: 'features', datatype: 'FP64', shape: [-1, 2] },
  ])
  expect(outputMetadata({ name: 'words', type: ArrayType(DoubleType) })).toEqual({
    name: 'words',
    datatype: 'BYTES',
    shape: [-1],
  })
})
