import { DataError, SchemaError } from '../../errors.js'
import { type DataType, isVector, simpleString } from '../../sql/types.js'
import { knownNames, shortText } from '../../util/names.js'
import { type Datatype, isObject, readTensor, type Tensor } from './tensors.js'

/** A column of a model, as the protocol must know it. */
export interface TensorField {
  readonly name: string
  readonly type: DataType
  /** Slots of a column of vectors, where that is known. */
  readonly size?: number
}

/** A row of a request, and of an answer: values by column. */
export type TensorRow = Readonly<Record<string, unknown>>

/** A request for inference whose tensors have been read. */
export interface InferRequest {
  readonly id: string | undefined
  readonly tensors: readonly Tensor[]
  /** Names of the outputs that are wanted; undefined for all. */
  readonly outputs: readonly string[] | undefined
  /** Content type of the request, `pd` of frames among them, which the answer repeats. */
  readonly contentType: string | undefined
}

/** An answer of the protocol to a request for inference. */
export interface InferResponse {
  readonly model_name: string
  readonly model_version: string
  readonly id: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly outputs: readonly Tensor[]
}

const DATATYPES: Partial<Record<DataType['kind'], Datatype>> = {
  double: 'FP64',
  float: 'FP32',
  byte: 'INT8',
  short: 'INT16',
  integer: 'INT32',
  long: 'INT64',
  boolean: 'BOOL',
  decimal: 'FP64',
  vector: 'FP64',
}

/** What holds a value of a column: what is no number and no truth value is text. */
const datatypeOf = ({ kind }: DataType): Datatype => DATATYPES[kind] ?? 'BYTES'

const isList = (type: DataType): boolean => isVector(type) || type.kind === 'array'

/** Whether elements of a datatype can be values of a column. */
function fits(datatype: Datatype, type: DataType): boolean {
  const element = type.kind === 'array' ? type.elementType : type
  const wanted = datatypeOf(element)
  if (wanted === 'BYTES' || wanted === 'BOOL') return datatype === wanted
  return datatype !== 'BYTES' && datatype !== 'BOOL'
}

const refuse = (problem: string, allowed: string): never => {
  throw new SchemaError(problem, { allowed })
}

/**
 * Reads the body of a request for inference.
 * @throws SchemaError, DataError that name the part that is wrong.
 */
export function readInferRequest(body: unknown): InferRequest {
  if (!isObject(body)) return refuse(`the request is ${shortText(body)}`, 'Allowed: an object with inputs')
  const { id, inputs, outputs, parameters } = body
  if (id !== undefined && typeof id !== 'string') refuse(`the id is ${shortText(id)}`, 'Allowed: a text')
  if (!Array.isArray(inputs) || inputs.length === 0) {
    return refuse(`the inputs are ${shortText(inputs)}`, 'Allowed: a list of at least one tensor')
  }
  const tensors = inputs.map(readTensor)
  const names = tensors.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuse(`input "${twice}" is given twice`, 'Allowed: one tensor of each name')
  const contentType = isObject(parameters) ? parameters.content_type : undefined
  return {
    id: id as string | undefined,
    tensors,
    outputs: outputs === undefined ? undefined : outputNames(outputs),
    contentType: typeof contentType === 'string' ? contentType : undefined,
  }
}

function outputNames(outputs: unknown): readonly string[] | undefined {
  if (!Array.isArray(outputs)) return refuse(`the outputs are ${shortText(outputs)}`, 'Allowed: a list of { name }')
  const names = outputs.map((output, i) =>
    isObject(output) && typeof output.name === 'string'
      ? output.name
      : refuse(`outputs[${i}] is ${shortText(output)}`, 'Allowed: an object with a name'),
  )
  return names.length === 0 ? undefined : names
}

/** Values of a column, one for each row. @throws SchemaError when the tensor does not fit the column. */
function columnOf(tensor: Tensor, field: TensorField | undefined): readonly unknown[] {
  const { name, shape, datatype, data } = tensor
  const wrong = (problem: string, allowed: string): never => {
    throw new SchemaError(`input "${name}" ${problem}`, { column: name, allowed })
  }
  if (field && !fits(datatype, field.type)) {
    const type = simpleString(field.type)
    wrong(`has the datatype ${datatype}`, `The model reads ${type}, which is ${datatypeOf(field.type)} or alike`)
  }
  const [rows, width = 1] = shape
  const text = `[${shape.join(', ')}]`
  if (shape.length > 2) return wrong(`has the shape ${text}`, 'Allowed: [rows], or [rows, slots] for vectors and lists')
  const asLists = field ? isList(field.type) : width !== 1
  if (!asLists) {
    if (width !== 1) wrong(`has the shape ${text}`, `The column is of type ${describe(field)}: [${rows}]`)
    return data
  }
  if (shape.length === 1) return wrong(`has the shape ${text}`, 'The column holds lists: [rows, slots]')
  if (field?.size !== undefined && width !== field.size) {
    wrong(`has the shape ${text}`, `The vectors of the model have ${field.size} slots`)
  }
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width))
}

