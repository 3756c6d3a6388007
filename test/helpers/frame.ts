import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { createDataFrame } from '../../src/sql/session.js'
import type { StructType } from '../../src/sql/types.js'

/** A frame of rows with a given schema, sliced over logical partitions as Spark's `parallelize` slices them. */
export const frameOf = (rows: readonly Row[], schema: StructType, numPartitions = 1): DataFrame =>
  createDataFrame(rows, schema, { numPartitions })
