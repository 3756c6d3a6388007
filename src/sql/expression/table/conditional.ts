import { scalars } from './row.js'

/** Functions of null and NaN, and choices. */
export const CONDITIONAL = scalars([
  { name: 'isnull', takes: 'ANY', gives: 'BOOLEAN', nullable: 'never', sql: '($1 IS NULL)', title: '($1 IS NULL)' },
  {
    name: 'isnotnull',
    takes: 'ANY',
    gives: 'BOOLEAN',
    nullable: 'never',
    sql: '($1 IS NOT NULL)',
    title: '($1 IS NOT NULL)',
  },
  { name: 'isnan', takes: 'DOUBLE', gives: 'BOOLEAN', nullable: 'never', sql: 'coalesce(isnan($1), false)' },
  { name: 'nanvl', takes: 'DOUBLE, DOUBLE', gives: 'DOUBLE', sql: 'CASE WHEN isnan($1) THEN $2 ELSE $1 END' },
  { name: 'coalesce', takes: 'T...', gives: 'T', nullable: 'all', sql: 'coalesce($*)' },
  { name: 'nvl|ifnull', takes: 'T, T', gives: 'T', nullable: 'all', sql: 'coalesce($1, $2)' },
  {
    name: 'nvl2',
    takes: 'ANY, T, T',
    gives: 'T',
    nullable: ([, some, none]) => some.nullable || none.nullable,
    sql: 'CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END',
  },
  { name: 'nullif', takes: 'T, T', gives: 'T', nullable: 'always', sql: 'nullif($1, $2)' },
  {
    name: 'if',
    takes: 'BOOLEAN, T, T',
    gives: 'T',
    nullable: ([, yes, no]) => yes.nullable || no.nullable,
    sql: 'CASE WHEN $1 THEN $2 ELSE $3 END',
    title: '(IF($1, $2, $3))',
  },
])
