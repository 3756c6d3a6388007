import { ROW_BITS, ROW_MASK } from './bags'
import { featureAt, Forest, NodeTask } from './forest-node'
import { addToQuad, binOf } from './histogram'

/** Rows that are put into records by one task. */
const RECORD_STEP: u32 = 4096

/** Task = so many rows. */
export function writeRecords(forest: Forest, task: u32, thread: u32): void {
  const rows = forest.rows
  const isWeighted = rows.weights != 0
  const first = task * RECORD_STEP
  const last = min(first + RECORD_STEP, rows.count)
  let record = forest.records + <usize>first * forest.recordBytes
  for (let row = first; row < last; row++) {
    const pair = rows.pairs + (<usize>row << 4)
    store<f64>(record, load<f64>(pair))
    if (isWeighted) store<f64>(record, load<f64>(pair, 8), 8)
    memory.copy(record + headOf(isWeighted), rows.bins + <usize>row * rows.rowBytes, rows.rowBytes)
    record += forest.recordBytes
  }
}

/** Bytes of a record before the bins, as a constant. */
@inline
function headOf(isWeighted: bool): usize {
  return isWeighted ? 16 : 8
}

/** What an entry adds: target and weight of its row, as often as it is in the bag. */
@inline
function pairOf(record: usize, entry: u32, isWeighted: bool): v128 {
  const times = <f64>((entry >> ROW_BITS) + 1)
  return isWeighted
    ? f64x2.mul(v128.load(record), f64x2.splat(times))
    : f64x2.replace_lane(f64x2.splat(times), 0, load<f64>(record) * times)
}

/** Counts the rows of a node: eight features a pass over the rows, or four, or one. */
export function addFeatures(forest: Forest, node: NodeTask, cells: usize): void {
  const quadBytes = <usize>forest.rows.quadBytes()
  const isWeighted = forest.rows.weights != 0
  const count = node.featureCount
  let place: u32 = 0
  // Where one feature is missing in the last quad, one is counted a second time: that is cheaper than another pass.
  for (; count - place >= 7; place += 8) {
    if (isWeighted) addEightWeighted(forest, node, place, cells)
    else addEightUnits(forest, node, place, cells)
    if (count - place == 7) return
    cells += quadBytes << 1
  }
  if (count - place >= 3) {
    if (isWeighted) addFourWeighted(forest, node, place, cells)
    else addFourUnits(forest, node, place, cells)
    if (count - place == 3) return
    cells += quadBytes
    place += 4
  }
  for (let cell = cells; place < count; place++, cell += 16) {
    if (isWeighted) addOneWeighted(forest, node, place, cell)
    else addOneUnits(forest, node, place, cell)
  }
}

@inline
function addEight(forest: Forest, node: NodeTask, place: u32, cells: usize, isWeighted: bool): void {
  const features = node.features
  const f0 = featureAt(features, place)
  const f1 = featureAt(features, place + 1)
  const f2 = featureAt(features, place + 2)
  const f3 = featureAt(features, place + 3)
  const f4 = featureAt(features, place + 4)
  const f5 = featureAt(features, place + 5)
  const f6 = featureAt(features, place + 6)
  const f7 = place + 7 < node.featureCount ? featureAt(features, place + 7) : f0
  const records = forest.records
  const recordBytes = <usize>forest.recordBytes
  const second = cells + forest.rows.quadBytes()
  for (let at = node.begin, end = node.end; at < end; at += 4) {
    const entry = load<u32>(at)
    const record = records + <usize>(entry & ROW_MASK) * recordBytes
    const pair = pairOf(record, entry, isWeighted)
    const bins = record + headOf(isWeighted)
    addToQuad(
      binOf(cells, load<u8>(bins + f0)),
      binOf(cells, load<u8>(bins + f1)),
      binOf(cells, load<u8>(bins + f2)),
      binOf(cells, load<u8>(bins + f3)),
      pair,
    )
    addToQuad(
      binOf(second, load<u8>(bins + f4)),
      binOf(second, load<u8>(bins + f5)),
      binOf(second, load<u8>(bins + f6)),
      binOf(second, load<u8>(bins + f7)),
      pair,
    )
  }
}

@inline
function addFour(forest: Forest, node: NodeTask, place: u32, cells: usize, isWeighted: bool): void {
  const features = node.features
  const f0 = featureAt(features, place)
  const f1 = featureAt(features, place + 1)
  const f2 = featureAt(features, place + 2)
  const f3 = place + 3 < node.featureCount ? featureAt(features, place + 3) : f0
  const records = forest.records
  const recordBytes = <usize>forest.recordBytes
  for (let at = node.begin, end = node.end; at < end; at += 4) {
    const entry = load<u32>(at)
    const record = records + <usize>(entry & ROW_MASK) * recordBytes
    const bins = record + headOf(isWeighted)
    addToQuad(
      binOf(cells, load<u8>(bins + f0)),
      binOf(cells, load<u8>(bins + f1)),
      binOf(cells, load<u8>(bins + f2)),
      binOf(cells, load<u8>(bins + f3)),
      pairOf(record, entry, isWeighted),
    )
  }
}

@inline
function addOne(forest: Forest, node: NodeTask, place: u32, cells: usize, isWeighted: bool): void {
  const records = forest.records
  const recordBytes = <usize>forest.recordBytes
  const offset = headOf(isWeighted) + featureAt(node.features, place)
  for (let at = node.begin, end = node.end; at < end; at += 4) {
    const entry = load<u32>(at)
    const record = records + <usize>(entry & ROW_MASK) * recordBytes
    const cell = binOf(cells, load<u8>(record + offset))
    v128.store(cell, f64x2.add(v128.load(cell), pairOf(record, entry, isWeighted)))
  }
}

function addEightUnits(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  addEight(forest, node, place, cells, false)
}

function addEightWeighted(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  addEight(forest, node, place, cells, true)
}

function addFourUnits(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  addFour(forest, node, place, cells, false)
}

function addFourWeighted(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  addFour(forest, node, place, cells, true)
}

function addOneUnits(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  addOne(forest, node, place, cells, false)
}

function addOneWeighted(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  addOne(forest, node, place, cells, true)
}
