const VIEWS = 'Name frames by createOrReplaceTempView, and take names away by session.catalog.dropTempView'
const WRITE = 'Make a new frame, and write it: df.write.mode(…).parquet(…)'
const LOOK = 'Ask session.catalog.listTables(), df.printSchema() and df.explain()'
/** Statements that are no queries, and what to do instead. */
export const STATEMENTS: Readonly<Record<string, string>> = {
  CREATE: VIEWS,
  DROP: VIEWS,
  ALTER: VIEWS,
  USE: VIEWS,
  INSERT: WRITE,
  UPDATE: WRITE,
  DELETE: WRITE,
  MERGE: WRITE,
  TRUNCATE: WRITE,
  SHOW: LOOK,
  DESCRIBE: LOOK,
  DESC: LOOK,
  EXPLAIN: LOOK,
  SET: 'Set options of the session, of readers and of writers',
  CACHE: 'Keep rows by df.cache()',
  UNCACHE: 'Let rows go by df.unpersist()',
}
