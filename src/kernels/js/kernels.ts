import type { Kernels } from '../kernels.js'
import type { KernelMemory } from '../memory.js'
import { bagDrawer, listBag } from './bags.js'
import { binRows } from './bin.js'
import { boostSquared } from './boost.js'
import { carryBlock, carryRoot } from './carry.js'
import { growClassNode, sumClassRanges, writeClassRecords } from './class-forest.js'
import { parseCsv } from './csv.js'
import { featureSums } from './feature-sums.js'
import { growNode, sumRanges, writeRecords } from './forest.js'
import { addProducts } from './gramian.js'
import { countBlock, finishParent, growBlock, growParent } from './level.js'
import { hingeLoss, logisticLoss, softmaxLoss, unitLogisticLoss } from './losses.js'
import { sumLeaves } from './moments.js'
import { predictRows } from './predict.js'
import { projectRows } from './projection.js'
import { huberLoss, squaredLoss } from './regression-losses.js'
import { boostScored } from './scored.js'
import { centerTargets, roundPairs, roundTargets, sumLabels } from './targets.js'
import { findThresholds, sampleRows } from './thresholds.js'

/** The kernels in plain JavaScript: what tests compare with, and what serves where WebAssembly cannot. */
export const jsKernels = (memory: KernelMemory): Kernels => ({
  addProducts: (record, task) => addProducts(memory, record, task),
  binRows: (record) => binRows(memory, record),
  boostScored: (record, task, thread) => boostScored(memory, record, task, thread),
  boostSquared: (record, task, thread) => boostSquared(memory, record, task, thread),
  carryBlock: (record, task, thread) => carryBlock(memory, record, task, thread),
  carryRoot: (record, task) => carryRoot(memory, record, task),
  centerTargets: (record, task) => centerTargets(memory, record, task),
  countBlock: (record, task, thread) => countBlock(memory, record, task, thread),
  featureSums: (record, task) => featureSums(memory, record, task),
  findThresholds: (record, task) => findThresholds(memory, record, task),
  sampleRows: (record) => sampleRows(memory, record),
  drawBags: bagDrawer(memory),
  finishParent: (record, task) => finishParent(memory, record, task),
  growBlock: (record, task, thread) => growBlock(memory, record, task, thread),
  growClassNode: (record, task, thread) => growClassNode(memory, record, task, thread),
  growNode: (record, task, thread) => growNode(memory, record, task, thread),
  growParent: (record, task) => growParent(memory, record, task),
  hingeLoss: (record, task, thread) => hingeLoss(memory, record, task, thread),
  huberLoss: (record, task, thread) => huberLoss(memory, record, task, thread),
  squaredLoss: (record, task, thread) => squaredLoss(memory, record, task, thread),
  logisticLoss: (record, task, thread) => logisticLoss(memory, record, task, thread),
  parseCsv: (record) => parseCsv(memory, record),
  predictRows: (record) => predictRows(memory, record),
  projectRows: (record) => projectRows(memory, record),
  softmaxLoss: (record, task, thread) => softmaxLoss(memory, record, task, thread),
  listBag: (record, task) => listBag(memory, record, task),
  sumRanges: (record, task) => sumRanges(memory, record, task),
  writeClassRecords: (record, task) => writeClassRecords(memory, record, task),
  writeRecords: (record, task) => writeRecords(memory, record, task),
  roundPairs: (record, task) => roundPairs(memory, record, task),
  roundTargets: (record, task) => roundTargets(memory, record, task),
  sumClassRanges: (record, task) => sumClassRanges(memory, record, task),
  sumLabels: (record, task) => sumLabels(memory, record, task),
  sumLeaves: (record, task, thread) => sumLeaves(memory, record, task, thread),
  unitLogisticLoss: (record, task, thread) => unitLogisticLoss(memory, record, task, thread),
})
