/** Settings of a local engine. */
export interface LocalEngineOptions {
  /**
   * Upper bound of the relational engine's memory, for example `'2GB'`; beyond it the engine spills to disk. It holds for each
   * of two instances: one with all threads, and one with a single thread for queries whose result could depend on their timing.
   */
  readonly memoryLimit?: string
  /** Folder for what the engine spills. */
  readonly tempDirectory?: string
  /** Threads of the relational engine; all of the machine when not given. With one, rows pass in their order even on their way to a file. */
  readonly threads?: number
}
