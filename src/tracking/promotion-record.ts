import { userInfo } from 'node:os'
import type { ModelVersion } from './entities.js'
import type { MlflowClient } from './mlflow-client.js'
import { isNotFound, MlflowError } from './mlflow-error.js'
import type { Slot } from './slot.js'

/** Tags of a version that record decisions about it. */
export const PROMOTION_TAGS = {
  /** MLflow's own word: `approved` or `rejected`. */
  status: 'validation_status',
  /** `approved`, then `promoted` once the slot is given; `refused`; `rolled back`. */
  decision: 'promotion.decision',
  from: 'promotion.from',
  to: 'promotion.to',
  time: 'promotion.time',
  by: 'promotion.by',
  /** The checks as JSON: metrics, thresholds, reasons. */
  checks: 'promotion.checks',
  /** The version that held the slot before; `none` where nobody did. */
  previous: 'promotion.previous_version',
  /** Of a version that lost its slot: to which one, and when. */
  replacedBy: 'promotion.replaced_by',
  archivedAt: 'promotion.archived_at',
  /** Of a version that a rollback brought back: from which one. */
  restoredFrom: 'promotion.restored_from',
} as const
export const NOBODY = 'none'
/** The last word about a promotion that was taken back. */
export const ROLLED_BACK = 'rolled back'

/** What every decision needs to know. */
export interface DecisionOptions {
  /** Default: the server that the environment, or `setTrackingUri`, names. */
  readonly client?: MlflowClient
  /** Who decides, for the tags. Default: `GITHUB_ACTOR`, `GITLAB_USER_LOGIN`, or the user of this process. */
  readonly by?: string
}

export const whoDecides = (): string => {
  const { GITHUB_ACTOR, GITLAB_USER_LOGIN } = process.env
  try {
    return GITHUB_ACTOR || GITLAB_USER_LOGIN || userInfo().username
  } catch {
    // A container may have a user without a name.
    return 'unknown'
  }
}

export const conflict = (model: string, slot: Slot, now: ModelVersion | undefined): MlflowError =>
  new MlflowError(
    `"${slot.name}" of model "${model}" was given to ${now ? `version ${now.version}` : 'nobody'} meanwhile`,
    {
      errorCode: 'RESOURCE_CONFLICT',
      param: 'to',
      received: now?.version ?? NOBODY,
      hint: 'Somebody else promotes or rolls back the same model. Look at its versions, and try again.',
    },
  )

/**
 * Gives a slot to a version at a moment at which another one still holds it. MLflow has no call for both at once: the holder is read just before, and once more
 * after.
 * @returns whether it was given; if not, somebody else was faster.
 */
export async function giveIf(
  slot: Slot,
  model: string,
  expected: string | undefined,
  version: string,
): Promise<boolean> {
  if ((await slot.holder())?.version !== expected) return false
  await slot.give(version)
  const now = await slot.holder()
  if (now?.version !== version) throw conflict(model, slot, now)
  return true
}

export async function setTags(
  client: MlflowClient,
  { name, version }: ModelVersion,
  tags: Readonly<Record<string, string>>,
) {
  for (const [key, value] of Object.entries(tags)) await client.setModelVersionTag(name, version, key, value)
}

/** Removes tags that are there. */
export async function clearTags(client: MlflowClient, { name, version, tags }: ModelVersion, keys: readonly string[]) {
  for (const key of keys) if (tags[key] !== undefined) await client.deleteModelVersionTag(name, version, key)
}

/** The version that held the slot before a version got it; undefined where nobody did, or it was deleted. */
export async function previousOf(
  client: MlflowClient,
  { name, tags }: ModelVersion,
): Promise<ModelVersion | undefined> {
  const version = tags[PROMOTION_TAGS.previous]
  if (version === undefined || version === NOBODY) return undefined
  return client.getModelVersion(name, version).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
}
