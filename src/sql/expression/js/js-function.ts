import type { DataType } from '../../types.js'

/**
 * A scalar function that the engine does not have, computed in JavaScript row by row. Values come and go as `collect` gives
 * them (a long beyond 53 bits as a bigint), binary values as a Uint8Array; timestamps must be handed over in microseconds.
 */
export interface JsFunction {
  /** Name in the engine's SQL; it begins with `js_`. */
  readonly name: string
  readonly takes: readonly DataType[]
  readonly gives: DataType
  /** Whether nulls reach the function; otherwise a null argument makes a null result. */
  readonly nulls?: boolean
  run(...args: readonly never[]): unknown
}

/** Checks the types of one function: what `run` takes and gives is up to its author. */
export const jsFunction = (
  name: string,
  takes: readonly DataType[],
  gives: DataType,
  run: JsFunction['run'],
  nulls = false,
): JsFunction => Object.freeze({ name: `js_${name}`, takes, gives, run, nulls })
