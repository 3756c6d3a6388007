import { EngineError, RidgelineError } from '../../errors.js'
import { pause } from '../signal.js'
import type { KafkaPort } from './port.js'

/** Tries in a row that fail before a query ends. */
export const TRIES = 10
const LONGEST_PAUSE = 5000

/** Waits before another try, longer each time. */
export const backOff = (failures: number): Promise<void> => pause(Math.min(LONGEST_PAUSE, 100 * 2 ** failures))

/**
 * Does something again while brokers are away: clients give up sooner than a restart takes.
 * @param wanted whether somebody still waits for it.
 * @throws EngineError with the last error; errors of our own, and those that no other try changes, at once.
 */
export async function retrying<T>(
  port: Pick<KafkaPort, 'isFatal'>,
  work: () => Promise<T>,
  wanted: () => boolean = () => true,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof RidgelineError) throw cause
      if (port.isFatal(cause) || failures >= TRIES || !wanted()) {
        throw new EngineError(`Kafka cannot be read: ${(cause as Error).message}`, { stage: 'readStream', cause })
      }
      await backOff(failures)
    }
  }
}
