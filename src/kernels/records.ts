import { Layout } from './layout.js'

/*
 * Records that kernels read and write. What their fields mean stands beside the classes of the same names in `assembly/`;
 * fields and their order must be the same there.
 */

/** `assembly/rows.ts` */
export const ROWS = new Layout({
  bins: 'u32',
  columns: 'u32',
  targets: 'u32',
  weights: 'u32',
  pairs: 'u32',
  order: 'u32',
  spare: 'u32',
  count: 'u32',
  blockRows: 'u32',
  rowBytes: 'u32',
  binCount: 'u32',
  unitsPerOne: 'f64',
})

/** `assembly/bin.ts` */
export const GRID = new Layout({ low: 'f64', cellsPerOne: 'f64', thresholds: 'u32', steps: 'u32' })

/** `assembly/bin.ts` */
export const BIN_ROWS = new Layout({
  values: 'u32',
  grids: 'u32',
  bins: 'u32',
  columns: 'u32',
  featureCount: 'u32',
  rowBytes: 'u32',
  count: 'u32',
  blockRows: 'u32',
})

/** `assembly/split.ts` */
export const SPLIT = new Layout({
  score: 'f64',
  scale: 'f64',
  leftSum: 'f64',
  leftWeight: 'f64',
  sum: 'f64',
  weight: 'f64',
  feature: 'u32',
  bin: 'u32',
  categories0: 'u32',
  categories1: 'u32',
  categories2: 'u32',
  categories3: 'u32',
  categories4: 'u32',
  categories5: 'u32',
  categories6: 'u32',
  categories7: 'u32',
})

/** `assembly/split.ts` */
export const FEATURES = new Layout({
  quads: 'u32',
  binCount: 'u32',
  least: 'u32',
  categorical: 'u32',
  categoricalCount: 'u32',
  ordersBySum: 'u32',
  leastWeight: 'f64',
})

/** `assembly/split.ts` */
export const CATEGORICAL = new Layout({ feature: 'u32', count: 'u32' })

/** `assembly/level.ts` */
export const LEVEL = new Layout({
  rows: 'u32',
  parents: 'u32',
  parentCount: 'u32',
  children: 'u32',
  childrenStep: 'u32',
  threadCells: 'u32',
  threads: 'u32',
  features: 'u32',
  readsAhead: 'u32',
})

/** `assembly/level.ts` */
export const PARENT = new Layout({
  segments: 'u32',
  step: 'u32',
  feature: 'u32',
  bin: 'u32',
  categories: 'u32',
  counted: 'u32',
  cells: 'u32',
  otherCells: 'u32',
  leftSplit: 'u32',
  rightSplit: 'u32',
})

/** `assembly/level.ts` */
export const ROOT = new Layout({ rows: 'u32', cells: 'u32', threadCells: 'u32' })

/** `assembly/boost.ts` */
export const BOOST = new Layout({
  rows: 'u32',
  level: 'u32',
  leaves: 'u32',
  leafCount: 'u32',
  root: 'u32',
  nextWeights: 'u32',
  sums: 'u32',
  blockCount: 'u32',
  keep: 'f64',
  unitsPerWeight: 'f64',
})

/** `assembly/carry.ts` */
export const CARRY = new Layout({
  rows: 'u32',
  level: 'u32',
  parents: 'u32',
  leaves: 'u32',
  leafCount: 'u32',
  blockCount: 'u32',
  squares: 'u32',
  changes: 'u32',
  changeBytes: 'u32',
  threads: 'u32',
  root: 'u32',
  terms: 'u32',
  termCount: 'u32',
  keep: 'f64',
})

/** `assembly/carry.ts` */
export const CARRY_PARENT = new Layout({ difference: 'f64', leftIsSmaller: 'u32', unused: 'u32' })

/** `assembly/carry.ts` */
export const TERM = new Layout({ shift: 'f64', cells: 'u32', unused: 'u32' })

/** `assembly/leaf.ts` */
export const LEAF = new Layout({ segments: 'u32', step: 'u32', shift: 'f64' })

/** `assembly/moments.ts` */
export const MOMENTS = new Layout({
  rows: 'u32',
  level: 'u32',
  leaves: 'u32',
  leafCount: 'u32',
  sums: 'u32',
  blockCount: 'u32',
})

/** `assembly/learn-rows.ts` */
export const LEARN_ROWS = new Layout({
  values: 'u32',
  labels: 'u32',
  weights: 'u32',
  count: 'u32',
  stride: 'u32',
  taskRows: 'u32',
})

/** `assembly/losses.ts` */
export const LINEAR_LOSS = new Layout({
  rows: 'u32',
  coefficients: 'u32',
  offsets: 'u32',
  sets: 'u32',
  results: 'u32',
  resultBytes: 'u32',
  scratch: 'u32',
  scratchBytes: 'u32',
  constants: 'u32',
})

/** `assembly/regression-losses.ts` */
export const REGRESSION_LOSS = new Layout({
  rows: 'u32',
  coefficients: 'u32',
  results: 'u32',
  resultBytes: 'u32',
  scratch: 'u32',
  scratchBytes: 'u32',
  offset: 'f64',
  labelScale: 'f64',
  sigma: 'f64',
  epsilon: 'f64',
})

/** `assembly/feature-sums.ts` */
export const FEATURE_SUMS = new Layout({ rows: 'u32', results: 'u32' })

/** `assembly/gramian.ts` */
export const GRAMIAN = new Layout({
  values: 'u32',
  labels: 'u32',
  weights: 'u32',
  scratch: 'u32',
  results: 'u32',
  count: 'u32',
  size: 'u32',
  taskRows: 'u32',
  blockRows: 'u32',
})

