import { type ColumnData, type DictColumn, isValid, type Validity } from '../sql/batch.js'
import type { DataType } from '../sql/types.js'
import { compareText } from '../util/compare-text.js'
import { numberText } from './number-text.js'

/** How labels are ordered; the first gets index 0. Ties of frequency go by the UTF-8 bytes of the label, ascending. */
export type LabelOrder = 'frequencyDesc' | 'frequencyAsc' | 'alphabetDesc' | 'alphabetAsc'

type LabelCount = readonly [label: string, count: number]

const ORDERS: Readonly<Record<LabelOrder, (a: LabelCount, b: LabelCount) => number>> = {
  frequencyDesc: (a, b) => b[1] - a[1] || compareText(a[0], b[0]),
  frequencyAsc: (a, b) => a[1] - b[1] || compareText(a[0], b[0]),
  alphabetDesc: (a, b) => compareText(b[0], a[0]),
  alphabetAsc: (a, b) => compareText(a[0], b[0]),
}

/**
 * How often each label occurs in a column, batch by batch. Null and NaN are no labels; a number is a label as Spark writes it as
 * a string, so that 0.0 and -0.0 are two.
 */
export class LabelCounts {
  private readonly type: DataType
  private readonly labels = new Map<string, number>()
  private readonly numbers = new Map<number | bigint, number>()
  private negativeZeros = 0
  private dictionary: readonly string[] = []
  private codes = new Float64Array(0)

  /** @param type type of the column: string or numeric. */
  constructor(type: DataType) {
    this.type = type
  }

  /** Counts the first `length` rows of a batch. */
  add(column: ColumnData, length: number): void {
    if (column.kind === 'dict') this.addStrings(column, length)
    else if (column.kind === 'f64' || column.kind === 'i32' || column.kind === 'i64') {
      this.addNumbers(column.data, column.valid, length)
    } else throw new TypeError(`a ${column.kind} column has no labels`)
  }

  /** The labels in order. */
  sorted(order: LabelOrder): string[] {
    this.takeCodes()
    this.takeNumbers()
    return [...this.labels].sort(ORDERS[order]).map((entry) => entry[0])
  }

  private addStrings({ codes, dictionary, valid }: DictColumn, length: number): void {
    if (dictionary !== this.dictionary) this.takeCodes()
    this.dictionary = dictionary
    if (this.codes.length < dictionary.length) {
      const grown = new Float64Array(Math.max(dictionary.length, 2 * this.codes.length))
      grown.set(this.codes)
      this.codes = grown
    }
    const counts = this.codes
    if (valid === null) for (let i = 0; i < length; i++) counts[codes[i]]++
    else for (let i = 0; i < length; i++) if (isValid(valid, i)) counts[codes[i]]++
  }

  private addNumbers(data: ArrayLike<number | bigint>, valid: Validity, length: number): void {
    const counts = this.numbers
    for (let i = 0; i < length; i++) {
      const value = data[i]
      if (!isValid(valid, i) || Number.isNaN(value)) continue
      if (Object.is(value, -0)) this.negativeZeros++
      else counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  }

  private count(label: string, times: number): void {
    if (times > 0) this.labels.set(label, (this.labels.get(label) ?? 0) + times)
  }

  private takeCodes(): void {
    this.dictionary.forEach((label, code) => {
      this.count(label, this.codes[code])
    })
    this.codes.fill(0)
  }

  private takeNumbers(): void {
    const { text } = numberText(this.type)
    for (const [value, times] of this.numbers) this.count(text(value), times)
    this.count('-0.0', this.negativeZeros)
    this.numbers.clear()
    this.negativeZeros = 0
  }
}
