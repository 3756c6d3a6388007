import type { FoldNumbers } from '../util/random/fold-numbers.js'
import type { SharedResult } from '../util/shared-result.js'
import type { ColumnData, LocalTable } from './batch.js'
import type { Expression } from './expression/nodes.js'
import type { RowForm } from './row-form.js'
import type { StreamOrigin } from './stream-source.js'
import type { StructField, StructType } from './types.js'

/** One row-wise step of a segment: a fitted ML stage bound to the schema of its input. */
export interface BatchTransform {
  /** uid of the stage, for errors and `explain()`. */
  readonly name: string
  /** Columns that are read, by exact name. */
  readonly inputs: readonly string[]
  /** Columns that are added; one whose name exists takes that column's place. */
  readonly outputs: readonly StructField[]
  /** Whether rows may be removed (`handleInvalid = "skip"`). */
  readonly filters: boolean
  /**
   * Pure and synchronous. `columns` are in the order of `inputs`, the result is in the order of `outputs` and has `length`
   * rows; `keep` (one byte a row, 0 = remove, null = keep all) is given only where `filters` is true.
   * `firstRow` numbers the rows of the frame from zero, for error messages.
   */
  run(columns: readonly ColumnData[], length: number, firstRow: number): BatchTransformResult
  /**
   * For scorers of one row: the forms of the outputs from those of the inputs, or undefined where there are none. A step without `forms` is scored by `run`
   * all the same, only slower.
   */
  forms?(inputs: readonly RowForm[]): readonly RowForm[] | undefined
  /**
   * For modules, of a step that removes rows: whether `run` removes a row for which the forms do not know the outputs. It is given the values of the inputs: numbers,
   * strings, lists, NaN, null, and undefined for a vector that an earlier step has made. A printable, or free of other names. A module refuses such a row otherwise.
   */
  readonly drops?: (values: readonly unknown[]) => boolean
  /** Whether outputs are the same for dense and sparse vectors that are equal. */
  readonly anyStorage?: boolean
  /** For the schema of a model: what the step knows of the values of each input beyond their type. */
  expects?(): readonly (ExpectedValues | undefined)[]
}
/** What a step knows of the values of a column. */
export interface ExpectedValues {
  /** The values that are told apart, in the order of their indices. Any other is unseen. */
  readonly categories?: readonly (string | number | bigint)[]
  /** What becomes of an unseen value: an error, the row is dropped, or it counts as one more category. */
  readonly unseen?: 'error' | 'skip' | 'keep'
  /** Number of slots that vectors must have. */
  readonly size?: number
}
export interface BatchTransformResult {
  readonly columns: readonly ColumnData[]
  readonly keep?: Uint8Array | null
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'left_semi' | 'left_anti' | 'cross'

/** How rows are drawn. Every draw is Spark's own: one generator a logical partition, one number a row, in row order. */
export type Sampling =
  /** `Dataset.sample(false, fraction)` and one part of `randomSplit`: XORShiftRandom(seed + partition), kept in [lower, upper). */
  | { readonly kind: 'cell'; readonly lower: number; readonly upper: number }
  /** One fold of `MLUtils.kFold`: partition seeds from java.util.Random; the complement is the training part. All folds share the numbers. */
  | { readonly kind: 'fold'; readonly fold: number; readonly numbers: FoldNumbers; readonly complement: boolean }
  /** `stat.sampleBy`: each row with the probability of its value in a column; values that are not named are left out. */
  | { readonly kind: 'stratum'; readonly column: string; readonly fractions: ReadonlyMap<unknown, number> }
  /** `Dataset.sample(true, fraction)`: Poisson draws, a row may come several times. */
  | { readonly kind: 'poisson'; readonly fraction: number }

export type FileFormat = 'csv' | 'json' | 'parquet' | 'text'

/** A column of random numbers (Spark's `rand` and `randn`, seeded with seed + partition), of ids, or of partitions. */
export interface Draw {
  readonly name: string
  readonly kind: 'rand' | 'randn' | 'id' | 'partition'
  readonly seed: bigint
}

/**
 * Nodes of a lazy plan: frozen plain objects. `schema` is known before any data is touched. A compiler over plans is a
 * `Record<Plan['kind'], …>`, so that a forgotten node does not compile.
 */
export type Plan =
  | { readonly kind: 'localScan'; readonly schema: StructType; readonly table: LocalTable }
  | {
      readonly kind: 'fileScan'
      readonly schema: StructType
      readonly format: FileFormat
      readonly paths: readonly string[]
      readonly options: Readonly<Record<string, string>>
      /** Whether the schema was inferred from these files, so that their values fit it. */
      readonly told?: boolean
      /** Columns whose values the names of folders tell, which are the last of the schema, and the files of each folder. */
      readonly partitioned?: {
        readonly columns: readonly StructField[]
        readonly folders: readonly { readonly paths: readonly string[]; readonly values: readonly (string | null)[] }[]
      }
    }
  /** Rows that never end. A streaming query puts the rows of each micro-batch in its place; an engine cannot run it. */
  | { readonly kind: 'streamScan'; readonly schema: StructType; readonly origin: StreamOrigin }
  | {
      readonly kind: 'project'
      readonly schema: StructType
      readonly input: Plan
      readonly expressions: readonly Expression[]
    }
  | {
      /** Several rows for each row of the input, next to each other: one a projection. */
      readonly kind: 'expand'
      readonly schema: StructType
      readonly input: Plan
      readonly projections: readonly (readonly Expression[])[]
    }
  | {
      /** A row for each element of an array or a map: the columns of the input, and those of the element. */
      readonly kind: 'generate'
      readonly schema: StructType
      readonly input: Plan
      readonly argument: Expression
      /** Whether a row without elements gives one row of nulls. */
      readonly outer: boolean
      /** Whether the first of the columns is the number of the element. */
      readonly position: boolean
      /** Whether the elements are structs whose fields are the columns. */
      readonly inline: boolean
      /** The columns that are added. */
      readonly fields: readonly StructField[]
    }
  | { readonly kind: 'filter'; readonly schema: StructType; readonly input: Plan; readonly condition: Expression }
  | {
      readonly kind: 'aggregate'
      readonly schema: StructType
      readonly input: Plan
      readonly grouping: readonly Expression[]
      /** Which of the grouping expressions, by number, form groups; each list of them groups all rows anew. All of them once when not given. */
      readonly sets?: readonly (readonly number[])[]
      readonly aggregates: readonly Expression[]
    }
  | {
      readonly kind: 'join'
      readonly schema: StructType
      readonly left: Plan
      readonly right: Plan
      readonly type: JoinType
      /** Equal columns (appear once in the output, as in Spark's `using`), or a condition, or neither for a cross join. */
      readonly using: readonly string[]
      readonly condition?: Expression
    }
  | { readonly kind: 'union'; readonly schema: StructType; readonly left: Plan; readonly right: Plan }
  | {
      /** Rows of the left side that the right side has (`intersect`), or has not (`except`). Nulls and NaNs equal each other. */
      readonly kind: 'setOperation'
      readonly schema: StructType
      readonly operation: 'intersect' | 'except'
      /** Whether equal rows count one by one, or are one row. */
      readonly all: boolean
      readonly left: Plan
      readonly right: Plan
    }
  | {
      readonly kind: 'sort'
      readonly schema: StructType
      readonly input: Plan
      readonly order: readonly Expression[]
      /** Whether all rows are sorted into one partition, or each partition for itself. */
      readonly global: boolean
    }
  | {
      readonly kind: 'limit'
      readonly schema: StructType
      readonly input: Plan
      /** Rows that are left out before the first one. */
      readonly offset: number
      /** Most rows; infinite for an offset alone. */
      readonly count: number
    }
  | {
      readonly kind: 'sample'
      readonly schema: StructType
      readonly input: Plan
      readonly sampling: Sampling
      readonly seed: bigint
    }
  | {
      readonly kind: 'draw'
      readonly schema: StructType
      readonly input: Plan
      readonly draws: readonly Draw[]
    }
  | {
      readonly kind: 'repartition'
      readonly schema: StructType
      readonly input: Plan
      readonly partitions: number
      readonly shuffle: boolean
    }
  | {
      readonly kind: 'cache'
      readonly schema: StructType
      readonly input: Plan
      /** The rows once they were computed; shared by every plan that contains the node. */
      readonly slot: SharedResult<LocalTable>
    }
  | {
      readonly kind: 'mlSegment'
      /** Columns of the input and of the transforms; a pruned plan names only those that are consumed. */
      readonly schema: StructType
      readonly input: Plan
      readonly transforms: readonly BatchTransform[]
    }

export type PlanKind = Plan['kind']

/** Plan node of one kind. */
export type PlanOf<K extends PlanKind> = Extract<Plan, { readonly kind: K }>

/** Whether rows of a plan come from a stream. */
export function hasStream(plan: Plan): boolean {
  if (plan.kind === 'streamScan') return true
  if ('left' in plan) return hasStream(plan.left) || hasStream(plan.right)
  return 'input' in plan && hasStream(plan.input)
}
