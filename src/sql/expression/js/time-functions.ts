import { DoubleType, IntegerType, LongType, StringType } from '../../types.js'
import { dateOfText, timestampOfText } from '../time-text.js'
import { utcOf, zoneOffset } from '../time-zone.js'
import { type JsFunction, jsFunction } from './js-function.js'

/** Seconds that a zone is ahead of UTC; null for a zone that does not exist. */
const aheadOf = (seconds: number, zone: string): number | null => zoneOffset(zone)?.(Math.floor(seconds)) ?? null

/** Seconds that a zone is ahead of UTC at a local time. */
function aheadAt(local: number, zone: string): number | null {
  const offset = zoneOffset(zone)
  const seconds = Math.floor(local)
  return offset ? seconds - utcOf(seconds, offset) : null
}

/** Functions of dates and times as texts, and of time zones. */
export const TIME_FUNCTIONS: readonly JsFunction[] = [
  jsFunction('date_of_text', [StringType], IntegerType, (text: string) => dateOfText(text) ?? null),
  jsFunction('timestamp_of_text', [StringType], LongType, (text: string) => timestampOfText(text) ?? null),
  jsFunction('zone_offset', [DoubleType, StringType], IntegerType, aheadOf),
  jsFunction('local_offset', [DoubleType, StringType], IntegerType, aheadAt),
]
