import { wrongArgument } from '../../sql/arguments.js'
import { type DanfoDataFrame, danfoColumns, isDanfo } from '../../sql/danfo.js'
import type { DataFrame } from '../../sql/dataframe.js'
import { type CreateOptions, defaultSession, type Session } from '../../sql/session.js'

/** How a danfo DataFrame is taken. */
export interface FromDanfoOptions extends CreateOptions {
  /** Name of a new first column with the index of the danfo frame, which else is left out. */
  readonly index?: string
  /** Session of the new frame; that of `createDataFrame` when not given. */
  readonly session?: Session
}

/**
 * Frame of a danfo DataFrame (danfojs-node or danfojs, told by its shape). The data are copied. `createDataFrame`, `fit`, `transform` and
 * `evaluate` take a danfo DataFrame, too; this function can keep its index.
 *
 * **Types**: float32 is double (danfo's values are doubles under that name), int32 is integer, or long where a value needs it, boolean is
 * boolean, string is string, datetime is timestamp. Danfo guesses dtypes from the first 20 rows: where the values say otherwise, the
 * type is inferred from them as `createDataFrame` does.
 *
 * **Null and NaN**: null and undefined are null. NaN stays NaN in a float32 column, and is null in others, where danfo means a missing value.
 *
 * @throws ParamError when the data are no danfo frame; SchemaError for a Series, a column that mixes types, or an index whose name is taken.
 * @example
 * ```ts
 * import { fromDanfo } from 'ridgeline/interop/danfo'
 * // Of the shape of: new dfd.DataFrame({ city: ['FR', 'US'], km: [7.5, null] })
 * const danfo = {
 *   ndim: 2,
 *   shape: [2, 2],
 *   columns: ['city', 'km'],
 *   dtypes: ['string', 'float32'],
 *   index: [0, 1],
 *   values: [['FR', 7.5], ['US', null]],
 * }
 * const rides = fromDanfo(danfo, { index: 'id' })
 * await rides.filter('km IS NULL').collect() // [{ id: 1, city: 'US', km: null }]
 * ```
 */
export function fromDanfo(danfo: DanfoDataFrame, { index, session, ...options }: FromDanfoOptions = {}): DataFrame {
  if (!isDanfo(danfo)) {
    throw wrongArgument(danfo, { stage: 'fromDanfo', param: 'danfo', allowed: 'a danfo DataFrame' })
  }
  const { columns, schema } = danfoColumns(danfo, index)
  return (session ?? defaultSession()).createDataFrame(columns, schema, options)
}
