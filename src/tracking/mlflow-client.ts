import type { MlflowClientOptions } from './experiment-client.js'
import { MlflowError } from './mlflow-error.js'
import { RegistryClient } from './registry-client.js'

/**
 * Client of an MLflow tracking server and model registry, 2.x and 3.x: the methods of Python's `MlflowClient` by their names in camelCase, each one call or a
 * few. Required arguments come first, in Python's order; the others are named in one object. What is absent is undefined where Python has None.
 *
 * **Environment**, read when a call needs it: `MLFLOW_TRACKING_URI`, `MLFLOW_REGISTRY_URI`, `MLFLOW_TRACKING_USERNAME` with `MLFLOW_TRACKING_PASSWORD`, or
 * `MLFLOW_TRACKING_TOKEN`; `MLFLOW_TRACKING_INSECURE_TLS`, `MLFLOW_TRACKING_SERVER_CERT_PATH`, `MLFLOW_TRACKING_CLIENT_CERT_PATH`; `MLFLOW_HTTP_REQUEST_TIMEOUT`,
 * `MLFLOW_HTTP_REQUEST_MAX_RETRIES`, `MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR`, `MLFLOW_HTTP_REQUEST_BACKOFF_JITTER`, `MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER`.
 *
 * **Repetitions**: a refused or broken connection, a time-out, and the answers 408, 429, 500, 502, 503, 504 are tried again, 7 times by default, after 2, 4, 8, … seconds
 * (120 at most) and a random part of a second; `Retry-After` is waited for. Nothing is made twice by that: everything that is created carries a tag of its own
 * (`mlflow.ridgeline.request`), and when an answer was lost the client looks for the tag before it creates again. What is logged again the server keeps once.
 *
 * **Errors**: {@link MlflowError} with the server's `errorCode` and message; the signal's reason when `signal` was aborted.
 *
 * **Differs from MLflow**: servers only, no folders or data bases as tracking URI; no traces, prompts or webhooks.
 *
 * For example, `const client = new MlflowClient({ trackingUri: 'http://127.0.0.1:5000' })`, then
 * `await client.searchRuns(['0'], { filterString: 'metrics.rmse < 1', orderBy: ['metrics.rmse ASC'] })`.
 */
export class MlflowClient extends RegistryClient {
  /** Version of the tracking server, such as `3.17.2`; undefined where it does not tell. */
  async serverVersion(): Promise<string | undefined> {
    try {
      const { response } = await this.tracking.request('GET', this.tracking.urlOf('/version'))
      return /^\d+\.\d+[\w.]*$/.exec(response?.body.toString('utf8').trim() ?? '')?.[0]
    } catch (error) {
      if (error instanceof MlflowError && error.status !== undefined) return undefined
      throw error
    }
  }

  /** The same client with other options: `client.with({ signal })`. */
  with(options: MlflowClientOptions): MlflowClient {
    return new MlflowClient({ ...this.options, ...options })
  }
}
