import { UnsupportedError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { StateTable } from '../param/state.js'
import { shortText } from '../util/names.js'
import { nestedStages } from './nested.js'

/** Something of a stage that Spark's stages cannot hold. */
export interface Extension {
  readonly stage: Params
  /** Name of the parameter, or of the learned value; undefined where Spark has no such class at all. */
  readonly name?: string
  /** What of it, in a few words. */
  readonly what: string
  readonly learned: boolean
}

/** What the names of classes begin with that the library has and Spark has not. */
const OWN_CLASSES = 'ridgeline.'

/**
 * What a stage, and the stages inside it, have beyond Spark: classes of the library that Spark does not have, parameters that Spark does
 * not have and that are set to something else than their default, and learned values of a kind that Spark's models do not know.
 */
export function extensionsOf(stage: Params): Extension[] {
  return Array.from(nestedStages(stage)).flatMap((inner) => [
    ...ownClass(inner),
    ...setParameters(inner),
    ...learnedValues(inner),
  ])
}

function ownClass(stage: Params): Extension[] {
  const { sparkClass } = stage.definition
  return sparkClass.startsWith(OWN_CLASSES) ? [{ stage, what: sparkClass, learned: false }] : []
}

function setParameters(stage: Params): Extension[] {
  const names = Object.keys(stage.definition.params).filter((name) => stage.definition.params[name].beyondSpark)
  return names
    .filter((name) => stage.isSet(name) && shortText(stage.get(name)) !== shortText(stage.getDefault(name)))
    .map((name) => ({ stage, name, what: shortText(stage.get(name)), learned: false }))
}

function learnedValues(stage: Params): Extension[] {
  const { state = {} } = stage.definition as Params['definition'] & { readonly state?: StateTable }
  return Object.entries(state).flatMap(([name, row]) => {
    const value = (stage as unknown as Record<string, unknown>)[name]
    const what = value === undefined ? undefined : row.beyondSpark?.(value)
    return what === undefined ? [] : [{ stage, name, what, learned: true }]
  })
}

/**
 * For everything that writes a stage in a form which only knows what Spark knows.
 * @param format name of the form, for the message.
 * @throws UnsupportedError naming the first stage, with its parameter or learned value, that the form cannot hold.
 */
export function requireNothingBeyondSpark(stage: Params, format: string): void {
  const [first] = extensionsOf(stage)
  if (!first) return
  const { name, what, learned } = first
  if (name === undefined) {
    throw new UnsupportedError(`${format} has no class "${what}"`, {
      stage: first.stage.uid,
      allowed: `Allowed in ${format}: what Spark knows`,
      received: what,
      hint: 'Save it as JSON, or make its columns before the pipeline.',
    })
  }
  throw new UnsupportedError(
    learned
      ? `the model cannot be written as ${format}: its "${name}" holds ${what}`
      : `${format} has no parameter "${name}", which is ${what}`,
    {
      stage: first.stage.uid,
      param: name,
      allowed: `Allowed in ${format}: what Spark knows`,
      received: what,
      hint: learned
        ? 'Save it as JSON, or fit it without the options that Spark does not have.'
        : `Save it as JSON, or drop the parameter: clear("${name}").`,
    },
  )
}
