import { ParamError } from '../../errors.js'

/** The sets of `rollup`: all groups, then one less from the right each time. */
export const rollupSets = (groups: number): number[][] =>
  Array.from({ length: groups + 1 }, (_, k) => Array.from({ length: groups - k }, (_unused, i) => i))

/** The sets of `cube`: every choice of groups. @throws ParamError for more than 16 groups. */
export function cubeSets(groups: number): number[][] {
  if (groups > MAX_CUBE) {
    throw new ParamError(`a cube of ${groups} columns has ${2 ** groups} sets of groups`, {
      stage: 'cube',
      allowed: `Allowed: ${MAX_CUBE} columns`,
    })
  }
  const all = Array.from({ length: groups }, (_, k) => k)
  return Array.from({ length: 2 ** groups }, (_, left) => all.filter((k) => ((left >> (groups - 1 - k)) & 1) === 0))
}
const MAX_CUBE = 16
