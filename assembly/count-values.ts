/** Values of which the different ones are wanted. */
@unmanaged
export class Column {
  /** Doubles but NaN; afterwards the different ones, ascending. */
  values: usize
  /** Room for as many doubles: afterwards how often each different value was there. */
  counts: usize
  /** Number of values. */
  length: u32
  /** Afterwards: number of different values. */
  distinct: u32
}

@unmanaged
export class CountValues {
  /** Records {@link Column}, one after another. */
  columns: usize
  /** For each thread: room for the longest column, and for the counters. */
  spare: usize
  spareBytes: u32
}

/** Values are sorted by digits of 11 bits, the last one first. */
const DIGIT_BITS: u32 = 11
const DIGITS: u32 = 6
const BUCKETS: u32 = 2048
const COUNTER_BYTES: usize = 49152

/** Task = column. */
export function countValues(args: CountValues, task: u32, thread: u32): void {
  const column = changetype<Column>(args.columns + <usize>task * offsetof<Column>())
  const spare = args.spare + <usize>thread * args.spareBytes
  sort(column.values, column.length, spare, spare + COUNTER_BYTES)
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
