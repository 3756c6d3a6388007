import { ParamError } from '../errors.js'
import { type Param, ParamMap, type ParamPair, requireParam } from '../param/param.js'
import { shortText } from '../util/names.js'
import type { NoInfer } from '../util/no-infer.js'

/**
 * Builds the grid of parameter maps that a tuner searches (Spark's `ParamGridBuilder`). The parameter that was added last varies
 * fastest, as in pyspark. Adding a parameter again replaces its values and keeps its place.
 *
 * **Differs from Spark**: in Scala the order of the parameters follows their hash codes, which change with the uids; here it is the
 * order of the calls. Values are checked when they are added, not when a fit meets them.
 *
 * @example
 * ```ts
 * import { LinearRegression, ParamGridBuilder } from 'ridgeline'
 * const lr = new LinearRegression()
 * const grid = new ParamGridBuilder().addGrid(lr.regParam, [0, 0.01, 0.1]).addGrid(lr.fitIntercept).build()
 * console.log(grid.length) // 6
 * ```
 */
export class ParamGridBuilder {
  private readonly grid = new Map<string, readonly ParamPair[]>()

  /**
   * Values to try for a parameter; a boolean one needs none: true, then false.
   * @throws ParamError when there is no value, or the parameter does not allow one.
   */
  addGrid(param: Param<boolean>): this
  addGrid<T>(param: Param<T>, values: Iterable<NoInfer<T>>): this
  addGrid(param: Param<unknown>, values: Iterable<unknown> = [true, false]): this {
    requireParam(param, 'ParamGridBuilder')
    const pairs = Array.from(values, (value) => ({ param, value }))
    const bad = pairs.find(({ value }) => !param.row.constraint.ok(value))
    if (bad || pairs.length === 0) {
      const received = bad ? shortText(bad.value) : 'no value'
      throw new ParamError(`the grid of parameter "${param.name}" has ${received}`, {
        stage: param.parent,
        param: param.name,
        allowed: `Allowed: one or more values, each ${param.row.constraint.text}`,
        received,
        hint: 'Give an array of values.',
      })
    }
    this.grid.set(param.toString(), pairs)
    return this
  }

  /** Gives parameters one value in every map of the grid. @throws ParamError as `addGrid`. */
  baseOn(fixed: ParamMap): this
  baseOn(...fixed: ParamPair[]): this
  baseOn(...fixed: [ParamMap] | ParamPair[]): this {
    const pairs = fixed.flatMap((item) => (item instanceof ParamMap ? item.toArray() : [item]))
    for (const { param, value } of pairs) this.addGrid(param, [value])
    return this
  }

  /** All combinations; one empty map when nothing was added. */
  build(): ParamMap[] {
    let maps: ParamPair[][] = [[]]
    for (const pairs of this.grid.values()) maps = maps.flatMap((map) => pairs.map((pair) => [...map, pair]))
    return maps.map((map) => new ParamMap(map))
  }
}
