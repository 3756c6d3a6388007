import { fittingChecks } from './fitting.js'
import { parameterChecks } from './parameters.js'
import { rowChecks } from './rows.js'
import { savingChecks } from './saving.js'
import { schemaChecks } from './schema.js'
import type { Check, Subject } from './subject.js'

export const allChecks: readonly Check[] = [
  ...parameterChecks,
  ...schemaChecks,
  ...rowChecks,
  ...fittingChecks,
  ...savingChecks,
]

/** The checks that a class must pass, chosen by what it declares; exceptions of its example are left out. */
export const checksOf = (subject: Subject): Check[] =>
  allChecks.filter((check) => check.applies(subject) && !Object.hasOwn(subject.example.exceptions ?? {}, check.name))

/** Runs all checks of a class. @returns the names of those that fail, with what they say. */
export async function checkStage(subject: Subject): Promise<Map<string, string>> {
  const failures = new Map<string, string>()
  for (const check of checksOf(subject)) {
    try {
      await check.run(subject)
    } catch (error) {
      failures.set(check.name, error instanceof Error ? error.message : String(error))
    }
  }
  return failures
}
