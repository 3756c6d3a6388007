import { shortText } from '../util/names.js'
import { invalidCall } from './mlflow-error.js'

/** Value of a variable; undefined when it is not set, or empty. Variables are read when they are used, as programs set them late. */
export const environmentText = (name: string): string | undefined => process.env[name] || undefined

/** @throws MlflowError when it is set to something else than a number that is not negative. */
export function environmentNumber(name: string): number | undefined {
  const text = environmentText(name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw wrong(name, text, 'a number that is not negative')
}

/** MLflow's flags: true, 1, false, 0. @throws MlflowError for anything else. */
export function environmentFlag(name: string): boolean | undefined {
  const text = environmentText(name)
  if (text === undefined) return undefined
  if (/^(true|1)$/i.test(text)) return true
  if (/^(false|0)$/i.test(text)) return false
  throw wrong(name, text, 'true, false, 1, 0')
}

const wrong = (name: string, text: string, allowed: string) =>
  invalidCall(`the environment variable ${name} is ${shortText(text)}`, {
    param: name,
    allowed: `Allowed: ${allowed}`,
    received: shortText(text),
    hint: 'Correct it, or remove it.',
  })
