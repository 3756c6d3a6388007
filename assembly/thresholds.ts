/** The sampled values of a feature, and the thresholds that they give. */
@unmanaged
export class Column {
  /** Values but 0, none of them NaN; afterwards the different ones, ascending. */
  values: usize
  /** Room for as many doubles: afterwards how often each different value was there. */
  counts: usize
  /** Room for thresholds. */
  thresholds: usize
  /** Number of values, of different ones, and of thresholds. */
  length: u32
  distinct: u32
  found: u32
  /** Number of the feature. */
  feature: u32
}

/** Rows of which samples are taken. */
@unmanaged
export class SampleRows {
  /** Values row by row, as many doubles a row as there are features. */
  values: usize
  rowCount: u32
  featureCount: u32
  /** For each row a byte that says whether it is in the sample. 0: all are. */
  flags: usize
  /** Records {@link Column}, one after another. */
  columns: usize
  columnCount: u32
}

@unmanaged
export class FindThresholds {
  /** Records {@link Column}, one after another. */
  columns: usize
  /** For each thread: room for the longest column, and for the counters. */
  spare: usize
  spareBytes: u32
  /** Most thresholds of a feature. */
  most: u32
  /** Number of rows that are sampled, as is expected: what values leave of it are zeros. */
  expected: f64
}

/** Task 0: adds the sampled rows to the columns, zeros left out. */
export function sampleRows(args: SampleRows, task: u32, thread: u32): void {
  const rowBytes = <usize>args.featureCount << 3
  let row = args.values
  for (let i: u32 = 0; i < args.rowCount; i++, row += rowBytes) {
    if (args.flags && load<u8>(args.flags + i) == 0) continue
    for (let c: u32 = 0; c < args.columnCount; c++) {
      const column = changetype<Column>(args.columns + <usize>c * offsetof<Column>())
      const value = load<f64>(row + (<usize>column.feature << 3))
      store<f64>(column.values + (<usize>column.length << 3), value)
      column.length += <u32>(value != 0)
    }
  }
}

/** Task = column: thresholds as Spark finds them, see `thresholdsOf` in the twin. */
export function findThresholds(args: FindThresholds, task: u32, thread: u32): void {
  const column = changetype<Column>(args.columns + <usize>task * offsetof<Column>())
  const spare = args.spare + <usize>thread * args.spareBytes
  sort(column.values, column.length, spare, spare + COUNTER_BYTES)
  countValues(column)
  walk(column, args.expected, args.most)
}

/** Leaves the different values, and counts them. */
function countValues(column: Column): void {
  const values = column.values
  const counts = column.counts
  let last: usize = 0
  let count: f64 = 0
  for (let at: usize = 0, end = <usize>column.length << 3; at < end; at += 8) {
    const value = load<f64>(values + at)
    if (at > 0 && value != load<f64>(values + last)) {
      store<f64>(counts + last, count)
      last += 8
      count = 0
    }
    store<f64>(values + last, value)
    count += 1
  }
  if (column.length) store<f64>(counts + last, count)
  column.distinct = column.length ? <u32>((last >> 3) + 1) : 0
}

/** What Spark forgives per value in a sum of weights. */
const TOLERANCE: f64 = 2.220446049250313e-14

function walk(column: Column, expected: f64, most: u32): void {
  column.found = 0
  const distinct = column.distinct
  if (distinct == 0) return
  const zeros = expected - <f64>column.length
  const hasZero = zeros > TOLERANCE * <f64>column.length
  const length = distinct + <u32>hasZero
  const zeroAt = hasZero ? firstPositive(column) : length
  const stride = expected / <f64>(most + 1)
  const takesAll = length - 1 <= most
  let target = stride
  let weight: f64 = 0
  let before: f64 = 0
  let value: f64 = 0
  for (let i: u32 = 0; i < length; i++) {
    const weightBefore = weight
    before = value
    const isZero = i == zeroAt
    const at = <usize>(i - <u32>(i > zeroAt)) << 3
    value = isZero ? 0 : load<f64>(column.values + at)
    weight += isZero ? zeros : load<f64>(column.counts + at)
    if (i == 0) continue
    if (!takesAll) {
      if (abs(weightBefore - target) >= abs(weight - target)) continue
      target += stride
    }
    store<f64>(column.thresholds + (<usize>column.found << 3), (before + value) / 2)
    column.found += 1
  }
}

/** Place of the first value above 0; the number of values, if there is none. */
function firstPositive(column: Column): u32 {
  let place: u32 = 0
  while (place < column.distinct && load<f64>(column.values + (<usize>place << 3)) < 0) place++
  return place
}

/** Values are sorted by digits of 11 bits, the last one first. */
const DIGIT_BITS: u32 = 11
const DIGITS: u32 = 6
const BUCKETS: u32 = 2048
const COUNTER_BYTES: usize = 49152

/** Whole numbers in the same order as doubles: the bits of negative ones are turned over, else the sign only. */
@inline
function keyOf(bits: i64): u64 {
  return bits ^ ((bits >> 63) | i64.MIN_VALUE)
}

@inline
function bitsOf(key: u64): u64 {
  return key ^ ((((<i64>key) >> 63) ^ -1) | i64.MIN_VALUE)
}

/** Sorts doubles. A digit that is the same in all values costs nothing. */
function sort(values: usize, length: u32, counters: usize, spare: usize): void {
  const end = values + (<usize>length << 3)
  memory.fill(counters, 0, COUNTER_BYTES)
  for (let at = values; at < end; at += 8) {
    let key = keyOf(load<i64>(at))
    store<u64>(at, key)
    for (let digit = counters; digit < counters + COUNTER_BYTES; digit += <usize>BUCKETS << 2) {
      const counter = digit + ((<usize>key & (BUCKETS - 1)) << 2)
      store<u32>(counter, load<u32>(counter) + 1)
      key >>= DIGIT_BITS
    }
  }
  let from = values
  let to = spare
  for (let digit: u32 = 0; digit < DIGITS; digit++) {
    const places = counters + ((<usize>digit * BUCKETS) << 2)
    if (!placesOf(places, length)) continue
    const shift = <u64>(digit * DIGIT_BITS)
    for (let at = from, stop = from + (<usize>length << 3); at < stop; at += 8) {
      const key = load<u64>(at)
      const place = places + ((<usize>(key >> shift) & (BUCKETS - 1)) << 2)
      const next = load<u32>(place)
      store<u32>(place, next + 1)
      store<u64>(to + (<usize>next << 3), key)
    }
    const other = from
    from = to
    to = other
  }
  for (let i: usize = 0; i < <usize>length << 3; i += 8) store<u64>(values + i, bitsOf(load<u64>(from + i)))
}

/** Makes places out of counts: where the first value with each digit goes. @returns whether there are two digits at least. */
function placesOf(counters: usize, length: u32): bool {
  let place: u32 = 0
  for (let counter = counters, end = counters + (<usize>BUCKETS << 2); counter < end; counter += 4) {
    const count = load<u32>(counter)
    if (count == length) return false
    store<u32>(counter, place)
    place += count
  }
  return true
}
