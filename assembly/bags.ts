/** Bags of trees, drawn with replacement: how often each row is in each bag. */
@unmanaged
export class Bags {
  /** A byte for each row and tree, tree by tree. */
  counts: usize
  rowCount: u32
  treeCount: u32
  /** Records {@link Partition}, one after another. */
  partitions: usize
  /** Rows of a partition that are drawn at once. */
  step: u32
  /** For each thread: room for the draws of so many rows, a byte each. */
  spare: usize
  /** Mean of the draws, and exp(-mean). */
  mean: f64
  floor: f64
}

/** Rows that share a generator. */
@unmanaged
export class Partition {
  /** Row that is drawn next, and the one after the last. */
  nextRow: u32
  endRow: u32
  /** State of the generator; for each tree the number of entries that its rows need in a list, 32 bits each, 0 at the start. */
  state: usize
  entries: usize
  /** Not 0: the generator is to be seeded. */
  isNew: u32
  seedHigh: u32
  seedLow: u32
}

/*
 * The generator is Well19937c with Matsumoto-Kurita tempering (doi:10.1145/1132973.1132974), made into doubles of 52 bits. Its
 * state has 624 words; a cycle takes them from the last one down, gives as many numbers, and ends where it began. The words lie
 * twice in memory, one copy behind the other, so that no index has to be wrapped around.
 */
const WORDS: u32 = 624
const COPY: usize = 2496
/** Behind the words: the doubles of a cycle, and the offset of the one that is next. */
const DOUBLES: usize = 4992
const DOUBLES_END: u32 = 2496
const NEXT: usize = 7488
/** Behind that: the numbers of a cycle. */
const NUMBERS: usize = 7504

@inline
function putWord(at: usize, word: u32): void {
  store<u32>(at, word)
  store<u32>(at + COPY, word)
}

function seed(state: usize, high: u32, low: u32): void {
  let second = high
  let first = low
  putWord(state, high)
  putWord(state + 4, low)
  for (let i: u32 = 2; i < WORDS; i++) {
    const word = 1812433253 * (second ^ <u32>(<i32>second >> 30)) + i
    putWord(state + (<usize>i << 2), word)
    second = first
    first = word
  }
  store<u32>(state + NEXT, DOUBLES_END)
}

/** Goes through a cycle, and writes its doubles. The names are the paper's. */
function refill(state: usize): void {
  let number = state + NUMBERS
  // Index 0 comes first, then 623 down to 4 by fours, then 3 down to 1.
  let v0 = step(state, load<u32>(state), number)
  for (let four = state + COPY - 16; four > state; four -= 16) {
    // What does not depend on the numbers of these four steps. The sum of z1, z2 and z3 is 0, and shifts are linear.
    const v1 = v128.load(four, 280)
    const v2 = v128.load(four, 716)
    const v3 = v128.load(four, 1796)
    const upper = v128.and(v128.load(four + COPY - 4), i32x4.splat(0x80000000))
    const lower = v128.and(v128.load(four + COPY - 8), i32x4.splat(0x7fffffff))
    const other1 = v128.xor(v1, i32x4.shr_u(v1, 27))
    const z2 = v128.xor(v128.xor(i32x4.shr_u(v2, 9), v3), i32x4.shr_u(v3, 1))
    const other3 = v128.xor(other1, z2)
    const other4 = v128.xor(
      v128.xor(v128.xor(upper, lower), i32x4.shl(z2, 21)),
      v128.xor(i32x4.shl(other1, 9), i32x4.shr_u(other3, 21)),
    )
    v0 = put(four + 12, v0, i32x4.extract_lane(other3, 3), i32x4.extract_lane(other4, 3), number + 4)
    v0 = put(four + 8, v0, i32x4.extract_lane(other3, 2), i32x4.extract_lane(other4, 2), number + 8)
    v0 = put(four + 4, v0, i32x4.extract_lane(other3, 1), i32x4.extract_lane(other4, 1), number + 12)
    v0 = put(four, v0, i32x4.extract_lane(other3, 0), i32x4.extract_lane(other4, 0), number + 16)
    number += 16
  }
  v0 = step(state + 12, v0, number + 4)
  v0 = step(state + 8, v0, number + 8)
  v0 = step(state + 4, v0, number + 12)
  putWord(state, v0)
  writeDoubles(state)
}

/** One step for the word at an address. @returns the number, which is also the next word; it is written to `number`, too. */
function step(at: usize, v0: u32, number: usize): u32 {
  const v1 = load<u32>(at, 280)
  const v2 = load<u32>(at, 716)
  const v3 = load<u32>(at, 1796)
  const z0 = (load<u32>(at + COPY - 4) & 0x80000000) ^ (load<u32>(at + COPY - 8) & 0x7fffffff)
  const other1 = v1 ^ (v1 >> 27)
  const z2 = (v2 >> 9) ^ v3 ^ (v3 >> 1)
  const other3 = other1 ^ z2
  return put(at, v0, other3, z0 ^ (z2 << 21) ^ (other1 << 9) ^ (other3 >> 21), number)
}

