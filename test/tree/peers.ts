import { readFileSync } from 'node:fs'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'

type Column = readonly number[]

/** What scikit-learn and XGBoost learned from some rows, recorded by data/record_peers.py. */
export const peers = JSON.parse(readFileSync(new URL('./data/peers.json', import.meta.url), 'utf8')) as {
  readonly features: readonly Column[]
  /** null: missing. */
  readonly missing: readonly (readonly (number | null)[])[]
  readonly [name: string]: readonly unknown[]
}

/** A recorded list of numbers. */
export const recorded = (name: string): number[] => peers[name] as number[]

/** The recorded rows with a recorded column as label. */
export const peerFrame = (label: string, features: 'features' | 'missing' = 'features'): DataFrame =>
  createDataFrame(
    peers[features].map((row, i) => ({
      features: Vectors.dense(row.map((x) => x ?? Number.NaN)),
      label: recorded(label)[i],
      weight: recorded('weights')[i],
    })),
  )

/** Values of a column of a frame. */
export const columnOf = async (frame: DataFrame, name: string): Promise<number[]> =>
  (await frame.select(name).collect()).map((row) => row[name] as number)

/** So many bins that borders lie between all values, as in exact learners. */
export const allBorders = { maxBins: 200 }
