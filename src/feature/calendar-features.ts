import { ParamError } from '../errors.js'
import { arrayOf, interval, oneOfConstraint } from '../param/constraint.js'
import { type ColumnTest, intArray, stringArray } from '../param/row.js'
import { handleInvalid, singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { type Attribute, AttributeGroup, BinaryAttribute, NumericAttribute } from '../sql/attributes.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import { valueError } from '../sql/column-origin.js'
import { denseVectors } from '../sql/columns.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable, type ReadNumber, type WriteNumbers } from '../sql/row-form.js'
import { fieldOf, isNumeric, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { type CalendarField, calendarFields, HOUR_FIELDS } from '../util/calendar-fields.js'

const SECONDS_PER_DAY = 86_400
const FIELDS = [...(Object.keys(calendarFields()) as CalendarField[]), 'ispeakhour'] as const
const FLAGS: ReadonlySet<string> = new Set(['isweekend', 'ispeakhour'])

const times: ColumnTest = {
  text: 'date, timestamp, or a number (the hour of the day)',
  ok: (type) => ['date', 'timestamp', 'timestamp_ntz'].includes(type.kind) || isNumeric(type),
}

const params = {
  ...singleColumn(times, VectorUDT),
  fields: stringArray({
    default: ['hour', 'weekday', 'ispeakhour'],
    doc: 'what the slots of the output are, in this order, by the names of Spark SQL functions',
    constraint: arrayOf(
      oneOfConstraint(FIELDS),
      `an array of one or more different ones of ${FIELDS.join(', ')}`,
      (fields) => fields.length > 0 && new Set(fields).size === fields.length,
    ),
  }),
  peakHours: intArray({
    default: [7, 8, 16, 17, 18],
    doc: 'hours of the day (0 to 23) that are peak hours, each from its first to its last minute',
    constraint: arrayOf(interval('integer', { min: 0, max: 23 }), 'an array of integers in [0, 23]'),
  }),
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how to handle null, and numbers that are no hour: skip (drop the row), error, or keep (NaN in all slots)',
  ),
} as const

/** A field of a day since 1970-01-01 and a second since midnight. */
type ReadField = (day: number, second: number) => number

const fieldReaders = (
  calendar: typeof calendarFields,
  fields: readonly string[],
  peakHours: readonly number[],
): readonly ReadField[] => {
  const known: Readonly<Record<string, ReadField>> = calendar()
  const peak = new Set(peakHours)
  return fields.map((field) =>
    field === 'ispeakhour' ? (_, second) => Number(peak.has(Math.floor(second / 3600))) : known[field],
  )
}

/** The fields of one row. */
const calendarSlots =
  (read: ReadNumber, kind: string, readers: readonly ReadField[]): WriteNumbers =>
  (row, into, at) => {
    const value = read(row)
    const isHour = value >= 0 && value < 24
    let time = isHour ? value * 3600 : Number.NaN
    if (kind === 'date') time = value * 86_400
    else if (kind === 'timestamp' || kind === 'timestamp_ntz') time = Math.floor(value / 1e6)
    if (Number.isNaN(time)) return false
    const day = Math.floor(time / 86_400)
    for (let f = 0; f < readers.length; f++) into[at + f] = readers[f](day, time - day * 86_400)
    return true
  }

/**
 * What a calendar says of a date or a timestamp, as a vector with a slot a field. Spark has no such stage.
 *
 * | field | of | meaning |
 * | --- | --- | --- |
 * | `year`, `quarter`, `month`, `dayofmonth`, `dayofyear` | dates, timestamps | as Spark's functions of these names |
 * | `weekofyear` | dates, timestamps | week of ISO 8601, 1 to 53 |
 * | `dayofweek`, `weekday` | dates, timestamps | 1 is Sunday, 0 is Monday |
 * | `isweekend` | dates, timestamps | 1 on Saturday and Sunday |
 * | `hour`, `minute`, `second` | timestamps | in UTC |
 * | `ispeakhour` | timestamps, numbers | 1 in one of the `peakHours` |
 *
 * A column of numbers holds the hour of the day, from 0 up to but without 24, and has the fields `hour`, `minute` and `ispeakhour`. Slots are named after their fields in the ML attributes, so that a
 * VectorAssembler names them `<column>_<field>`.
 *
 * | value | error | skip | keep |
 * | --- | --- | --- | --- |
 * | null, NaN, a number outside of 0 to 24 | DataError | the row is dropped | NaN in all slots |
 *
 * **Errors**: ParamError for a field that the type of the column does not have; SchemaError for a missing column, one of another type, or an output
 * column that exists. **Cost**: some arithmetic a field. **Differs from Spark**: it has no such class; what holds this stage is saved as JSON, and Spark's format refuses it.
 *
 * @example
 * ```ts
 * import { CalendarFeatures, createDataFrame } from 'ridgeline'
 * const rides = createDataFrame([{ start: new Date('2026-11-26T08:30:00Z') }])
 * const calendar = new CalendarFeatures({ inputCol: 'start', outputCol: 'when', fields: ['hour', 'weekday', 'ispeakhour'] })
 * await calendar.transform(rides).select('when').show() // [8.0,3.0,1.0]
 * ```
 */
export class CalendarFeatures extends transformer('ridgeline.feature.CalendarFeatures', params) {
  override transformSchema(schema: StructType): StructType {
    this.requireFields(schema)
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const { kind } = fieldOf(schema, column).dataType
    const mode = this.getHandleInvalid()
    const fields = this.getFields()
    const readers = fieldReaders(calendarFields, fields, this.getPeakHours())
    const width = readers.length
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output()],
      filters: mode === 'skip',
      run: ([input], length, firstRow) => {
        const seconds = secondsOf(input, length, kind)
        const values = new Float64Array(length * width)
        const keep = mode === 'skip' ? new Uint8Array(length).fill(1) : null
        for (let i = 0, at = 0; i < length; i++, at += width) {
          const time = isValid(input.valid, i) ? seconds[i] : Number.NaN
          if (Number.isNaN(time)) {
            if (mode === 'error') {
              const received = isValid(input.valid, i) ? 'no hour of the day' : 'null'
              throw valueError(
                received,
                i,
                { stage: this.uid, column, firstRow },
                'a time',
                'Set handleInvalid to "keep" or "skip"',
              )
            }
            if (keep) keep[i] = 0
            values.fill(Number.NaN, at, at + width)
            continue
          }
          const day = Math.floor(time / SECONDS_PER_DAY)
          for (let f = 0; f < width; f++) values[at + f] = readers[f](day, time - day * SECONDS_PER_DAY)
        }
        return { columns: [denseVectors(values, width)], keep }
      },
      // What is not known is null, or no hour.
      ...(mode === 'skip' && { drops: () => true }),
      forms: ([input]) => {
        if (input.kind !== 'number') return undefined
        const readersOf = printable(fieldReaders, calendarFields, fields, this.getPeakHours())
        const write = printable(calendarSlots, input.read, kind, readersOf)
        return [{ kind: 'vector', size: width, storage: 'dense', parts: [{ kind: 'numbers', size: width, write }] }]
      },
    }
  }

  private requireFields(schema: StructType): void {
    const field = fieldOf(schema, this.getInputCol(), this.uid)
    const { dataType } = field
    if (!times.ok(dataType)) return
    const has = (name: string): boolean => {
      if (isNumeric(dataType)) return HOUR_FIELDS.has(name)
      return dataType.kind !== 'date' || !(HOUR_FIELDS.has(name) || name === 'second')
    }
    const lacking = this.getFields().find((name) => !has(name))
    if (lacking === undefined) return
    throw new ParamError(`column "${field.name}" is ${dataType.kind}, which has no ${lacking}`, {
      stage: this.uid,
      param: 'fields',
      column: field.name,
      allowed: `Allowed: ${FIELDS.filter(has).join(', ')}`,
      received: lacking,
      hint: 'Choose other fields, or cast the column to timestamp.',
    })
  }

  private output(): StructField {
    const name = this.getOutputCol()
    const slots = this.getFields().map(
      (field): Attribute => (FLAGS.has(field) ? BinaryAttribute({ name: field }) : NumericAttribute({ name: field })),
    )
    return StructField(name, VectorUDT, true, new AttributeGroup(name, slots).toMetadata())
  }
}

/** Seconds since 1970-01-01 of the rows; NaN for a number that is no hour of the day. */
function secondsOf(column: ColumnData, length: number, kind: string): Float64Array {
  const values = castToDoubles(column, length)
  if (kind === 'date') return values.map((day) => day * SECONDS_PER_DAY)
  if (kind === 'timestamp' || kind === 'timestamp_ntz') return values.map((micros) => Math.floor(micros / 1e6))
  return values.map((hour) => (hour >= 0 && hour < 24 ? hour * 3600 : Number.NaN))
}
