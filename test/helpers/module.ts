import type { Row } from '../../src/sql/row.js'

/** What a module that `toModule` writes exports. */
export interface WrittenModule {
  score(row: object): Row | null
  scoreBatch(rows: readonly object[]): (Row | null)[]
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly size?: number }[]
  readonly outputs: readonly { readonly name: string; readonly type: string; readonly size?: number }[]
}

/** The module of a source, as Node itself imports it. */
export const importModule = (code: string): Promise<WrittenModule> =>
  import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