const describe = (field: TensorField | undefined): string => (field ? simpleString(field.type) : 'one value a row')

/**
 * The rows of a request: each tensor is a column, of which the first axis counts the rows. A tensor `[n]` or `[n, 1]` holds a value for each row, one of
 * `[n, d]` a vector or list. Tensors that the model does not read come along as they are.
 * @throws SchemaError when a tensor does not fit its column, or has another number of rows than the others.
 */
export function rowsOf(tensors: readonly Tensor[], fields: readonly TensorField[]): Record<string, unknown>[] {
  const length = tensors[0].shape[0]
  const other = tensors.find(({ shape }) => shape[0] !== length)
  if (other) {
    throw new SchemaError(`input "${other.name}" has ${other.shape[0]} rows`, {
      column: other.name,
      allowed: `Input "${tensors[0].name}" has ${length}`,
    })
  }
  const columns = tensors.map((tensor) => ({
    name: tensor.name,
    values: columnOf(
      tensor,
      fields.find(({ name }) => name === tensor.name),
    ),
  }))
  return Array.from({ length }, (_, row) => Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])))
}

const asNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

function textOf(value: unknown, type: DataType): unknown {
  if (value === null || typeof value === 'string') return value
  if (value instanceof Date) return type.kind === 'date' ? value.toISOString().slice(0, 10) : value.toISOString()
  return JSON.stringify(value, (_, inner) => asNumber(inner))
}

/** Vectors side by side; a row without one is a row of nulls. @throws DataError when they differ in size. */
function vectorTensor({ name, size }: TensorField, vectors: readonly (readonly number[] | null)[]): Tensor {
  const width = vectors.find((vector) => vector !== null)?.length ?? size ?? 0
  const data: unknown[] = []
  for (const vector of vectors) {
    if (vector !== null && vector.length !== width) {
      throw new DataError(`the vectors of column "${name}" have ${width} and ${vector.length} slots`, { column: name })
    }
    for (let slot = 0; slot < width; slot++) data.push(vector === null ? null : vector[slot])
  }
  return { name, shape: [vectors.length, width], datatype: 'FP64', data }
}

/**
 * The tensor of an output column: `[n]`, or `[n, d]` for vectors. Values that no datatype has, such as lists and maps, are JSON text; null, and what JSON
 * has no number for (NaN, infinity), is null.
 */
export function outputTensor(field: TensorField, values: readonly unknown[]): Tensor {
  const { name, type } = field
  if (isVector(type)) return vectorTensor(field, values as (readonly number[] | null)[])
  const datatype = datatypeOf(type)
  const data = datatype === 'BYTES' ? values.map((value) => textOf(value, type)) : values.map(asNumber)
  return { name, shape: [values.length], datatype, data }
}

/**
 * The outputs of scored rows that a request wants, in its order. A row that the model drops (null) is null in each of them.
 * @throws SchemaError for a name that the model does not make.
 */
export function outputTensors(
  rows: readonly (TensorRow | null)[],
  fields: readonly TensorField[],
  wanted: readonly string[] | undefined,
): Tensor[] {
  const chosen = wanted?.map((output) => {
    const field = fields.find(({ name }) => name === output)
    if (field) return field
    const names = fields.map(({ name }) => name)
    return refuse(`output "${output}" does not exist`, knownNames('outputs', output, names))
  })
  return (chosen ?? fields).map((field) =>
    outputTensor(
      field,
      rows.map((row) => row?.[field.name] ?? null),
    ),
  )
}

/** What the protocol tells of a column: its axes, of which `-1` may have any size. */
export interface TensorMetadata {
  readonly name: string
  readonly datatype: Datatype
  readonly shape: readonly number[]
}

/** What `rowsOf` takes for a column. */
export function inputMetadata({ name, type, size = -1 }: TensorField): TensorMetadata {
  const datatype = datatypeOf(type.kind === 'array' ? type.elementType : type)
  return { name, datatype, shape: isList(type) ? [-1, size] : [-1] }
}

/** What `outputTensor` gives for a column. */
export const outputMetadata = ({ name, type, size = -1 }: TensorField): TensorMetadata => ({
  name,
  datatype: datatypeOf(type),
  shape: isVector(type) ? [-1, size] : [-1],
})
