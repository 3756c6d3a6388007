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
  /** Mean of the draws, and exp(-mean). */
  mean: f64
  floor: f64
  /** No draw is larger. */
  limit: f64
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

const WORDS: u32 = 624

/** State of Well19937c: 624 words, then the index of the next one. */
@inline
function word(state: usize, index: u32): u32 {
  return load<u32>(state + (<usize>index << 2))
}

function seed(state: usize, high: u32, low: u32): void {
  store<u32>(state, high)
  store<u32>(state, low, 4)
  for (let i: u32 = 2; i < WORDS; i++) {
    const before = <i32>word(state, i - 2)
    store<u32>(state + (<usize>i << 2), 1812433253 * <u32>(before ^ (before >> 30)) + i)
  }
  store<u32>(state + (WORDS << 2), 0)
}

@inline
function wrap(index: u32): u32 {
  return index < WORDS ? index : index - WORDS
}

/** The next 26 random bits: Well19937c with Matsumoto-Kurita tempering (doi:10.1145/1132973.1132974). */
function next26(state: usize): u32 {
  const index = load<u32>(state + (WORDS << 2))
  const before = wrap(index + WORDS - 1)
  const second = wrap(index + WORDS - 2)
  const v0 = word(state, index)
  const v1 = word(state, wrap(index + 70))
  const v2 = word(state, wrap(index + 179))
  const v3 = word(state, wrap(index + 449))
  const secondWord = word(state, second)
  const z0 = (word(state, before) & 0x80000000) ^ (secondWord & 0x7fffffff)
  const z1 = v0 ^ (v0 << 25) ^ v1 ^ (v1 >> 27)
  const z2 = (v2 >> 9) ^ v3 ^ (v3 >> 1)
  const z3 = z1 ^ z2
  let z4 = z0 ^ z1 ^ (z1 << 9) ^ z2 ^ (z2 << 21) ^ z3 ^ (z3 >> 21)
  store<u32>(state + (<usize>index << 2), z3)
  store<u32>(state + (<usize>before << 2), z4)
  store<u32>(state + (<usize>second << 2), secondWord & 0x80000000)
  store<u32>(state + (WORDS << 2), before)
  z4 ^= (z4 << 7) & 0xe46e1700
  z4 ^= (z4 << 15) & 0x9b868000
  return z4 >> 6
}

@inline
function nextDouble(state: usize): f64 {
  const high = <f64>next26(state) * 67108864
  return (high + <f64>next26(state)) * 2.220446049250313e-16
}

/** Task = partition: Poisson draws as products of uniforms, row by row, and there tree by tree. */
export function drawBags(bags: Bags, task: u32, thread: u32): void {
  const partition = changetype<Partition>(bags.partitions + <usize>task * offsetof<Partition>())
  const state = partition.state
  if (partition.isNew) seed(state, partition.seedHigh, partition.seedLow)
  partition.isNew = 0
  const end = min(partition.nextRow + bags.step, partition.endRow)
  for (let row = partition.nextRow; row < end; row++) drawRow(bags, row, state, partition.entries)
  partition.nextRow = end
}

function drawRow(bags: Bags, row: u32, state: usize, entry: usize): void {
  const floor = bags.floor
  const limit = bags.limit
  let count = bags.counts + row
  for (let tree: u32 = 0; tree < bags.treeCount; tree++) {
    let product = nextDouble(state)
    let draw: f64 = 0
    while (product >= floor && draw < limit) {
      product *= nextDouble(state)
      draw += 1
    }
    store<u8>(count, <u8>draw)
    store<u32>(entry, load<u32>(entry) + ((<u32>draw + MOST - 1) >> MOST_BITS))
    count += bags.rowCount
    entry += 4
  }
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
