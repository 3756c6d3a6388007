/** Days since 1970-01-01, and seconds since midnight, both in UTC. */
type Field = (day: number, second: number) => number

/** Of the calendar that Spark uses, the Gregorian one at all times. */
interface CivilDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
}

/** What a date or a timestamp tells, by the names of Spark's functions. They name nothing outside the function, so that it can be printed. */
export function calendarFields() {
  /**
   * The date of a day. Years are counted from March, so that the day of a leap year comes last.
   *
   * Source: E. M. Reingold, N. Dershowitz, "Calendrical Calculations" (2018), doi:10.1017/9781107415058; the arithmetic is that of H. Hinnant, "chrono-Compatible Low-Level Date
   * Algorithms" (2013).
   */
  function civilDate(day: number): CivilDate {
    const shifted = day + 719_468
    const era = Math.floor(shifted / 146_097)
    const ofEra = shifted - era * 146_097
    const yearOfEra = Math.floor(
      (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
    )
    const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
    const fromMarch = Math.floor((5 * ofYear + 2) / 153)
    const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return {
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
      month,
      day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
    }
  }

  /** Days since 1970-01-01 of the first day of a year. */
  const newYear = (year: number): number => {
    const before = year - 1
    return 365 * before + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 719_162
  }

  const dayOfYear = (day: number): number => day - newYear(civilDate(day).year) + 1
  /** 0 is Monday. */
  const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7
  const hour: Field = (_, second) => Math.floor(second / 3600)

  return {
    year: (day) => civilDate(day).year,
    quarter: (day) => Math.ceil(civilDate(day).month / 3),
    month: (day) => civilDate(day).month,
    dayofmonth: (day) => civilDate(day).day,
    dayofyear: dayOfYear,
    // A week belongs to the year that its Thursday lies in.
    weekofyear: (day) => Math.floor((dayOfYear(day - weekday(day) + 3) - 1) / 7) + 1,
    dayofweek: (day) => ((weekday(day) + 1) % 7) + 1,
    weekday,
    isweekend: (day) => (weekday(day) >= 5 ? 1 : 0),
    hour,
    minute: (_, second) => Math.floor(second / 60) % 60,
    second: (_, second) => Math.floor(second) % 60,
  } as const satisfies Readonly<Record<string, Field>>
}

/** Name of a field. */
export type CalendarField = keyof ReturnType<typeof calendarFields>

/** Fields that a number, the hour of the day, has as well. */
export const HOUR_FIELDS: ReadonlySet<string> = new Set(['hour', 'minute', 'ispeakhour'])
