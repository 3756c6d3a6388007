import { DataError, SchemaError } from '../../errors.js'
import { knownNames, shortText } from '../../util/names.js'
import { roundToHalf } from '../../util/round-to-half.js'

const INTEGER_RANGES = {
  INT8: [-128, 127],
  INT16: [-32768, 32767],
  INT32: [-2147483648, 2147483647],
  // Numbers of JSON are doubles here, which hold no larger integers exactly.
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UINT8: [0, 255],
  UINT16: [0, 65535],
  UINT32: [0, 4294967295],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
} as const

const OTHERS = ['BOOL', 'FP16', 'FP32', 'FP64', 'BYTES'] as const

type IntegerDatatype = keyof typeof INTEGER_RANGES

/** Datatypes of the Open Inference Protocol. */
export type Datatype = IntegerDatatype | (typeof OTHERS)[number]

const DATATYPES: readonly string[] = [...Object.keys(INTEGER_RANGES), ...OTHERS]

const rangeOf = (datatype: Datatype): readonly [number, number] | undefined =>
  INTEGER_RANGES[datatype as IntegerDatatype]

/** A tensor of a request or an answer, its elements in row-major order. */
export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly datatype: Datatype
  readonly data: readonly unknown[]
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** A JSON object, not a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What an element of a datatype is; undefined for what is none. */
type ElementReader = (value: unknown) => unknown

const numberReader =
  (round: (x: number) => number): ElementReader =>
  (value) =>
    typeof value === 'number' ? round(value) : undefined

const base64Reader: ElementReader = (value) =>
  typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined

function elementReader(datatype: Datatype, isBase64: boolean): ElementReader {
  const range = rangeOf(datatype)
  if (range) {
    const [least, most] = range
    return (value) =>
      Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? value : undefined
  }
  switch (datatype) {
    case 'BOOL':
      return (value) => (typeof value === 'boolean' ? value : undefined)
    case 'BYTES':
      return isBase64 ? base64Reader : (value) => (typeof value === 'string' ? value : undefined)
    case 'FP16':
      return numberReader(roundToHalf)
    case 'FP32':
      return numberReader(Math.fround)
    default:
      return (value) => (typeof value === 'number' ? value : undefined)
  }
}

function allowedElements(datatype: Datatype): string {
  const range = rangeOf(datatype)
  if (range) return `whole numbers from ${range[0]} to ${range[1]}`
  if (datatype === 'BOOL') return 'true and false'
  return datatype === 'BYTES' ? 'texts' : 'numbers'
}

const wrongShape = (input: string, shape: readonly number[], found: string): SchemaError =>
  new SchemaError(`input "${input}" has the shape [${shape.join(', ')}], but its data has ${found}`, {
    column: input,
    received: found,
    hint: 'Give the data flat, in row-major order, or nested as the shape says.',
  })

/** Elements of lists that are nested as the shape says. @throws SchemaError naming the input. */
function flattened(data: readonly unknown[], shape: readonly number[], input: string): readonly unknown[] {
  if (data.length !== shape[0]) throw wrongShape(input, shape, `${data.length} lists`)
  let level = data
  for (const size of shape.slice(1)) {
    const next: unknown[] = []
    for (const part of level) {
      if (!Array.isArray(part)) throw wrongShape(input, shape, `${shortText(part)} instead of a list of ${size}`)
      if (part.length !== size) throw wrongShape(input, shape, `a list of ${part.length} instead of ${size}`)
      for (const element of part) next.push(element)
    }
    level = next
  }
  return level
}

/** @throws SchemaError naming the input. */
function readShape(value: unknown, input: string): readonly number[] {
  const isShape =
    Array.isArray(value) && value.length > 0 && value.every((size) => Number.isSafeInteger(size) && size >= 0)
  if (isShape) return value as number[]
  throw new SchemaError(`input "${input}" has the shape ${shortText(value)}`, {
    column: input,
    allowed: 'Allowed: a list of whole numbers from 0 on, of which the first counts the rows',
    received: shortText(value),
  })
}

/** @throws SchemaError, DataError naming the input. */
function readElements(data: readonly unknown[], tensor: Omit<Tensor, 'data'>): unknown[] {
  const { name, shape, datatype, parameters } = tensor
  const flat = Array.isArray(data[0]) ? flattened(data, shape, name) : data
  const count = shape.reduce((product, size) => product * size, 1)
  if (flat.length !== count) throw wrongShape(name, shape, `${flat.length} elements, not ${count}`)
  const read = elementReader(datatype, parameters?.content_type === 'base64')
  const elements = new Array<unknown>(count)
  for (let i = 0; i < count; i++) {
    const value = flat[i] === null ? null : read(flat[i])
    if (value === undefined) {
      throw new DataError(`input "${name}" of datatype ${datatype} has the element ${shortText(flat[i])} at ${i}`, {
        column: name,
        received: shortText(flat[i]),
        allowed: `Allowed: ${allowedElements(datatype)}`,
      })
    }
    elements[i] = value
  }
  return elements
}

/**
 * Reads an input of a request: checks name, datatype, shape and every element, and puts nested data into one list. Elements of `FP32` and `FP16` are
 * rounded to what these types hold, `BYTES` with the content type `base64` are decoded to text, and `null` stays: a value that is missing.
 * @throws SchemaError for what is missing or does not fit the shape; DataError for an element that the datatype does not have.
 */
export function readTensor(given: unknown, position: number): Tensor {
  const refuse = (problem: string, allowed: string, hint?: string): never => {
    throw new SchemaError(problem, { allowed, ...(hint && { hint }) })
  }
  if (!isObject(given)) return refuse(`inputs[${position}] is ${shortText(given)}`, 'Allowed: an object')
  const { name, datatype, data } = given
  if (typeof name !== 'string' || name === '')
    return refuse(`inputs[${position}] has the name ${shortText(name)}`, 'Allowed: a text')
  if (typeof datatype !== 'string' || !DATATYPES.includes(datatype)) {
    const allowed = knownNames('datatypes', String(datatype), DATATYPES)
    return refuse(`input "${name}" has the datatype ${shortText(datatype)}`, allowed)
  }
  const shape = readShape(given.shape, name)
  if (!Array.isArray(data)) {
    const hint = 'Binary data is not supported: send JSON (binary_data=False of tritonclient).'
    return refuse(`input "${name}" has the data ${shortText(data)}`, 'Allowed: a list', hint)
  }
  const tensor = { name, shape, datatype: datatype as Datatype, ...parametersOf(given) }
  return { ...tensor, data: readElements(data, tensor) }
}

const parametersOf = ({ parameters }: Record<string, unknown>): Pick<Tensor, 'parameters'> =>
  isObject(parameters) ? { parameters } : {}
