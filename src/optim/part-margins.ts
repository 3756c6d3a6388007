import { type NumberPart, type OneHotPart, partWidth, type VectorPart } from '../sql/vector-parts.js'

/**
 * As `addMargins`, to the last bit, over rows that are known by their parts: adds `x'coefficients` of rows `from .. to` to `margins`,
 * where row `from` comes first. Every coefficient must be finite.
 */
export function addPartMargins(
  parts: readonly VectorPart[],
  from: number,
  to: number,
  coefficients: Float64Array,
  margins: Float64Array,
): void {
  let slot = 0
  for (const part of parts) {
    const end = slot + partWidth(part)
    if (part.kind === 'numbers') addNumbers(part, from, to, coefficients[slot], margins)
    else addOneHot(part, from, to, coefficients.subarray(slot, end), margins)
    slot = end
  }
}

function addNumbers(part: NumberPart, from: number, to: number, coefficient: number, margins: Float64Array): void {
  const { data, shift, scale } = part
  for (let i = from; i < to; i++) margins[i - from] += (data[i] - shift) * scale * coefficient
}

function addOneHot(
  part: OneHotPart,
  from: number,
  to: number,
  coefficients: Float64Array,
  margins: Float64Array,
): void {
  const { on, off } = part
  const codes = from === 0 && to === part.codes.length ? part.codes : part.codes.subarray(from, to)
  const hot = on.map((value, k) => value * coefficients[k])
  if (off === null) addHot(codes, hot, margins)
  else
    addAll(
      codes,
      hot,
      off.map((value, k) => value * coefficients[k]),
      margins,
    )
}

/** One product a row; the others are 0. */
function addHot(codes: Int32Array, hot: Float64Array, margins: Float64Array): void {
  for (let i = 0; i < codes.length; i++) if (codes[i] < hot.length) margins[i] += hot[codes[i]]
}

/** All products of each row, in order: those of the rows of one code are the same numbers. */
function addAll(codes: Int32Array, hot: Float64Array, products: Float64Array, margins: Float64Array): void {
  const { rows, ends } = rowsByCode(codes, hot.length + 1)
  for (let code = 0, start = 0; code <= hot.length; start = ends[code++]) {
    if (code === hot.length) {
      addToRows(products, rows, start, ends[code], margins)
      break
    }
    const cold = products[code]
    products[code] = hot[code]
    addToRows(products, rows, start, ends[code], margins)
    products[code] = cold
  }
}

/** Numbers of the rows of code 0, then of code 1, …, and where those of each code end. */
interface RowsByCode {
  readonly rows: Int32Array
  readonly ends: Int32Array
}

/** Many models of a search predict the same rows. */
const knownRows = new WeakMap<Int32Array, RowsByCode>()

function rowsByCode(codes: Int32Array, count: number): RowsByCode {
  const known = knownRows.get(codes)
  if (known?.ends.length === count) return known
  const found = sortedByCode(codes, count)
  knownRows.set(codes, found)
  return found
}

function sortedByCode(codes: Int32Array, count: number): RowsByCode {
  const ends = new Int32Array(count)
  for (let i = 0; i < codes.length; i++) ends[codes[i]]++
  for (let code = 0, start = 0; code < count; code++) {
    const rows = ends[code]
    ends[code] = start
    start += rows
  }
  const rows = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) rows[ends[codes[i]]++] = i
  return { rows, ends }
}

/** Adds the same addends to several sums, one after the other. Eight rows at once keep independent sums in registers. */
function addToRows(addends: Float64Array, rows: Int32Array, start: number, end: number, sums: Float64Array): void {
  let r = start
  for (; r + 8 <= end; r += 8) {
    let s0 = sums[rows[r]]
    let s1 = sums[rows[r + 1]]
    let s2 = sums[rows[r + 2]]
    let s3 = sums[rows[r + 3]]
    let s4 = sums[rows[r + 4]]
    let s5 = sums[rows[r + 5]]
    let s6 = sums[rows[r + 6]]
    let s7 = sums[rows[r + 7]]
    for (let k = 0; k < addends.length; k++) {
      const addend = addends[k]
      s0 += addend
      s1 += addend
      s2 += addend
      s3 += addend
      s4 += addend
      s5 += addend
      s6 += addend
      s7 += addend
    }
    sums[rows[r]] = s0
    sums[rows[r + 1]] = s1
    sums[rows[r + 2]] = s2
    sums[rows[r + 3]] = s3
    sums[rows[r + 4]] = s4
    sums[rows[r + 5]] = s5
    sums[rows[r + 6]] = s6
    sums[rows[r + 7]] = s7
  }
  for (; r < end; r++) {
    let sum = sums[rows[r]]
    for (let k = 0; k < addends.length; k++) sum += addends[k]
    sums[rows[r]] = sum
  }
}
