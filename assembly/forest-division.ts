import { ROW_MASK } from './bags'
import { Forest, NodeTask } from './forest-node'
import { Split } from './split'

/** Divides the rows of a node stably: what goes left never overtakes what is read, what goes right waits in `spare`. */
export function divide(forest: Forest, node: NodeTask, split: Split, spare: usize): void {
  const byBin = split.bin >= 0
  const left = byBin ? divideByBin(forest, node, split, spare) : divideByCategories(forest, node, split, spare)
  memory.copy(left, spare, node.end - left)
  node.middle = left
}

/** Where the pool has put it: for each set of four lanes the shuffle that moves their 32-bit numbers to the front, in order. */
const FRONT_OF_FOUR: usize = 5120

/** Stores those of four entries whose bits are set, side by side; what follows them is overwritten, too. */
@inline
function packFour(to: usize, entries: v128, lanes: u32): void {
  v128.store(to, i8x16.swizzle(entries, v128.load(FRONT_OF_FOUR + (lanes << 4))))
}

@inline
function binAt(bins: usize, entry: u32, recordBytes: usize): usize {
  return bins + <usize>(entry & ROW_MASK) * recordBytes
}

/** @returns where those that go right have to follow. */
function divideByBin(forest: Forest, node: NodeTask, split: Split, spare: usize): usize {
  const bins = forest.records + forest.headBytes + split.feature
  const recordBytes = <usize>forest.recordBytes
  const last = <u32>split.bin
  const lasts = i8x16.splat(<i8>last)
  let left = node.begin
  let right = spare
  let at = node.begin
  const end = node.end
  for (; at + 16 <= end; at += 16) {
    let four = v128.load8_lane(binAt(bins, load<u32>(at), recordBytes), i64x2.splat(0), 0)
    four = v128.load8_lane(binAt(bins, load<u32>(at, 4), recordBytes), four, 1)
    four = v128.load8_lane(binAt(bins, load<u32>(at, 8), recordBytes), four, 2)
    four = v128.load8_lane(binAt(bins, load<u32>(at, 12), recordBytes), four, 3)
    const goLeft = <u32>i8x16.bitmask(i8x16.le_u(four, lasts)) & 15
    const entries = v128.load(at)
    packFour(left, entries, goLeft)
    packFour(right, entries, goLeft ^ 15)
    const bytes = <usize>popcnt(goLeft) << 2
    left += bytes
    right += 16 - bytes
  }
  for (; at < end; at += 4) {
    const entry = load<u32>(at)
    const goesLeft = <usize>(<u32>load<u8>(binAt(bins, entry, recordBytes)) <= last) << 2
    store<u32>(left, entry)
    store<u32>(right, entry)
    left += goesLeft
    right += 4 - goesLeft
  }
  return left
}

function divideByCategories(forest: Forest, node: NodeTask, split: Split, spare: usize): usize {
  const bins = forest.records + forest.headBytes + split.feature
  const recordBytes = <usize>forest.recordBytes
  const set = changetype<usize>(split) + offsetof<Split>('categories0')
  let left = node.begin
  let right = spare
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const category = <usize>load<u8>(bins + <usize>(entry & ROW_MASK) * recordBytes)
    const goesLeft = ((<usize>load<u8>(set + (category >> 3)) >> (category & 7)) & 1) << 2
    store<u32>(left, entry)
    store<u32>(right, entry)
    left += goesLeft
    right += 4 - goesLeft
  }
  return left
}
