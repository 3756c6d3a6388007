import type { MlflowClient } from '../tracking/mlflow-client.js'
import { type CliArguments, type CliIo, type CliOption, UsageError } from './command.js'
import { BadInputError } from './input-error.js'

/** Options of the commands that talk to MLflow. */
export const REGISTRY_OPTIONS: Readonly<Record<string, CliOption>> = {
  'tracking-uri': { value: 'URL', help: 'the MLflow server; default: MLFLOW_TRACKING_URI' },
}

/**
 * Runs work with the registry that was asked for: what the server does not know is bad input.
 * MLflow's client is loaded here, since other commands do not need it.
 */
export async function withRegistry<T>(
  args: CliArguments,
  io: CliIo,
  work: (client: MlflowClient) => Promise<T>,
): Promise<T> {
  const { currentClient, setTrackingUri } = await import('../tracking/settings.js')
  const { isNotFound } = await import('../tracking/mlflow-error.js')
  try {
    const uri = args.text('tracking-uri')
    if (uri !== undefined) setTrackingUri(uri)
    return await work(currentClient(io.signal))
  } catch (error) {
    throw isNotFound(error) ? new BadInputError(error) : error
  }
}

/** A number of days: `30`, `30d`, `12h`. */
export function daysOf(args: CliArguments, command: string): number | undefined {
  const text = args.text('max-age')
  if (text === undefined) return undefined
  const [, digits, unit = 'd'] = /^(\d+(?:[.]\d+)?)([dh])?$/.exec(text) ?? []
  if (digits !== undefined) return Number(digits) / (unit === 'h' ? 24 : 1)
  throw new UsageError(`--max-age is "${text}". Allowed: a time such as 30d or 12h`, command)
}
