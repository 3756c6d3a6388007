import type { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ModelVersion } from './entities.js'
import { checkAll, checkGates, type Gate, type GateCheck, type Measured, measure } from './gate.js'
import { loadModel } from './load-model.js'
import type { MlflowClient } from './mlflow-client.js'
import { DAY_MS, trainedAt } from './model-age.js'
import {
  clearTags,
  conflict,
  type DecisionOptions,
  giveIf,
  NOBODY,
  PROMOTION_TAGS,
  previousOf,
  setTags,
  whoDecides,
} from './promotion-record.js'
import { currentClient } from './settings.js'
import { type Slot, slotOf, versionAt } from './slot.js'

/** How often a candidate is compared anew because another one became champion meanwhile. */
const MAX_ATTEMPTS = 3

/** What {@link promote} is asked for. */
export interface PromoteOptions extends DecisionOptions {
  /** Name of the registered model. */
  readonly model: string
  /** Data that none of them was fitted on, with the columns that the evaluators read. */
  readonly data: DataFrame
  /** One or more; the candidate must pass all. */
  readonly gate: Gate | readonly Gate[]
  /** The candidate: an alias, a stage, a version number, or `latest`. Default `challenger`. */
  readonly from?: string | number
  /** The alias, or stage, that it is to hold. Default `champion`. */
  readonly to?: string
  /** A candidate that was trained longer ago is refused. */
  readonly maxAgeDays?: number
  /** Only tells what would be decided; nothing is written. */
  readonly dryRun?: boolean
  /** How a version becomes a model. Default: `loadModel`, from the server that the environment, or `setTrackingUri`, names. */
  readonly load?: (version: ModelVersion) => Promise<Transformer>
  readonly signal?: AbortSignal
}

/** What was decided about a candidate. */
export interface Promotion {
  readonly model: string
  readonly version: string
  readonly from: string
  readonly to: string
  /** Whether it holds the slot now, or would after a dry run. */
  readonly promoted: boolean
  /** False where it held the slot already, was refused, or the run was dry. */
  readonly changed: boolean
  /** The version that held the slot before. */
  readonly previous?: string
  readonly checks: readonly GateCheck[]
  /** Why it was refused. */
  readonly reasons: readonly string[]
  readonly by: string
  /** ISO 8601. */
  readonly time: string
}

/**
 * Evaluates a candidate against the version that holds a slot, the champion, on the same data, and gives it the slot when it passes every gate. The decision is
 * written as tags of the candidate in both cases ({@link PROMOTION_TAGS}); the old champion is tagged as archived, and in a stage also archived.
 *
 * **Races**: when another version got the slot while this one was evaluated, the candidate is compared with that one, three times at most. MLflow has no call that
 * checks and sets at once, so that of two promotions within a few milliseconds the last one stays; the other one is told by an error.
 * A call that was interrupted may be made again.
 *
 * @returns the decision; a refusal is no error.
 * @throws MlflowError for an unknown model, version or alias, bad gates, and `RESOURCE_CONFLICT`; what loading and evaluating raise.
 */
export async function promote(options: PromoteOptions): Promise<Promotion> {
  const { model, data, from = 'challenger', to = 'champion', maxAgeDays, dryRun = false, signal } = options
  const { client = currentClient(signal), by = whoDecides(), load = loadVersion } = options
  const gates = checkGates(options.gate)
  const slot = slotOf(client, model, to)
  const candidate = await versionAt(client, model, String(from))
  const held = await slot.holder()
  const time = new Date().toISOString()
  const told = { model, version: candidate.version, from: String(from), to: slot.name, by, time }
  if (held?.version === candidate.version) {
    // Perhaps by a call that was interrupted; what a rollback brought back is as it is to be.
    const { tags } = held
    const wasPromoted = ['approved', 'promoted'].includes(tags[PROMOTION_TAGS.decision] ?? '')
    if (
      !dryRun &&
      wasPromoted &&
      tags[PROMOTION_TAGS.to] === slot.name &&
      tags[PROMOTION_TAGS.restoredFrom] === undefined
    )
      await finishPromotion(client, held, await previousOf(client, held), told.from, slot)
    return { ...told, promoted: true, changed: false, checks: [], reasons: [] }
  }

  const days = (Date.now() - (await trainedAt(client, candidate))) / DAY_MS
  const ageReasons =
    maxAgeDays === undefined || days <= maxAgeDays
      ? []
      : [`it was trained ${days.toFixed(1)} days ago, more than ${maxAgeDays}`]
  const measured = await measure(await load(candidate), data, gates, signal)
  for (let attempt = 1; ; attempt++) {
    const champion = attempt === 1 ? held : await slot.holder()
    const other: Measured | undefined = champion && (await measure(await load(champion), data, gates, signal))
    const checks = checkAll(gates, measured, other)
    const reasons = [
      ...ageReasons,
      ...checks.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`])),
    ]
    const promoted = reasons.length === 0
    const decision = { ...told, promoted, ...(champion ? { previous: champion.version } : {}), checks, reasons }
    if (dryRun) return { ...decision, changed: false }
    signal?.throwIfAborted()
    await setTags(client, candidate, {
      [PROMOTION_TAGS.status]: promoted ? 'approved' : 'rejected',
      [PROMOTION_TAGS.decision]: promoted ? 'approved' : 'refused',
      [PROMOTION_TAGS.from]: told.from,
      [PROMOTION_TAGS.to]: told.to,
      [PROMOTION_TAGS.time]: time,
      [PROMOTION_TAGS.by]: by,
      [PROMOTION_TAGS.checks]: JSON.stringify({ checks, ...(ageReasons.length > 0 ? { age: ageReasons[0] } : {}) }),
      [PROMOTION_TAGS.previous]: champion?.version ?? NOBODY,
    })
    if (!promoted) return { ...decision, changed: false }
    const { restoredFrom, replacedBy, archivedAt } = PROMOTION_TAGS
    await clearTags(client, candidate, [restoredFrom, replacedBy, archivedAt])
    if (await giveIf(slot, model, champion?.version, candidate.version)) {
      await finishPromotion(client, candidate, champion, String(from), slot)
      return { ...decision, changed: true }
    }
    if (attempt === MAX_ATTEMPTS) throw conflict(model, slot, await slot.holder())
  }
}

const loadVersion = ({ name, version }: ModelVersion): Promise<Transformer> => loadModel(`models:/${name}/${version}`)

/** What follows once the slot is given: it is done again when a promotion is made again. */
async function finishPromotion(
  client: MlflowClient,
  candidate: ModelVersion,
  champion: ModelVersion | undefined,
  from: string,
  to: Slot,
): Promise<void> {
  const { replacedBy, archivedAt, decision } = PROMOTION_TAGS
  if (champion)
    await setTags(client, champion, { [replacedBy]: candidate.version, [archivedAt]: new Date().toISOString() })
  await setTags(client, candidate, { [decision]: 'promoted' })
  // The challenger is none any more. A stage was left by moving into another one.
  if (/^\d+$/.test(from) || from === 'latest') return
  const left = slotOf(client, candidate.name, from)
  if (left.name !== to.name && (await left.holder())?.version === candidate.version) await left.take(candidate.version)
}
