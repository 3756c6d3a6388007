import { ParamError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'

/** Statistics of the same features have one length. @throws ParamError naming the first that has another one. */
export function requireOneLength(stage: string, learned: Readonly<Record<string, Vector>>): void {
  const [[first, { size }], ...others] = Object.entries(learned)
  const other = others.find(([, vector]) => vector.size !== size)
  if (!other) return
  const [name, vector] = other
  throw new ParamError(`"${first}" has length ${size} and "${name}" has length ${vector.size}`, {
    stage,
    param: name,
    allowed: 'Both have one entry a feature',
    received: `${size} and ${vector.size}`,
    hint: 'Give the statistics of the same features.',
  })
}
