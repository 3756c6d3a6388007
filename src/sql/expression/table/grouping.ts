import { ByteType } from '../../types.js'
import { aggregates } from './row.js'

/** What a group of `rollup` and `cube` is made of. */
export const GROUPING = aggregates([
  { name: 'grouping', takes: 'ANY', gives: () => ByteType, nullable: 'never', sql: 'CAST(grouping($1) AS TINYINT)' },
  // Without arguments it asks for all groups, which the planner fills in.
  { name: 'grouping_id', takes: '', gives: 'LONG', nullable: 'never', sql: '0' },
  { name: 'grouping_id', takes: 'ANY...', gives: 'LONG', nullable: 'never', sql: 'CAST(grouping($*) AS BIGINT)' },
])
