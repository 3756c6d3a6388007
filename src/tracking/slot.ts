import type { ModelStage, ModelVersion } from './entities.js'
import type { MlflowClient } from './mlflow-client.js'
import { isNotFound, MlflowError } from './mlflow-error.js'
import { MODEL_STAGES } from './registry-client.js'

/** A place that one version of a model holds: an alias such as `champion`, or a stage such as `Production`. */
export interface Slot {
  readonly name: string
  /** The version that holds it. */
  holder(): Promise<ModelVersion | undefined>
  /** Gives it to a version; in a stage, the other versions are archived. */
  give(version: string): Promise<void>
  /** Takes it from a version that holds it. */
  take(version: string): Promise<void>
}

/** The stage that a name means, in any case of its letters. */
const stageOf = (name: string): ModelStage | undefined =>
  MODEL_STAGES.find((stage) => stage.toLowerCase() === name.toLowerCase())

/** The slot that a name means: one of MLflow's stages, or else an alias. */
export function slotOf(client: MlflowClient, model: string, name: string): Slot {
  const stage = stageOf(name)
  if (stage !== undefined) {
    return {
      name: stage,
      holder: async () => (await client.getLatestVersions(model, [stage])).at(0),
      give: async (version) => {
        await client.transitionModelVersionStage(model, version, stage, { archiveExistingVersions: true })
      },
      take: async (version) => {
        await client.transitionModelVersionStage(model, version, 'None')
      },
    }
  }
  return {
    name,
    holder: () =>
      client.getModelVersionByAlias(model, name).catch((error: unknown) => {
        if (isNotFound(error)) return undefined
        throw error
      }),
    give: (version) => client.setRegisteredModelAlias(model, name, version),
    take: () => client.deleteRegisteredModelAlias(model, name),
  }
}

/**
 * The version that is meant by its number, `latest`, a stage or an alias.
 * @throws MlflowError `RESOURCE_DOES_NOT_EXIST`.
 */
export async function versionAt(client: MlflowClient, model: string, place: string): Promise<ModelVersion> {
  if (/^\d+$/.test(place)) return client.getModelVersion(model, place)
  const found =
    place === 'latest'
      ? (await client.getLatestVersions(model)).sort((a, b) => Number(b.version) - Number(a.version)).at(0)
      : await slotOf(client, model, place).holder()
  if (found) return found
  // An unknown model is told as such.
  const { aliases } = await client.getRegisteredModel(model)
  throw new MlflowError(`model "${model}" has no version at "${place}"`, {
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
    param: 'from',
    allowed: `Allowed: a number, "latest", a stage (${MODEL_STAGES.join(', ')}), an alias. Known aliases: ${Object.keys(aliases).join(', ') || '(none)'}`,
    received: place,
    hint: `Give a version that alias: setRegisteredModelAlias("${model}", "${place}", version).`,
  })
}
