/** Order of two keys: negative when the first comes first. */
type Compare = (a: number, b: number) => number

/**
 * The first `k` of keys that come one by one, in the order of a comparison: Guava's `Ordering.leastOf`, which Spark's `top` and `takeOrdered`
 * call. Of keys that compare as equal it keeps those that Guava keeps, in Guava's order, which is not that in which they came once there
 * are more than `k` of them.
 */
export class TopK {
  readonly #k: number
  readonly #compare: Compare
  #buffer: number[] = []
  /** The last of the best `k` so far. */
  #threshold = -1

  constructor(k: number, compare: Compare) {
    this.#k = k
    this.#compare = compare
  }

  add(key: number): void {
    const buffer = this.#buffer
    if (this.#k === 0) return
    if (buffer.length < this.#k) {
      if (buffer.length === 0 || this.#compare(key, this.#threshold) > 0) this.#threshold = key
      buffer.push(key)
    } else if (this.#compare(key, this.#threshold) < 0) {
      buffer.push(key)
      if (buffer.length === 2 * this.#k) this.#trim()
    }
  }

  /** The best keys, first ones first. */
  keys(): number[] {
    return this.#buffer.sort(this.#compare).slice(0, this.#k)
  }

  /** Brings the best `k` to the front, by quick select, and forgets the others. */
  #trim(): void {
    const buffer = this.#buffer
    let left = 0
    let right = 2 * this.#k - 1
    let least = 0
    let rounds = Math.ceil(Math.log2(right - left)) * 3
    while (left < right) {
      const pivot = this.#divide(left, right, (left + right + 1) >>> 1)
      if (pivot > this.#k) right = pivot - 1
      else if (pivot < this.#k) {
        left = Math.max(pivot, left + 1)
        least = pivot
      } else break
      if (--rounds <= 0) {
        const sorted = buffer.slice(left, right + 1).sort(this.#compare)
        for (let i = 0; i < sorted.length; i++) buffer[left + i] = sorted[i]
        break
      }
    }
    buffer.length = this.#k
    this.#threshold = buffer[least]
    for (let i = least + 1; i < this.#k; i++) {
      if (this.#compare(buffer[i], this.#threshold) > 0) this.#threshold = buffer[i]
    }
  }

  /** Moves what comes before the pivot to its left. @returns the new place of the pivot. */
  #divide(left: number, right: number, pivot: number): number {
    const buffer = this.#buffer
    const value = buffer[pivot]
    buffer[pivot] = buffer[right]
    let to = left
    for (let i = left; i < right; i++) {
      if (this.#compare(buffer[i], value) >= 0) continue
      const other = buffer[to]
      buffer[to++] = buffer[i]
      buffer[i] = other
    }
    buffer[right] = buffer[to]
    buffer[to] = value
    return to
  }
}

/** Two sorted lists as one (Guava's `mergeSorted`): of equal keys the lists give theirs by turns. */
export function mergeSorted(a: readonly number[], b: readonly number[], compare: Compare): number[] {
  if (a.length === 0) return [...b]
  if (b.length === 0) return [...a]
  const merged: number[] = []
  // The list whose turn it is comes first.
  let [first, other] = compare(b[0], a[0]) < 0 ? [b, a] : [a, b]
  let [i, j] = [0, 0]
  for (;;) {
    merged.push(first[i++])
    if (i === first.length) return [...merged, ...other.slice(j)]
    if (compare(first[i], other[j]) < 0) continue
    const [list, at] = [first, i]
    first = other
    i = j
    other = list
    j = at
  }
}
