import type { BatchTransform } from '../sql/plan.js'

/** A step that changes nothing and tells how many rows pass. */
export const counter = (rows: (count: number) => void): BatchTransform => ({
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
