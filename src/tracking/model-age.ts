import type { ModelVersion } from './entities.js'
import type { MlflowClient } from './mlflow-client.js'
import { isNotFound } from './mlflow-error.js'
import { currentClient } from './settings.js'
import { versionAt } from './slot.js'

export const DAY_MS = 24 * 3600 * 1000

/** When a version was trained: the end of its run, where there is one, else when it was registered. */
export async function trainedAt(client: MlflowClient, { runId, creationTimestamp }: ModelVersion): Promise<number> {
  if (!runId) return creationTimestamp
  const run = await client.getRun(runId).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  return run?.info.endTime ?? run?.info.startTime ?? creationTimestamp
}

/** How long ago the version at an alias, a stage or a number was trained. */
export async function modelAge(
  model: string,
  { at = 'champion', client = currentClient() }: { readonly at?: string | number; readonly client?: MlflowClient } = {},
): Promise<{ readonly version: string; readonly trainedAt: Date; readonly days: number }> {
  const version = await versionAt(client, model, String(at))
  const time = await trainedAt(client, version)
  return { version: version.version, trainedAt: new Date(time), days: (Date.now() - time) / DAY_MS }
}
