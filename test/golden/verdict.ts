import { MissingClass } from './classes.js'
import type { CaseGap } from './gaps.js'

/** The lists of known gaps, as `gaps.ts` holds them. */
export interface Gaps {
  readonly notImplemented: Readonly<Record<string, string>>
  readonly notYet: readonly CaseGap[]
  readonly never: readonly CaseGap[]
}

/** How a recorded case ended: its differences from Spark, or the class that it lacks. */
export type Outcome = { readonly differences: readonly string[] } | { readonly missing: string }

/** Runs a case; what it throws is a difference, unless it throws because a class is missing. */
export async function outcomeOf(work: () => Promise<readonly string[]>): Promise<Outcome> {
  try {
    return { differences: await work() }
  } catch (error) {
    if (error instanceof MissingClass) return { missing: error.className }
    return { differences: [error instanceof Error ? `${error.name}: ${error.message}` : String(error)] }
  }
}

/** The reason why a case is expected to fail, for its title. */
export function expectedGap(id: string, classes: readonly string[], gaps: Gaps): string | undefined {
  const absent = classes.find((name) => Object.hasOwn(gaps.notImplemented, name))
  if (absent !== undefined) return `not implemented: ${absent}`
  const late = gaps.notYet.find((gap) => gap.id.test(id))
  if (late) return `not yet: ${late.reason}`
  const refused = gaps.never.find((gap) => gap.id.test(id))
  return refused && `never: ${refused.reason}`
}

/**
 * What is wrong with an outcome, or undefined when it is as it should be: a case without a gap agrees with Spark; a case
 * with a gap fails, and for the reason that is listed.
 * @param classes that the case needs.
 */
export function complaint(id: string, classes: readonly string[], outcome: Outcome, gaps: Gaps): string | undefined {
  if ('missing' in outcome) {
    if (Object.hasOwn(gaps.notImplemented, outcome.missing)) return undefined
    return `${id}: ${outcome.missing} does not exist, and gaps.ts does not list it as notImplemented`
  }
  const stale = classes.find((name) => Object.hasOwn(gaps.notImplemented, name))
  if (stale !== undefined) return `${id}: ran, so ${stale} exists; delete it from gaps.ts`
  const listed = [...gaps.notYet, ...gaps.never].some((gap) => gap.id.test(id))
  const fails = outcome.differences.length > 0
  if (listed && !fails) return `${id}: agrees with Spark; delete its gap from gaps.ts`
  if (listed || !fails) return undefined
  const more = outcome.differences.length > 12 ? `\n  … and ${outcome.differences.length - 12} more` : ''
  return `${id}: ${outcome.differences.length} differences from Spark\n  ${outcome.differences.slice(0, 12).join('\n  ')}${more}`
}

/** Classes that are listed as missing and exist. */
export const staleClasses = (gaps: Gaps, exists: (className: string) => boolean): string[] =>
  Object.keys(gaps.notImplemented).filter(exists)