/** The part of a step that has to wait for the number before. */
@inline
function put(at: usize, v0: u32, other3: u32, other4: u32, number: usize): u32 {
  const own = v0 ^ (v0 << 25)
  putWord(at, own ^ other3)
  const z4 = other4 ^ (own << 9) ^ (own >> 21)
  store<u32>(number, z4)
  return z4
}

/** Tempers the numbers of a cycle, and makes a double out of the 26 upper bits of two. */
function writeDoubles(state: usize): void {
  let number = state + NUMBERS
  let double = state + DOUBLES
  for (const end = number + (WORDS << 2); number < end; number += 16) {
    let four = v128.load(number)
    four = v128.xor(four, v128.and(i32x4.shl(four, 7), i32x4.splat(0xe46e1700)))
    four = v128.xor(four, v128.and(i32x4.shl(four, 15), i32x4.splat(0x9b868000)))
    four = i32x4.shr_u(four, 6)
    const high = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(four, four, 0, 2, 0, 2))
    const low = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(four, four, 1, 3, 1, 3))
    const whole = f64x2.add(f64x2.mul(high, f64x2.splat(67108864)), low)
    v128.store(double, f64x2.mul(whole, f64x2.splat(2.220446049250313e-16)))
    double += 16
  }
  store<u32>(state + NEXT, 0)
}

/** Task = partition: Poisson draws, row by row, and there tree by tree. */
export function drawBags(bags: Bags, task: u32, thread: u32): void {
  const partition = changetype<Partition>(bags.partitions + <usize>task * offsetof<Partition>())
  const state = partition.state
  if (partition.isNew) seed(state, partition.seedHigh, partition.seedLow)
  partition.isNew = 0
  const first = partition.nextRow
  const rows = min(bags.step, partition.endRow - first)
  const draws = bags.spare + <usize>thread * bags.step * bags.treeCount
  draw(state, bags.floor, draws, draws + <usize>rows * bags.treeCount)
  let entry = partition.entries
  for (let tree: u32 = 0; tree < bags.treeCount; tree++, entry += 4) {
    const counts = bags.counts + <usize>tree * bags.rowCount + first
    store<u32>(entry, load<u32>(entry) + copyDraws(draws + tree, bags.treeCount, counts, rows))
  }
  partition.nextRow = first + rows
}

/**
 * Poisson draws, a byte each: how many uniforms can be multiplied before the product falls below exp(-mean) (Knuth, TAOCP vol. 2,
 * 3.4.1). The end of a draw is a coin toss, so that there is no branch: each uniform writes the count so far, and the place moves
 * on at the end of a draw. Both products that may follow, that of this draw and the first one of the next, are formed beforehand.
 */
function draw(state: usize, floor: f64, out: usize, end: usize): void {
  const floors = f64x2.splat(floor)
  let count: u32 = 0
  let before = f64x2.splat(1)
  let hasEnded = i64x2.splat(-1)
  while (out < end) {
    if (load<u32>(state + NEXT) == DOUBLES_END) refill(state)
    let next = state + DOUBLES + load<u32>(state + NEXT)
    for (const stop = state + DOUBLES + DOUBLES_END; next < stop && out < end; next += 8) {
      const uniform = v128.load64_splat(next)
      const product = v128.bitselect(uniform, f64x2.mul(before, uniform), hasEnded)
      hasEnded = f64x2.lt(product, floors)
      before = product
      const ends = i64x2.bitmask(hasEnded) & 1
      store<u8>(out, <u8>count)
      out += ends
      count = (count + 1) & (ends - 1)
    }
    store<u32>(state + NEXT, <u32>(next - state - DOUBLES))
  }
}

/** Copies the draws of a tree out of those of all. @returns how many entries they need. */
function copyDraws(from: usize, step: u32, to: usize, count: u32): u32 {
  let entries: u32 = 0
  for (const end = to + count; to < end; to++) {
    const times = load<u8>(from)
    store<u8>(to, times)
    entries += (<u32>times + MOST - 1) >> MOST_BITS
    from += step
  }
  return entries
}

/** An entry in the list of a tree is the number of a row, and in the upper bits how often it is there, less one. */
const MOST_BITS: u32 = 3
const MOST: u32 = 8
export const ROW_BITS: u32 = 29
export const ROW_MASK: u32 = 0x1fffffff

@unmanaged
export class BagList {
  /** How often each row is in the bag, a byte each. */
  counts: usize
  rowCount: u32
  /** Where the list goes. */
  entries: usize
}

/** Task = tree: lists the rows of its bag. */
export function listBag(lists: usize, task: u32, thread: u32): void {
  const list = changetype<BagList>(lists + <usize>task * offsetof<BagList>())
  let entry = list.entries
  for (let row: u32 = 0; row < list.rowCount; row++) {
    let count = <u32>load<u8>(list.counts + row)
    for (; count > MOST; count -= MOST) {
      store<u32>(entry, row | ((MOST - 1) << ROW_BITS))
      entry += 4
    }
    // Written in any case, and kept if there is something to keep.
    store<u32>(entry, row | ((count - 1) << ROW_BITS))
    entry += count ? 4 : 0
  }
}
