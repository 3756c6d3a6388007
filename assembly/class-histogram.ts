import { ROW_BITS, ROW_MASK } from './bags'
import { featureAt, Forest, NodeTask } from './forest-node'

/*
 * Histograms of classes: for each feature of a node, bin by bin, the weight of each class, a double each.
 */

/** Rows that are put into records by one task. */
const RECORD_STEP: u32 = 4096
const WEIGHT_SHIFT: u32 = 3

/** Task = so many rows. The targets are classes; of a class, eight times its number is kept: an offset. */
export function writeClassRecords(forest: Forest, task: u32, thread: u32): void {
  const rows = forest.rows
  const first = task * RECORD_STEP
  const last = min(first + RECORD_STEP, rows.count)
  let record = forest.records + <usize>first * forest.recordBytes
  for (let row = first; row < last; row++) {
    const target = rows.targets + (<usize>row << 3)
    store<f64>(record, load<f64>(rows.pairs + (<usize>row << 4), 8))
    store<u32>(record, <u32>load<f64>(target) << WEIGHT_SHIFT, 8)
    memory.copy(record + forest.headBytes, rows.bins + <usize>row * rows.rowBytes, rows.rowBytes)
    record += forest.recordBytes
  }
}

/** Adds a weight to a bin: that of a class, by its offset. */
@inline
function addTo(cells: usize, bin: u8, binBytes: usize, offset: usize, weight: f64): void {
  const cell = cells + <usize>bin * binBytes + offset
  store<f64>(cell, load<f64>(cell) + weight)
}

/** Counts the rows of a node, four features a pass, or one. */
export function addClasses(forest: Forest, node: NodeTask, cells: usize): void {
  const featureBytes = <usize>forest.rows.binCount * (forest.classCount << WEIGHT_SHIFT)
  let place: u32 = 0
  for (; place + 4 <= node.featureCount; place += 4) {
    addFour(forest, node, place, cells, featureBytes)
    cells += featureBytes << 2
  }
  for (; place < node.featureCount; place++) {
    addOne(forest, node, place, cells)
    cells += featureBytes
  }
}

function addFour(forest: Forest, node: NodeTask, place: u32, cells: usize, featureBytes: usize): void {
  const head = <usize>forest.headBytes
  const f0 = head + featureAt(node.features, place)
  const f1 = head + featureAt(node.features, place + 1)
  const f2 = head + featureAt(node.features, place + 2)
  const f3 = head + featureAt(node.features, place + 3)
  const records = forest.records
  const recordBytes = <usize>forest.recordBytes
  const binBytes = <usize>forest.classCount << WEIGHT_SHIFT
  for (let at = node.begin, end = node.end; at < end; at += 4) {
    const entry = load<u32>(at)
    const record = records + <usize>(entry & ROW_MASK) * recordBytes
    const weight = load<f64>(record) * <f64>((entry >> ROW_BITS) + 1)
    const offset = <usize>load<u32>(record, 8)
    addTo(cells, load<u8>(record + f0), binBytes, offset, weight)
    addTo(cells + featureBytes, load<u8>(record + f1), binBytes, offset, weight)
    addTo(cells + (featureBytes << 1), load<u8>(record + f2), binBytes, offset, weight)
    addTo(cells + featureBytes * 3, load<u8>(record + f3), binBytes, offset, weight)
  }
}

function addOne(forest: Forest, node: NodeTask, place: u32, cells: usize): void {
  const feature = <usize>forest.headBytes + featureAt(node.features, place)
  const records = forest.records
  const recordBytes = <usize>forest.recordBytes
  const binBytes = <usize>forest.classCount << WEIGHT_SHIFT
  for (let at = node.begin, end = node.end; at < end; at += 4) {
    const entry = load<u32>(at)
    const record = records + <usize>(entry & ROW_MASK) * recordBytes
    const weight = load<f64>(record) * <f64>((entry >> ROW_BITS) + 1)
    addTo(cells, load<u8>(record + feature), binBytes, <usize>load<u32>(record, 8), weight)
  }
}
