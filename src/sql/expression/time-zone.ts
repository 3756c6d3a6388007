/** Names of zones that Java knows beside those of the IANA data (`java.time.ZoneId.SHORT_IDS`). */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  EST: '-05:00',
  HST: '-10:00',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  MST: '-07:00',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
}

/** Seconds that a zone is ahead of UTC at a time, in seconds since 1970. */
type Offset = (seconds: number) => number

const zones = new Map<string, Offset | undefined>()

/** Offset of a zone by its name, an offset such as `+01:00`, or `GMT+1`; undefined where Spark does not know it. */
export function zoneOffset(name: string): Offset | undefined {
  if (!zones.has(name)) zones.set(name, make(name))
  return zones.get(name)
}

function make(name: string): Offset | undefined {
  const zone = Object.hasOwn(SHORT_NAMES, name) ? SHORT_NAMES[name] : name
  if (/^(Z|UTC|GMT|UT)$/.test(zone)) return () => 0
  const fixed = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{1,2})(?::?(\d{2}))?)?$/.exec(zone)
  if (fixed) {
    const [, sign, hours, minutes = '0', seconds = '0'] = fixed
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
    if (offset > 18 * 3600 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
    return () => (sign === '-' ? -offset : offset)
  }
  return /^[A-Z][A-Za-z0-9~/._+-]+$/.test(zone) ? ofRegion(zone) : undefined
}

function ofRegion(timeZone: string): Offset | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    })
  } catch {
    return undefined
  }
  return (seconds) => {
    const parts = Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]))
    const local = new Date(0)
    const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
    local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day))
    local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second))
    return local.getTime() / 1000 - seconds
  }
}

const DAY = 86_400

/** Seconds since 1970 of a local time: the earlier one where it comes twice, later by the gap where clocks skip it, as in Java. */
export function utcOf(local: number, offset: Offset): number {
  const [before, after] = [offset(local - DAY), offset(local + DAY)]
  const early = local - before
  if (before === after || offset(early) === before) return early
  const late = local - after
  return offset(late) === after ? late : early
}
