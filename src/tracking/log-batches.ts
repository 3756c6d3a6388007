import type { Metric } from './entities.js'
import { invalidCall } from './mlflow-error.js'

/** What one `log-batch` call may hold: MLflow's limits. */
const METRICS = 1000
const PARAMS = 100
const TAGS = 100
const ALL = 1000
/** Bytes of a request; MLflow allows 1 MB, and the names around the values need room. */
const BYTES = 900_000

/** What is logged of a run at once, as the server wants it. */
export interface Batch {
  readonly metrics: readonly object[]
  readonly params: readonly object[]
  readonly tags: readonly object[]
}

/** Parts of a batch within the server's limits, in order: parameters and tags first, so that a run is never without them. */
export function* batches({ metrics, params, tags }: Batch): Generator<Batch> {
  const queues = { params: [...params], tags: [...tags], metrics: [...metrics] }
  while (queues.params.length + queues.tags.length + queues.metrics.length > 0) {
    const room = { left: ALL, bytes: BYTES }
    const part = {
      params: take(queues.params, PARAMS, room),
      tags: take(queues.tags, TAGS, room),
      metrics: take(queues.metrics, METRICS, room),
    }
    yield part
  }
}

/** Takes from the head of a queue what fits, at least one item into an empty batch. */
function take(queue: object[], limit: number, room: { left: number; bytes: number }): object[] {
  const taken: object[] = []
  while (queue.length > taken.length && taken.length < limit && room.left > 0) {
    const bytes = Buffer.byteLength(JSON.stringify(queue[taken.length])) + 1
    if (bytes > room.bytes && room.left < ALL) break
    room.bytes -= bytes
    room.left--
    taken.push(queue[taken.length])
  }
  queue.splice(0, taken.length)
  return taken
}

/** A metric as the server wants it. NaN and the infinities, which JSON does not have, go as texts. @throws MlflowError for what is no number. */
export function metricJson({ key, value, timestamp, step, ...rest }: Metric): Record<string, unknown> {
  if (typeof value !== 'number') {
    throw invalidCall(`metric "${key}" is ${typeof value === 'object' ? 'an object' : JSON.stringify(value)}`, {
      param: key,
      allowed: 'Allowed: a number',
      received: typeof value,
      hint: 'Log texts as parameters or tags.',
    })
  }
  return {
    key,
    value: Number.isFinite(value) ? value : String(value),
    timestamp,
    step,
    ...(rest.modelId === undefined ? {} : { model_id: rest.modelId }),
    ...(rest.datasetName === undefined ? {} : { dataset_name: rest.datasetName }),
    ...(rest.datasetDigest === undefined ? {} : { dataset_digest: rest.datasetDigest }),
  }
}

/** A value of a parameter or tag as text: objects as JSON, everything else as JavaScript prints it. */
export const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