/** `assembly/thresholds.ts` */
export const COLUMN = new Layout({
  values: 'u32',
  counts: 'u32',
  thresholds: 'u32',
  length: 'u32',
  distinct: 'u32',
  found: 'u32',
  feature: 'u32',
})

/** `assembly/thresholds.ts` */
export const SAMPLE_ROWS = new Layout({
  values: 'u32',
  rowCount: 'u32',
  featureCount: 'u32',
  flags: 'u32',
  columns: 'u32',
  columnCount: 'u32',
})

/** `assembly/thresholds.ts` */
export const FIND_THRESHOLDS = new Layout({
  columns: 'u32',
  spare: 'u32',
  spareBytes: 'u32',
  most: 'u32',
  expected: 'f64',
})

/** `assembly/bags.ts` */
export const BAGS = new Layout({
  counts: 'u32',
  rowCount: 'u32',
  treeCount: 'u32',
  partitions: 'u32',
  step: 'u32',
  spare: 'u32',
  mean: 'f64',
  floor: 'f64',
})

/** `assembly/bags.ts` */
export const PARTITION = new Layout({
  nextRow: 'u32',
  endRow: 'u32',
  state: 'u32',
  entries: 'u32',
  isNew: 'u32',
  seedHigh: 'u32',
  seedLow: 'u32',
})

/** `assembly/bags.ts` */
export const BAG_LIST = new Layout({ counts: 'u32', rowCount: 'u32', entries: 'u32' })

/** `assembly/forest-node.ts` */
export const FOREST = new Layout({
  rows: 'u32',
  records: 'u32',
  recordBytes: 'u32',
  headBytes: 'u32',
  tasks: 'u32',
  cells: 'u32',
  cellBytes: 'u32',
  spare: 'u32',
  spareBytes: 'u32',
  arity: 'u32',
  ordersBySum: 'u32',
  classCount: 'u32',
  isEntropy: 'u32',
  unordered: 'u32',
  table: 'u32',
  leastWeight: 'f64',
  leastGain: 'f64',
})

/** `assembly/forest-node.ts` */
export const NODE_TASK = new Layout({
  begin: 'u32',
  end: 'u32',
  middle: 'u32',
  features: 'u32',
  featureCount: 'u32',
  split: 'u32',
  leftIsPure: 'u32',
  rightIsPure: 'u32',
})

/** `assembly/forest-sums.ts` */
export const LEAF_SUMS = new Layout({ rows: 'u32', leaves: 'u32', leafCount: 'u32', step: 'u32' })

/** `assembly/forest-sums.ts` */
export const LEAF_RANGE = new Layout({
  count: 'f64',
  weight: 'f64',
  sum: 'f64',
  squares: 'f64',
  begin: 'u32',
  end: 'u32',
})

/** `assembly/predict.ts` */
export const PREDICT = new Layout({
  values: 'u32',
  rowBytes: 'u32',
  blockCount: 'u32',
  columns: 'u32',
  columnCount: 'u32',
  masks: 'u32',
  maskBytes: 'u32',
  groups: 'u32',
  groupCount: 'u32',
  sums: 'u32',
  sumBytes: 'u32',
  slots: 'u32',
  scratch: 'u32',
})

/** `assembly/predict.ts` */
export const CONDITION_COLUMN = new Layout({
  grid: 'u32',
  value: 'u32',
  masks: 'u32',
  count: 'u32',
  missingLeft: 'u32',
  arity: 'u32',
  sets: 'u32',
})

/** `assembly/predict.ts` */
export const TREE_GROUP = new Layout({
  trees: 'u32',
  treeCount: 'u32',
  slot: 'u32',
  slotCount: 'u32',
  tables: 'u32',
  walks: 'u32',
})

/** `assembly/predict.ts` */
export const MASK_TREE = new Layout({
  levels: 'u32',
  masks: 'u32',
  steps: 'u32',
  starts: 'u32',
  nodes: 'u32',
  leaves: 'u32',
})

/** `assembly/targets.ts` */
export const TARGETS = new Layout({ rows: 'u32', sums: 'u32', center: 'f64', unitsPerWeight: 'f64' })

/** `assembly/scored.ts` */
export const SCORED = new Layout({ boost: 'u32', scores: 'u32', labels: 'u32', loss: 'u32', table: 'u32' })

/** `assembly/class-node.ts` */
export const CLASS_SUMS = new Layout({
  rows: 'u32',
  classCount: 'u32',
  ranges: 'u32',
  sums: 'u32',
  leafCount: 'u32',
  step: 'u32',
})

/** `assembly/projection.ts` */
export const PROJECTION = new Layout({
  rows: 'u32',
  count: 'u32',
  size: 'u32',
  components: 'u32',
  width: 'u32',
  made: 'u32',
})

/** `assembly/csv.ts` */
export const CSV_LINES = new Layout({
  at: 'u32',
  end: 'u32',
  columns: 'u32',
  columnCount: 'u32',
  separator: 'u32',
  quote: 'u32',
  crlf: 'u32',
  maxRows: 'u32',
  rows: 'u32',
  state: 'u32',
  full: 'u32',
  powers: 'u32',
  undecided: 'u32',
  undecidedCount: 'u32',
  maxUndecided: 'u32',
})

/** `assembly/csv.ts` */
export const CSV_COLUMN = new Layout({
  type: 'u32',
  bits: 'u32',
  values: 'u32',
  valid: 'u32',
  hasNulls: 'u32',
  slots: 'u32',
  slotMask: 'u32',
  entries: 'u32',
  count: 'u32',
  maxCount: 'u32',
  texts: 'u32',
  textBytes: 'u32',
  maxTextBytes: 'u32',
})
