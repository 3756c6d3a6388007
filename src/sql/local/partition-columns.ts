import { SchemaError } from '../../errors.js'
import { sameName } from '../names.js'
import type { PlanOf } from '../plan.js'
import {
  type DataType,
  DateType,
  DoubleType,
  IntegerType,
  LongType,
  NullType,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from '../types.js'
import type { FoundFile } from './paths.js'

/** Files by the folders that they lie in; files of neighbouring folders with the same values are read together. */
export type Folders = NonNullable<PlanOf<'fileScan'>['partitioned']>

const INTEGER = /^[+-]?\d+$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const DATE = /^\d{4}-\d{1,2}-\d{1,2}$/
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,6})?)?$/

/** The narrowest type of one value: as in Spark int, bigint, double, date, timestamp or string. */
function typeOf(value: string | null): DataType {
  if (value === null) return NullType
  if (INTEGER.test(value)) {
    const number = BigInt(value.replace('+', ''))
    if (BigInt.asIntN(32, number) === number) return IntegerType
    return BigInt.asIntN(64, number) === number ? LongType : DoubleType
  }
  if (NUMBER.test(value)) return DoubleType
  if (DATE.test(value) && !Number.isNaN(Date.parse(value))) return DateType
  return TIMESTAMP.test(value) ? TimestampType : StringType
}

const ORDER: readonly DataType[] = [NullType, IntegerType, LongType, DoubleType]

function widest(a: DataType, b: DataType): DataType {
  if (a === b) return a
  const [i, k] = [ORDER.indexOf(a), ORDER.indexOf(b)]
  if (i >= 0 && k >= 0) return ORDER[Math.max(i, k)]
  if (a === NullType) return b
  if (b === NullType) return a
  return [a, b].every((type) => type === DateType || type === TimestampType) ? TimestampType : StringType
}

/**
 * The columns that folders tell, and the files by their values.
 * @param given the schema that the reader was given, which may say other types.
 * @returns undefined when no folder is named after a column.
 * @throws SchemaError when folders tell different columns.
 */
export function partitionFolders(files: readonly FoundFile[], given: StructType | undefined): Folders | undefined {
  const names = files[0].partition.map(([name]) => name)
  const odd = files.find(({ partition }) => partition.map(([name]) => name).join('/') !== names.join('/'))
  if (odd) {
    throw new SchemaError(`the folders of ${files[0].path} and ${odd.path} name different columns`, {
      stage: 'read',
      hint: 'Read them one by one, or set the option recursiveFileLookup to true',
    })
  }
  if (names.length === 0) return undefined
  const columns = names.map((name, k) => {
    const told = given?.fields.find((field) => sameName(field.name, name))
    const types = files.map(({ partition }) => typeOf(partition[k][1])).reduce(widest)
    return StructField(name, told?.dataType ?? (types === NullType ? StringType : types))
  })
  const folders: { paths: string[]; values: (string | null)[] }[] = []
  let last = ''
  for (const { path, partition } of files) {
    const values = partition.map(([, value]) => value)
    const key = JSON.stringify(values)
    if (key !== last) folders.push({ paths: [], values })
    folders.at(-1)!.paths.push(path)
    last = key
  }
  return { columns, folders }
}

/** The schema of files with the columns of their folders at the end; a column that both have is the folder's. */
export function withPartitionColumns(schema: StructType, columns: readonly StructField[]): StructType {
  const own = schema.fields.filter((field) => !columns.some((column) => sameName(column.name, field.name)))
  return StructType([...own, ...columns])
}
