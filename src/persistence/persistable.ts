import { Params } from '../param/params.js'
import type { ParamTable } from '../param/row.js'
import type { StateTable } from '../param/state.js'
import type { Profile } from '../sql/column-profile.js'
import type { StructType } from '../sql/types.js'
import { type LoadOptions, load } from './load.js'
import type { SparkLayout } from './spark/layout.js'
import { StageWriter } from './writer.js'

/** A class that `load` can make an instance of: `LinearRegressionModel.load(path)`. */
export interface Loadable<T> {
  readonly prototype: T
  readonly sparkClass: string
}

/** Everything that has parameters, and perhaps fitted state, and can be saved. */
export abstract class Persistable extends Params {
  /** Table of the fitted state; empty for what has parameters only. */
  static readonly state: StateTable = {}

  /** Schemas of the frame that the stage was fitted on, and of what it makes of it; absent for what was never fitted. */
  readonly inputSchema?: StructType
  readonly outputSchema?: StructType
  /** What the columns of that frame were like which the stage reads: of those that were in memory, or of all with the option `profile` of `fit`. */
  readonly inputProfile?: Profile

  /** Options of saving: `model.write().overwrite().format('json').save(path)`; `format('spark')` writes a folder that Spark loads. */
  write(): StageWriter {
    return new StageWriter(this)
  }

  /**
   * Saves to a new path, in the JSON format.
   * @throws PersistenceError when the path exists; `write().overwrite().save(path)` replaces it.
   */
  save(path: string): Promise<void> {
    return this.write().save(path)
  }

  /**
   * Loads what was saved, here or by Spark (2.4 and newer). Only data is read; no code runs.
   * @throws PersistenceError when the file is missing, truncated, foreign, too new, altered, or holds another class.
   */
  static load<T extends Persistable>(this: Loadable<T>, path: string, options?: LoadOptions): Promise<T> {
    // biome-ignore lint/complexity/noThisInStatic: the class that load is called on says what to expect
    return load(path, { ...options, expected: this.sparkClass }) as Promise<unknown> as Promise<T>
  }
}

/** The class of a persistable stage, as shared code sees it: its declaration and a constructor of the stored parts. */
export interface PersistableClass {
  readonly name: string
  readonly sparkClass: string
  readonly params: ParamTable
  readonly state: StateTable
  /** How the class stands in Spark's format, where that does not follow from its tables. */
  readonly sparkLayout?: SparkLayout
  // biome-ignore lint/suspicious/noExplicitAny: parameters of a stage, or the state of a model
  new (values: any, uid?: string): Persistable
}
