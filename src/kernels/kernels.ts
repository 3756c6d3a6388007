/**
 * A kernel: does one task of a job that is described by a record in kernel memory. Tasks of a job may run in any order, on any
 * thread: the result is the same to the last bit.
 * @param record address of the record.
 * @param task number of the task, from 0.
 * @param thread number of the thread, for which the job may have room of its own; 0 is the main thread.
 */
export type Kernel = (record: number, task: number, thread: number) => void

/** Names of all kernels, as `assembly/index.ts` exports them. */
export const KERNEL_NAMES = [
  'addProducts',
  'binRows',
  'boostScored',
  'boostSquared',
  'carryBlock',
  'carryRoot',
  'centerTargets',
  'countBlock',
  'drawBags',
  'featureSums',
  'findThresholds',
  'finishParent',
  'growBlock',
  'growClassNode',
  'growNode',
  'growParent',
  'hingeLoss',
  'huberLoss',
  'listBag',
  'logisticLoss',
  'parseCsv',
  'predictRows',
  'projectRows',
  'softmaxLoss',
  'roundPairs',
  'roundTargets',
  'sampleRows',
  'squaredLoss',
  'sumClassRanges',
  'sumLabels',
  'sumLeaves',
  'sumRanges',
  'unitLogisticLoss',
  'writeClassRecords',
  'writeRecords',
] as const

/** Name of a kernel. */
export type KernelName = (typeof KERNEL_NAMES)[number]

/** All kernels over one memory: compiled to WebAssembly, or their twins in plain JavaScript. */
export type Kernels = Readonly<Record<KernelName, Kernel>>
