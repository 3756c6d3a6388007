import { type DataType, sameType } from '../types.js'
import { castMakesNull } from './coercion.js'
import type { Typed } from './typed.js'

/** The value in another type, as an implicit or a written cast gives it; itself where it has the type. */
export function castTo(child: Typed, dataType: DataType, safe = false): Typed {
  if (sameType(child.dataType, dataType)) return child
  const nullable = safe || child.nullable || castMakesNull(child.dataType, dataType)
  return { kind: 'cast', child, dataType, safe, nullable }
}
