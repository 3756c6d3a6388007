import type { ModelVersion } from './entities.js'
import type { MlflowClient } from './mlflow-client.js'
import { MlflowError } from './mlflow-error.js'
import {
  clearTags,
  conflict,
  type DecisionOptions,
  giveIf,
  NOBODY,
  PROMOTION_TAGS,
  previousOf,
  ROLLED_BACK,
  setTags,
  whoDecides,
} from './promotion-record.js'
import { currentClient } from './settings.js'
import { slotOf, versionAt } from './slot.js'

/** What {@link rollback} did. */
export interface Rollback {
  readonly model: string
  readonly to: string
  /** The version that holds the slot now. */
  readonly version: string
  /** The one that was taken back. */
  readonly from: string
  /** False where this had been rolled back already. */
  readonly changed: boolean
}

/**
 * Gives a slot back to the version that held it before the last promotion, as its tags say, and tags the other one as rejected. Called again, it does nothing: it
 * never goes back further than one promotion.
 * @param model name of the registered model.
 * @param options `to`: the alias or stage; default `champion`.
 * @throws MlflowError `INVALID_STATE` when the holder was not promoted by {@link promote}, nobody held the slot before, or that version was deleted;
 *   `RESOURCE_CONFLICT` when somebody else gives the slot away meanwhile.
 */
export async function rollback(
  model: string,
  options: DecisionOptions & { readonly to?: string } = {},
): Promise<Rollback> {
  const { client = currentClient(), by = whoDecides(), to = 'champion' } = options
  const slot = slotOf(client, model, to)
  const holder = await versionAt(client, model, slot.name)
  const told = { model, to: slot.name }
  const restoredFrom = holder.tags[PROMOTION_TAGS.restoredFrom]
  if (restoredFrom !== undefined) {
    const taken = await client.getModelVersion(model, restoredFrom).catch(() => undefined)
    // Perhaps by a call that was interrupted.
    if (taken && taken.tags[PROMOTION_TAGS.decision] !== ROLLED_BACK) await finishRollback(client, taken, holder, by)
    return { ...told, version: holder.version, from: restoredFrom, changed: false }
  }
  const previous = await previousOf(client, holder)
  if (!previous || holder.tags[PROMOTION_TAGS.to] !== slot.name) {
    const known = holder.tags[PROMOTION_TAGS.to] === slot.name ? holder.tags[PROMOTION_TAGS.previous] : undefined
    throw new MlflowError(`version ${holder.version} of model "${model}" cannot be rolled back: ${noPrevious(known)}`, {
      errorCode: 'INVALID_STATE',
      param: 'to',
      received: slot.name,
      hint: `Give "${slot.name}" to a version by hand: setRegisteredModelAlias, or transitionModelVersionStage.`,
    })
  }
  await setTags(client, previous, { [PROMOTION_TAGS.restoredFrom]: holder.version, [PROMOTION_TAGS.by]: by })
  if (!(await giveIf(slot, model, holder.version, previous.version))) {
    const now = await slot.holder()
    // Another rollback did the same.
    if (now?.version !== previous.version) {
      await client.deleteModelVersionTag(model, previous.version, PROMOTION_TAGS.restoredFrom)
      throw conflict(model, slot, now)
    }
  }
  await finishRollback(client, holder, previous, by)
  return { ...told, version: previous.version, from: holder.version, changed: true }
}

const noPrevious = (version: string | undefined): string =>
  version === undefined
    ? 'it was not promoted there by promote()'
    : version === NOBODY
      ? 'nobody was there before it'
      : `version ${version}, which was there before it, was deleted`

async function finishRollback(
  client: MlflowClient,
  taken: ModelVersion,
  restored: ModelVersion,
  by: string,
): Promise<void> {
  await clearTags(client, restored, [PROMOTION_TAGS.replacedBy, PROMOTION_TAGS.archivedAt])
  await setTags(client, taken, {
    [PROMOTION_TAGS.status]: 'rejected',
    [PROMOTION_TAGS.by]: by,
    [PROMOTION_TAGS.time]: new Date().toISOString(),
    [PROMOTION_TAGS.replacedBy]: restored.version,
    [PROMOTION_TAGS.decision]: ROLLED_BACK,
  })
}
