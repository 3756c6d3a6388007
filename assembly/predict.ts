/** Trees that tell something of rows, and rows. */
@unmanaged
export class Predict {
  /** Records {@link PredictTree}, one after another. */
  trees: usize
  treeCount: u32
  /** Values of rows, row by row. */
  values: usize
  rowCount: u32
  featureCount: u32
  /** For `width` sums a row, to which the trees add one after another. */
  sums: usize
  width: u32
  /** For each thread: room for a tile of rows. */
  tiles: usize
  tileBytes: u32
  /** Rows of a tile, a multiple of 8. */
  tileRows: u32
}

@unmanaged
export class PredictTree {
  /** Records {@link PredictNode}; the root comes first, children in pairs, the right one in front of the left one. */
  nodes: usize
  /** What each node tells: `width` doubles a node. */
  leafValues: usize
  width: u32
  /** The first of the sums that they are added to. */
  place: u32
  /** Edges on the longest way from the root to a leaf. */
  depth: u32
}

/**
 * A value up to the threshold goes left. A leaf leads to itself: it compares 0 with 0, from a column of zeros behind the features.
 */
@unmanaged
export class PredictNode {
  threshold: f64
  /** Offset of the feature in a group of rows: 64 bytes a feature. */
  offset: u32
  /** Offset of the right child from the root. */
  children: u32
}

const NODE_SHIFT: u32 = 4
/** Rows that go down a tree side by side, so that the waits of one are filled by the others. */
const GROUP: u32 = 8
const LANE_BYTES: usize = 64

/** Task = tile: transposes its rows, and sends them down each tree. */
export function predictTile(args: Predict, task: u32, thread: u32): void {
  const first = task * args.tileRows
  const count = min(args.rowCount - first, args.tileRows)
  const tile = args.tiles + <usize>thread * args.tileBytes
  const groups = (count + GROUP - 1) / GROUP
  const groupBytes = (<usize>args.featureCount + 1) * LANE_BYTES
  for (let group: u32 = 0; group < groups; group++) {
    transpose(args, first + group * GROUP, tile + <usize>group * groupBytes)
  }
  for (let index: u32 = 0; index < args.treeCount; index++) {
    const tree = changetype<PredictTree>(args.trees + <usize>index * offsetof<PredictTree>())
    for (let group: u32 = 0; group < groups; group++) {
      const row = first + group * GROUP
      descend(tree, tile + <usize>group * groupBytes, args, row, min(args.rowCount - row, GROUP))
    }
  }
}

/** Lays eight rows out feature by feature; the last row stands for those that are not there. */
function transpose(args: Predict, row: u32, group: usize): void {
  const rowBytes = args.featureCount << 3
  for (let lane: u32 = 0; lane < GROUP; lane++) {
    let value = args.values + <usize>min(row + lane, args.rowCount - 1) * rowBytes
    let at = group + (lane << 3)
    for (const end = value + rowBytes; value < end; value += 8) {
      store<f64>(at, load<f64>(value))
      at += LANE_BYTES
    }
    store<f64>(at, 0)
  }
}

/** One step down for the row in a lane; `value` is its value of the node's feature. */
@inline
function next(root: usize, node: usize, value: f64): usize {
  return root + load<u32>(node, 12) + (<usize>(value <= load<f64>(node)) << NODE_SHIFT)
}

function descend(tree: PredictTree, group: usize, args: Predict, row: u32, count: u32): void {
  const root = tree.nodes
  let n0 = root
  let n1 = root
  let n2 = root
  let n3 = root
  let n4 = root
  let n5 = root
  let n6 = root
  let n7 = root
  for (let steps = tree.depth; steps; --steps) {
    n0 = next(root, n0, load<f64>(group + load<u32>(n0, 8)))
    n1 = next(root, n1, load<f64>(group + load<u32>(n1, 8), 8))
    n2 = next(root, n2, load<f64>(group + load<u32>(n2, 8), 16))
    n3 = next(root, n3, load<f64>(group + load<u32>(n3, 8), 24))
    n4 = next(root, n4, load<f64>(group + load<u32>(n4, 8), 32))
    n5 = next(root, n5, load<f64>(group + load<u32>(n5, 8), 40))
    n6 = next(root, n6, load<f64>(group + load<u32>(n6, 8), 48))
    n7 = next(root, n7, load<f64>(group + load<u32>(n7, 8), 56))
  }
  const values = tree.leafValues
  const rowBytes = <usize>args.width << 3
  let sums = args.sums + <usize>row * rowBytes
  if (args.width == 1 && count == GROUP) {
    add(sums, value(values, n0 - root), value(values, n1 - root))
    add(sums + 16, value(values, n2 - root), value(values, n3 - root))
    add(sums + 32, value(values, n4 - root), value(values, n5 - root))
    add(sums + 48, value(values, n6 - root), value(values, n7 - root))
    return
  }
  sums += <usize>tree.place << 3
  const width = tree.width
  addAll(sums, values, n0 - root, width)
  if (count > 1) addAll(sums + rowBytes, values, n1 - root, width)
  if (count > 2) addAll(sums + rowBytes * 2, values, n2 - root, width)
  if (count > 3) addAll(sums + rowBytes * 3, values, n3 - root, width)
  if (count > 4) addAll(sums + rowBytes * 4, values, n4 - root, width)
  if (count > 5) addAll(sums + rowBytes * 5, values, n5 - root, width)
  if (count > 6) addAll(sums + rowBytes * 6, values, n6 - root, width)
  if (count > 7) addAll(sums + rowBytes * 7, values, n7 - root, width)
}

/** The one value of a node. @param offset of its record. */
@inline
function value(values: usize, offset: usize): usize {
  return values + (offset >> 1)
}

@inline
function add(sums: usize, first: usize, second: usize): void {
  const pair = v128.load64_lane(second, v128.load64_zero(first), 1)
  v128.store(sums, f64x2.add(v128.load(sums), pair))
}

function addAll(sums: usize, values: usize, offset: usize, width: u32): void {
  let from = values + (offset >> 1) * width
  for (const end = sums + (width << 3); sums < end; sums += 8) {
    store<f64>(sums, load<f64>(sums) + load<f64>(from))
    from += 8
  }
}
