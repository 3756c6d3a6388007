import { readFileSync } from 'node:fs'

/** A file of test/util/data: values recorded from Spark 4.0.1, commons-math3 3.6.1 or Java 17 (see data/README.md). */
export function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8'))
}

/** Cuts rows into partitions as `SparkContext.parallelize` does. */
export function partitionsOf<T>(rows: readonly T[], partitions: number): T[][] {
  const border = (i: number) => Math.floor((i * rows.length) / partitions)
  return Array.from({ length: partitions }, (_, i) => rows.slice(border(i), border(i + 1)))
}
