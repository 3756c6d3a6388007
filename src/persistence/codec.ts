import { PersistenceError } from '../errors.js'
import { Matrices } from '../linalg/matrices.js'
import type { Matrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { ParamMap } from '../param/param.js'
import type { Params } from '../param/params.js'
import type { ValueKind } from '../param/row.js'
import type { NumberArrays } from '../param/state.js'
import type { Json } from '../sql/types.js'
import { fromBase64, toBase64 } from '../util/base64.js'
import { shortText } from '../util/names.js'

export type JsonObject = { readonly [key: string]: Json }

/** What decoding needs to know: how to read a nested stage, and which stage a parameter map means by a uid. */
export interface ValueContext {
  stage(node: Json): Params
  owner(uid: string): Params | undefined
}
/** What encoding needs to know: how to write a nested stage, and whether a uid is that of a stage which is written too. */
export interface EncodeContext {
  stage(stage: Params): Json
  owns(uid: string): boolean
}

/** How values of one kind are written and read. `where` names the field in messages. */
interface Codec<T> {
  encode(value: T, context: EncodeContext): Json
  decode(json: Json, where: string, context: ValueContext): T
}

/** Arrays of numbers longer than this are written as base64 of little-endian bytes. */
const PLAIN_ARRAY_LIMIT = 64

const SPECIAL: ReadonlyMap<Json, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

function malformed(where: string, expected: string, json: Json): never {
  throw new PersistenceError(`${where} is ${shortText(json)}`, { allowed: `Expected ${expected}` })
}
const isObject = (json: Json): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json)
const items = (json: Json, where: string, expected: string): readonly Json[] =>
  Array.isArray(json) ? json : malformed(where, expected, json)

/** JSON has no NaN, no infinities and no negative zero: they are written as text. */
export const numberToJson = (x: number): Json => (Object.is(x, -0) ? '-0' : Number.isFinite(x) ? x : String(x))
/** The number that `numberToJson` wrote. @throws PersistenceError. */
export const numberFromJson = (json: Json, where: string): number =>
  typeof json === 'number' ? json : (SPECIAL.get(json) ?? malformed(where, 'a number', json))

const double: Codec<number> = { encode: numberToJson, decode: numberFromJson }
const int: Codec<number> = {
  encode: (x) => x,
  decode: (json, where) =>
    typeof json === 'number' && (json | 0) === json ? json : malformed(where, 'an integer of 32 bits', json),
}
/** Integers beyond 2^53 are written as text. */
const long: Codec<number | bigint> = {
  encode: (x) => (Number.isSafeInteger(Number(x)) ? Number(x) : String(x)),
  decode: (json, where) => {
    if (Number.isSafeInteger(json)) return json as number
    const big = typeof json === 'string' && /^-?\d{1,19}$/.test(json) ? BigInt(json) : undefined
    if (big === undefined || BigInt.asIntN(64, big) !== big) return malformed(where, 'an integer of 64 bits', json)
    return big
  },
}
const boolean: Codec<boolean> = {
  encode: (x) => x,
  decode: (json, where) => (typeof json === 'boolean' ? json : malformed(where, 'true or false', json)),
}
const string: Codec<string> = {
  encode: (x) => x,
  decode: (json, where) => (typeof json === 'string' ? json : malformed(where, 'a string', json)),
}

function arrayCodec<T>(element: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values, context) => Array.from(values, (v) => element.encode(v, context)),
    decode: (json, where, context) =>
      items(json, where, 'an array').map((item, i) => element.decode(item, `${where}[${i}]`, context)),
  }
}

type Numbers = readonly number[] | Float64Array | Int32Array
function numbersCodec(element: Codec<number>, key: 'float64' | 'int32'): Codec<Numbers> {
  const plain = arrayCodec(element)
  const pack = (values: Numbers): string =>
    toBase64(key === 'float64' ? Float64Array.from(values) : Int32Array.from(values))
  return {
    encode: (values, context) =>
      values.length > PLAIN_ARRAY_LIMIT ? { [key]: pack(values) } : plain.encode(values as readonly number[], context),
    decode: (json, where, context) => {
      if (!isObject(json)) return plain.decode(json, where, context)
      const text = json[key]
      if (typeof text !== 'string') return malformed(where, 'an array of numbers', json)
      return Array.from(fromBase64(text, key === 'float64' ? 'f64' : 'i32'))
    },
  }
}
const doubles = numbersCodec(double, 'float64')
const ints = numbersCodec(int, 'int32')

