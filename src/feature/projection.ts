import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { PROJECTION } from '../kernels/records.js'

/** Components that the kernel takes at a time. */
const LANES = 6
/** Bytes of rows that the kernel takes at a time: they and what comes out stay in the cache. */
const BLOCK_BYTES = 2 ** 16
/** More memory than this is given back. */
const KEPT_BYTES = 2 ** 26
/** Fewer products, or those of so few rows, take less time than the way to the kernel. */
const FEW_PRODUCTS = 2 ** 11
const FEW_ROWS = 3

/** Its memory is small, and apart from that of fits: those may run at the same time. */
let shared: KernelEngine | undefined

function sharedEngine(): KernelEngine {
  shared ??= KernelEngine.acquire({ threads: 1 })
  return shared
}

/** Whether so many dot products of vectors of a size are for the kernel. */
export const isWorthKernel = (rows: number, size: number, width: number): boolean =>
  rows > FEW_ROWS && rows * size * width > FEW_PRODUCTS && size * width * 8 <= KEPT_BYTES

/**
 * Dot products of dense rows with components, by the kernel; each is the sum in the order of the slots, to the last bit.
 * @param components `width` of them, one after the other.
 * @param made becomes rows of `width` numbers.
 * @param options for tests: an engine of its own.
 */
export function projectDense(
  values: Float64Array,
  length: number,
  size: number,
  components: Float64Array,
  width: number,
  made: Float64Array,
  options?: KernelOptions,
): void {
  const engine = options ? KernelEngine.acquire(options) : sharedEngine()
  const { memory } = engine
  memory.release()
  const block = Math.min(length, Math.max(2, Math.floor(BLOCK_BYTES / (8 * size))))
  const fields = {
    rows: memory.allocate(8 * size * (block + 1)),
    count: block,
    size,
    components: memory.allocate(8 * size * (width + LANES)),
    width,
    made: memory.allocate(8 * (width * (block + 1) + LANES)),
  }
  const record = memory.allocate(PROJECTION.bytes)
  memory.write(fields.components, inGroups(components, size, width))
  PROJECTION.write(memory, record, fields)
  for (let first = 0; first < length; first += block) {
    const count = Math.min(block, length - first)
    memory.write(fields.rows, values.subarray(first * size, (first + count) * size))
    if (count < block) PROJECTION.write(memory, record, { ...fields, count })
    engine.runSync('projectRows', record, 1)
    memory.read(fields.made, made.subarray(first * width, (first + count) * width))
  }
  if (engine.memory.size > KEPT_BYTES) shared = undefined
}

/** Components in groups as the kernel reads them: slot by slot, filled up with zeros. */
function inGroups(components: Float64Array, size: number, width: number): Float64Array {
  const groups = new Float64Array(size * Math.ceil(width / LANES) * LANES)
  for (let c = 0; c < width; c++) {
    const lane = c % LANES
    const to = (c - lane) * size + lane
    for (let j = 0; j < size; j++) groups[to + j * LANES] = components[c * size + j]
  }
  return groups
}
