import { Vector } from '../linalg/vector.js'
import { type DataType, isVector } from '../sql/types.js'

/** What vectors are in results. */
export type VectorShape = 'array' | 'vector'

/** Changes a value of a column into the form in which results hold it. */
export type Shape = (value: unknown) => unknown

const asArray: Shape = (value) => (value instanceof Vector ? Array.from(value.toArray()) : value)

/** The shape of a column; undefined where values stay as they are. */
export function shapeOf(type: DataType, vectors: VectorShape): Shape | undefined {
  if (vectors === 'vector') return undefined
  if (isVector(type)) return asArray
  const element = type.kind === 'array' ? shapeOf(type.elementType, vectors) : undefined
  return element && ((value) => (Array.isArray(value) ? value.map(element) : value))
}
