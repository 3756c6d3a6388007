import type { ReadNumber, WriteNumbers } from '../sql/row-form.js'

/** The scores of two classes, of which the second has a margin. */
export const twoMargins =
  (read: ReadNumber): WriteNumbers =>
  (row, into, at) => {
    const margin = read(row)
    into[at] = -margin
    into[at + 1] = margin
    return !Number.isNaN(margin)
  }

/** Scores of several classes, of which each has a function of its own. */
export const classMargins =
  (reads: readonly ReadNumber[]): WriteNumbers =>
  (row, into, at) => {
    for (let k = 0; k < reads.length; k++) {
      into[at + k] = reads[k](row)
      if (Number.isNaN(into[at + k])) return false
    }
    return true
  }
