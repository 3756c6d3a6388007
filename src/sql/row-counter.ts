import type { BatchTransform } from './plan.js'

/** A step that changes nothing and tells how many rows pass. */
export const rowCounter = (rows: (count: number) => void): BatchTransform => ({
  name: 'count',
  inputs: [],
  outputs: [],
  // So that it runs although nobody reads what it makes.
  filters: true,
  run: (_columns, length) => {
    rows(length)
    return { columns: [] }
  },
})
