/** The terms of a polynomial in some slots, without the constant, in Spark's order: the power of the last slot decides first. */
export interface Terms {
  readonly slots: number
  readonly count: number
  /** Each term is a term before it (-1: the constant 1) times one slot, the first one that is in it. */
  readonly parent: Int32Array
  readonly slot: Int32Array
  /** The same as runs of terms with one parent and slots that follow each other: parent, first slot, length. */
  readonly runs: Int32Array
  /** Places of the terms of the chosen slots, `few`, among the terms of all slots. */
  placesOf(chosen: Int32Array, few: Terms): Int32Array
}

/**
 * The table of terms.
 * @param tooMany throws; called when the number of terms is no 32-bit integer.
 */
export function termsOf(slots: number, degree: number, tooMany: () => never): Terms {
  const sizes = polynomialSizes(slots, degree)
  const count = sizes[degree][slots] - 1
  if (!(count < 2 ** 31 - 1)) tooMany()
  // Only what is asked for is laid out: sparse vectors of many slots need no table of all terms.
  let table: Pick<Terms, 'parent' | 'slot' | 'runs'> | undefined
  const laidOut = () => {
    table ??= layOut(slots, degree, sizes, count)
    return table
  }
  return {
    slots,
    count,
    get parent() {
      return laidOut().parent
    },
    get slot() {
      return laidOut().slot
    },
    get runs() {
      return laidOut().runs
    },
    placesOf(chosen, { count: n, parent, slot }) {
      const places = new Int32Array(n)
      const left = new Int32Array(n)
      for (let t = 0; t < n; t++) {
        const before = parent[t]
        const free = before < 0 ? degree : left[before]
        // A power more of a slot comes after all terms of the slots before it, up to the degree that is left.
        places[t] = (before < 0 ? -1 : places[before]) + sizes[free][chosen[slot[t]]]
        left[t] = free - 1
      }
      return places
    },
  }
}

/** `sizes[d][n]`: number of terms of n slots up to degree d, the constant included. */
function polynomialSizes(slots: number, degree: number): Float64Array[] {
  const sizes = [new Float64Array(slots + 1).fill(1)]
  for (let d = 1; d <= degree; d++) {
    const row = new Float64Array(slots + 1).fill(1)
    for (let n = 1; n <= slots; n++) row[n] = row[n - 1] + sizes[d - 1][n]
    sizes.push(row)
  }
  return sizes
}

function layOut(slots: number, degree: number, sizes: readonly Float64Array[], count: number) {
  const parent = new Int32Array(count)
  const slot = new Int32Array(count)
  /** The terms of the first `n` slots up to degree `d`, each times the term `base`, which stands at `at`. */
  const fill = (n: number, d: number, at: number, base: number): void => {
    for (let s = n - 1; s >= 0; s--) {
      let place = at
      let power = base
      for (let left = d; left > 0; left--) {
        place += sizes[left][s]
        parent[place] = power
        slot[place] = s
        power = place
        fill(s, left - 1, place, place)
      }
    }
  }
  fill(slots, degree, -1, -1)
  return { parent, slot, runs: runsOf(parent, slot) }
}

function runsOf(parent: Int32Array, slot: Int32Array): Int32Array {
  const runs: number[] = []
  for (let t = 0; t < parent.length; t++) {
    if (t > 0 && parent[t] === parent[t - 1] && slot[t] === slot[t - 1] + 1) runs[runs.length - 1]++
    else runs.push(parent[t], slot[t], 1)
  }
  return Int32Array.from(runs)
}
