/** Shorter arrays, and cells, are sorted by the runtime's own method. */
const SHORT = 64

/**
 * Sorts doubles several times as fast as the runtime does where they are spread out: values are dealt to as many equal cells
 * between the smallest and the largest as there are values, and the few in each cell are sorted by insertion. Where most fall
 * into few cells, these are left to the runtime. Keeps its room for the next array.
 */
export class DoubleSorter {
  #cellEnds = new Int32Array(0)
  #dealt = new Float64Array(0)

  /** Sorts in place, ascending; there must be no NaN. */
  sort(values: Float64Array): void {
    const n = values.length
    const [low, high] = extremes(values)
    const cellsPerOne = (n - 1) / (high - low)
    if (n <= SHORT || !(cellsPerOne > 0 && Number.isFinite(cellsPerOne))) {
      values.sort()
      return
    }
    if (this.#dealt.length < n) {
      this.#dealt = new Float64Array(n)
      this.#cellEnds = new Int32Array(n)
    }
    const dealt = this.#dealt
    const ends = this.#cellEnds.fill(0, 0, n)
    for (let i = 0; i < n; i++) ends[((values[i] - low) * cellsPerOne) | 0]++
    for (let cell = 0, end = 0; cell < n; cell++) {
      end += ends[cell]
      ends[cell] = end
    }
    // From the end of each cell to its start, which `ends` holds afterwards.
    for (let i = n - 1; i >= 0; i--) dealt[--ends[((values[i] - low) * cellsPerOne) | 0]] = values[i]
    for (let cell = 0; cell < n; cell++) {
      const start = ends[cell]
      const end = cell + 1 < n ? ends[cell + 1] : n
      if (end - start > SHORT) sortMany(dealt.subarray(start, end))
      else if (end - start > 1) insertionSort(dealt, start, end)
    }
    values.set(dealt.subarray(0, n))
  }
}

function extremes(values: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}

function insertionSort(values: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const value = values[i]
    let at = i
    while (at > start && values[at - 1] > value) {
      values[at] = values[at - 1]
      at--
    }
    values[at] = value
  }
}

/** Many values in one cell are often the same. */
function sortMany(values: Float64Array): void {
  const first = values[0]
  for (let i = 1; i < values.length; i++) {
    if (values[i] === first) continue
    values.sort()
    return
  }
}
