import { ParamError, RidgelineError } from '../errors.js'
import type { RawRecord } from '../sql/stream-source.js'
import { knownNames } from '../util/names.js'

const POLICIES = ['fail', 'deadLetter', 'skip', 'permissive'] as const

/**
 * What becomes of records that cannot be read or scored: `fail` ends the query, `deadLetter` keeps them with the reason, `skip` counts them and leaves them
 * out, `permissive` makes null of what `from_json` cannot read, as Spark does, and fails for the rest.
 */
export type BadRecords = (typeof POLICIES)[number]

/** A record that was refused. */
export interface DeadLetter {
  readonly record: RawRecord
  readonly reason: string
  readonly batchId: number
  readonly queryId: string
}

/** Where dead letters go. Letters of a micro-batch come again, under its number, when it is run again. */
export interface DeadLetterSink {
  write(batchId: number, letters: readonly DeadLetter[]): Promise<void>
  stop(): Promise<void>
}

/** The policy that the options tell; `fail` unless dead letters have a place. @throws ParamError. */
export function policyOf(options: ReadonlyMap<string, string>): BadRecords {
  const placed = options.has('deadlettertopic') || options.has('deadletterpath')
  const name = options.get('badrecords') ?? (placed ? 'deadLetter' : 'fail')
  const policy = POLICIES.find((known) => known.toLowerCase() === name.toLowerCase())
  if (!policy) {
    throw new ParamError(`badRecords is ${name}`, {
      stage: 'writeStream',
      param: 'badRecords',
      allowed: knownNames('policies', name, POLICIES),
      received: name,
    })
  }
  if ((policy === 'deadLetter') === placed) return policy
  throw new ParamError(
    placed ? `badRecords is ${policy}, and there is a place for dead letters` : 'dead letters have no place',
    {
      stage: 'writeStream',
      param: 'badRecords',
      hint: placed
        ? 'Leave badRecords out, or the place'
        : "Name it: option('deadLetterTopic', 'rides_refused') or option('deadLetterPath', 'refused')",
    },
  )
}

/** A record that ended a query. */
export class BadRecordError extends RidgelineError {
  override readonly code = 'BAD_RECORD'
  readonly record: RawRecord

  constructor(record: RawRecord, reason: string, cause?: unknown) {
    super(`record ${record.place} cannot be processed: ${reason}`, {
      stage: 'writeStream',
      cause,
      hint: "Keep such records apart with option('deadLetterTopic', …) or option('deadLetterPath', …)",
    })
    this.record = record
  }
}