/** Typed arrays by name, each under the type of its elements, and single numbers as they are. */
const arrays: Codec<NumberArrays> = {
  encode: (value, context) => {
    const fields: Record<string, Json> = {}
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue
      if (typeof field === 'number') fields[name] = double.encode(field, context)
      else if (field instanceof Int32Array) fields[name] = typed(ints.encode(field, context), 'int32')
      else fields[name] = typed(doubles.encode(field, context), 'float64')
    }
    return fields
  },
  decode: (json, where, context) => {
    if (!isObject(json)) return malformed(where, 'an object of arrays', json)
    const read = (field: Json, at: string): Float64Array | Int32Array | number => {
      if (!isObject(field)) return double.decode(field, at, context)
      if ('int32' in field) return Int32Array.from(ints.decode(untyped(field, 'int32'), at, context))
      return Float64Array.from(doubles.decode(untyped(field, 'float64'), at, context))
    }
    return Object.fromEntries(Object.entries(json).map(([name, field]) => [name, read(field, `${where}.${name}`)]))
  },
}
/** A list of numbers says its type, as a packed one does. */
const typed = (json: Json, type: string): Json => (Array.isArray(json) ? { [type]: json } : json)
const untyped = (json: JsonObject, type: string): Json => (Array.isArray(json[type]) ? json[type] : json)

/** Vectors and matrices: Spark's JSON form, long arrays packed. */
function linalgCodec<T extends { toJSON(): object }>(read: (json: object) => T): Codec<T> {
  const codecOf = (name: string): Codec<Numbers> => (name === 'values' ? doubles : ints)
  return {
    encode: (value, context) =>
      Object.fromEntries(
        Object.entries(value.toJSON()).map(([name, field]) => {
          if (!Array.isArray(field)) return [name, field as Json]
          return [name, codecOf(name).encode((value as unknown as Record<string, Numbers>)[name], context)]
        }),
      ),
    decode: (json, where, context) => {
      if (!isObject(json)) return malformed(where, 'a vector or matrix', json)
      const fields = Object.entries(json).map(([name, field]) => [
        name,
        typeof field === 'object' ? codecOf(name).decode(field, `${where}.${name}`, context) : field,
      ])
      return read(Object.fromEntries(fields) as object)
    },
  }
}

/** Maps as lists of pairs: JSON has no keys that are numbers. */
function mapCodec<V>(key: Codec<number>, value: Codec<V>): Codec<ReadonlyMap<number, V>> {
  return {
    encode: (map, context) => Array.from(map, ([k, v]): Json => [key.encode(k, context), value.encode(v, context)]),
    decode: (json, where, context) =>
      new Map(
        items(json, where, 'an array of pairs').map((item, i): [number, V] => {
          const at = `${where}[${i}]`
          const pair = items(item, at, 'a pair')
          if (pair.length !== 2) return malformed(at, 'a pair', item)
          return [key.decode(pair[0], `${at}[0]`, context), value.decode(pair[1], `${at}[1]`, context)]
        }),
      ),
  }
}

const stage: Codec<Params> = {
  encode: (value, context) => context.stage(value),
  decode: (json, _where, context) => context.stage(json),
}

/** Parameter maps name each parameter by the uid of its stage. */
const paramMap: Codec<ParamMap> = {
  encode: (map, context) =>
    map.toArray().map(({ param, value }) => {
      if (!context.owns(param.parent)) {
        throw new PersistenceError(
          `a parameter map sets "${param.name}" of ${param.parent}, which is not saved with it`,
          {
            param: param.name,
            hint: 'Take the parameter from a stage of the estimator or of the evaluator.',
          },
        )
      }
      return { parent: param.parent, name: param.name, value: encodeValue(param.row.kind, value, context) }
    }),
  decode: (json, where, context) => {
    const map = new ParamMap()
    for (const pair of items(json, where, 'an array of parameters')) {
      if (!isObject(pair)) return malformed(where, 'a parameter with parent, name and value', pair)
      const parent = string.decode(pair.parent, `${where}.parent`, context)
      const owner = context.owner(parent)
      if (!owner) return malformed(`${where}.parent`, 'the uid of a stage of the file', parent)
      const param = owner.getParam(string.decode(pair.name, `${where}.name`, context))
      map.put(param, decodeValue(param.row.kind, pair.value, `${where}.${param.name}`, context))
    }
    return map
  },
}

// biome-ignore lint/suspicious/noExplicitAny: each kind has its own type of value
const CODECS: Record<ValueKind, Codec<any>> = {
  double,
  int,
  long,
  boolean,
  string,
  stringArray: arrayCodec(string),
  stringArrayArray: arrayCodec(arrayCodec(string)),
  doubleArray: doubles,
  doubleArrayArray: arrayCodec(doubles),
  intArray: ints,
  arrays,
  vector: linalgCodec<Vector>((json) => Vectors.fromJSON(json as never)),
  matrix: linalgCodec<Matrix>((json) => Matrices.fromJSON(json as never)),
  categoryMaps: mapCodec(int, mapCodec(double, int)),
  stage,
  stageArray: arrayCodec(stage),
  stageArrayArray: arrayCodec(arrayCodec(stage)),
  paramMaps: arrayCodec(paramMap),
}

/** A value of a parameter or of fitted state as JSON. */
export const encodeValue = (kind: ValueKind, value: unknown, context: EncodeContext): Json =>
  CODECS[kind].encode(value, context)

/** The value that `encodeValue` wrote. @throws PersistenceError when the JSON has another form. */
export const decodeValue = (kind: ValueKind, json: Json, where: string, context: ValueContext): unknown =>
  CODECS[kind].decode(json, where, context)
