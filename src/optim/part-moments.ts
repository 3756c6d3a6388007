import { type OneHotPart, partWidth, sameNumbers, slotNumbers, type VectorPart } from '../sql/vector-parts.js'
import type { Moments } from './moments.js'

/**
 * Weighted sums of the products of the columns `[features, label, 1]` of rows whose features are known by their parts. A one-hot part of
 * any width costs a few additions a row: what the rows of each code sum up to tells its products with everything else. Sums are not
 * formed row by row, so their last bits are not those of `WeightedMoments`.
 */
export class PartMoments {
  readonly #layout: readonly VectorPart[]
  readonly #width: number
  /** Where the columns of numbers stand, the label the last of them. */
  readonly #slots: number[] = []
  /** Products of the columns of numbers, packed by columns of the upper triangle. */
  readonly #products: Float64Array
  readonly #groups: Group[] = []
  #count = 0
  /** Takes the columns of numbers of a block. */
  #space: Float64Array[] = []

  /** @param parts those of the first rows, one of them one-hot; all other rows must have the same layout. */
  constructor(parts: readonly VectorPart[]) {
    this.#layout = parts
    let slot = 0
    for (const part of parts) {
      if (part.kind === 'numbers') this.#slots.push(slot)
      else this.#groups.push(emptyGroup(part, slot, this.#groups))
      slot += partWidth(part)
    }
    this.#slots.push(slot)
    this.#width = slot + 2
    this.#products = new Float64Array((this.#slots.length * (this.#slots.length + 1)) / 2)
    for (const group of this.#groups) group.sums = this.#slots.map(() => new Float64Array(group.counts.length))
  }

  /** Whether the parts of further rows have the layout of the first ones. */
  matches(parts: readonly VectorPart[]): boolean {
    return parts.length === this.#layout.length && parts.every((part, k) => isAlike(part, this.#layout[k]))
  }

  /** Adds rows. @param weights one weight a row; null: all 1. */
  add(parts: readonly VectorPart[], labels: Float64Array, weights: Float64Array | null): void {
    const n = labels.length
    this.#count += n
    const columns = this.#columnsOf(parts, labels)
    const weighted = weights === null ? columns : columns.map((column) => column.map((x, i) => x * weights[i]))
    let p = 0
    for (let b = 0; b < columns.length; b++) {
      for (let a = 0; a <= b; a++) this.#products[p++] += innerProduct(columns[a], weighted[b], n)
    }
    const codesOf = parts.flatMap((part) => (part.kind === 'oneHot' ? [part.codes] : []))
    this.#groups.forEach(({ counts, sums, pairs }, g) => {
      const codes = codesOf[g]
      // Two columns a pass: the codes are read half as often.
      const last = weighted.length - 1
      for (let a = 0; a < last; a += 2) addTwoByCode(sums[a], sums[a + 1], codes, weighted[a], weighted[a + 1])
      if (last % 2 === 1) addWeights(counts, codes, weights)
      else if (weights === null) addCounted(sums[last], counts, codes, weighted[last])
      else addTwoByCode(sums[last], counts, codes, weighted[last], weights)
      for (const [h, table] of pairs.entries()) {
        addWeights(table, pairCodes(codes, codesOf[h], this.#groups[h].counts.length), weights)
      }
    })
  }

  /** The columns of numbers, then the label. */
  #columnsOf(parts: readonly VectorPart[], labels: Float64Array): Float64Array[] {
    const numbers = parts.filter((part) => part.kind === 'numbers')
    if (this.#space.some((space) => space.length < labels.length) || this.#space.length < numbers.length) {
      this.#space = numbers.map(() => new Float64Array(labels.length))
    }
    return [...numbers.map((part, k) => slotNumbers(part, this.#space[k])), labels]
  }

  /** The sums of all rows. */
  moments(): Moments {
    const gram = this.#gram()
    const k = this.#width - 2
    const column = (j: number): number => (j * (j + 1)) / 2
    return {
      numFeatures: k,
      inOrder: false,
      count: this.#count,
      weightSum: gram[gram.length - 1],
      featureProducts: gram.subarray(0, column(k)),
      labelProducts: gram.subarray(column(k), column(k + 1)),
      sums: gram.subarray(column(k + 1), gram.length - 1),
    }
  }

  /** The Gram matrix, packed by columns of its upper triangle. */
  #gram(): Float64Array {
    const one = this.#width - 1
    const gram = new Float64Array((this.#width * (this.#width + 1)) / 2)
    const put = (i: number, j: number, value: number): void => {
      gram[i <= j ? (j * (j + 1)) / 2 + i : (i * (i + 1)) / 2 + j] = value
    }
    const rows = sum(this.#groups[0].counts)
    const totals = this.#groups[0].sums.map(sum)
    put(one, one, rows)
    let p = 0
    for (const [b, slot] of this.#slots.entries()) {
      for (let a = 0; a <= b; a++) put(this.#slots[a], slot, this.#products[p++])
      put(slot, one, totals[b])
    }
    for (const group of this.#groups) {
      const { first, on, counts, sums, pairs } = group
      for (let k = 0; k < on.length; k++) {
        for (const [a, slot] of this.#slots.entries()) put(first + k, slot, blend(group, k, sums[a][k], totals[a]))
        put(first + k, one, blend(group, k, counts[k], rows))
        for (let l = 0; l <= k; l++) {
          const both = k === l ? counts[k] : 0
          put(first + l, first + k, blendTwo(group, k, group, l, both, rows))
        }
      }
      for (const [h, table] of pairs.entries()) {
        const other = this.#groups[h]
        for (let k = 0; k < on.length; k++) {
          for (let l = 0; l < other.on.length; l++) {
            const both = table[k * other.counts.length + l]
            put(first + k, other.first + l, blendTwo(group, k, other, l, both, rows))
          }
        }
      }
    }
    return gram
  }
}

/** Sums over the rows of each code of a one-hot part; the last code is that of rows without a slot. */
interface Group {
  readonly first: number
  readonly on: Float64Array
  readonly off: Float64Array | null
  /** Of weights. */
  readonly counts: Float64Array
  /** Of each column of numbers. */
  sums: Float64Array[]
  /** Of weights, for each pair of codes with each of the groups before. */
  readonly pairs: readonly Float64Array[]
}

function emptyGroup({ on, off }: OneHotPart, first: number, before: readonly Group[]): Group {
  const counts = new Float64Array(on.length + 1)
  const pairs = before.map((other) => new Float64Array(counts.length * other.counts.length))
  return { first, on, off, counts, sums: [], pairs }
}

const offOf = ({ off }: Group, k: number): number => off?.[k] ?? 0

/** Sum over all rows of slot `k` times a column that sums up to `hit` over the rows of the slot and to `total` over all. */
const blend = (group: Group, k: number, hit: number, total: number): number =>
  group.on[k] * hit + offOf(group, k) * (total - hit)

/** Sum over all rows of the product of two slots, from the weights of the rows of both at once and of all. */
function blendTwo(g: Group, k: number, h: Group, l: number, both: number, all: number): number {
  const [ofG, ofH] = [g.counts[k], h.counts[l]]
  return (
    g.on[k] * h.on[l] * both +
    g.on[k] * offOf(h, l) * (ofG - both) +
    offOf(g, k) * h.on[l] * (ofH - both) +
    offOf(g, k) * offOf(h, l) * (all - ofG - ofH + both)
  )
}

function isAlike(part: VectorPart, other: VectorPart): boolean {
  if (part.kind === 'numbers' || other.kind === 'numbers') return part.kind === other.kind
  return sameNumbers(part.on, other.on) && sameNumbers(part.off, other.off)
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)

/** Four sums at once, because each addition waits for the one before. */
function innerProduct(a: Float64Array, b: Float64Array, n: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i]
    s1 += a[i + 1] * b[i + 1]
    s2 += a[i + 2] * b[i + 2]
    s3 += a[i + 3] * b[i + 3]
  }
  for (; i < n; i++) s0 += a[i] * b[i]
  return s0 + s1 + (s2 + s3)
}

function addByCode(sums: Float64Array, codes: Int32Array, column: Float64Array): void {
  for (let i = 0; i < codes.length; i++) sums[codes[i]] += column[i]
}

function addTwoByCode(
  first: Float64Array,
  second: Float64Array,
  codes: Int32Array,
  a: Float64Array,
  b: Float64Array,
): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]
    first[code] += a[i]
    second[code] += b[i]
  }
}

/** A column by code, and how often each code occurs. */
function addCounted(sums: Float64Array, counts: Float64Array, codes: Int32Array, column: Float64Array): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]
    sums[code] += column[i]
    counts[code]++
  }
}

/** @param weights null: all 1. */
function addWeights(sums: Float64Array, codes: Int32Array, weights: Float64Array | null): void {
  if (weights !== null) addByCode(sums, codes, weights)
  else for (let i = 0; i < codes.length; i++) sums[codes[i]]++
}

/** One code for each pair. */
function pairCodes(codes: Int32Array, others: Int32Array, count: number): Int32Array {
  const pairs = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) pairs[i] = codes[i] * count + others[i]
  return pairs
}
