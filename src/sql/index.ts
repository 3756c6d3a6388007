export type { ArrowTable } from './arrow.js'
export { Attribute, AttributeGroup, BinaryAttribute, NominalAttribute, NumericAttribute } from './attributes.js'
export { type Batch, type ColumnData, isValid, type LocalTable } from './batch.js'
export type { Catalog } from './catalog.js'
export { buildColumn } from './column-builder.js'
export type { ColumnOrigin } from './column-origin.js'
export { columnReader } from './column-reader.js'
export type { ColumnValues } from './column-values.js'
export { DataStreamReader } from './data-stream-reader.js'
export { DataStreamWriter, type ForeachBatch } from './data-stream-writer.js'
export { DataFrame } from './dataframe.js'
export { doublesOf } from './doubles.js'
export type { ActionOptions, Engine, ReadRequest, SaveMode, StreamOptions, WriteRequest } from './engine.js'
export { Column } from './expression/column.js'
export * as functions from './expression/functions.js'
export { col, expr, lit, when } from './expression/functions.js'
export { Window, WindowSpec } from './expression/window.js'
export { GroupedData } from './grouped-data.js'
export type { DataFrameNaFunctions, FillValue, Replacements } from './na.js'
export type { BatchTransform, BatchTransformResult } from './plan.js'
export { DataFrameReader, type ReadArguments } from './reader.js'
export type { Row } from './row.js'
export type { NumberForm, RowForm, SlotsForm, TextForm, VectorForm } from './row-form.js'
export { printable } from './row-form.js'
export type { StratumFractions } from './sampling.js'
export { type CreateOptions, createDataFrame, fromAsync, read, Session, type SessionOptions } from './session.js'
export type { DataFrameStatFunctions } from './stat.js'
export {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  type Json,
  LongType,
  MapType,
  MatrixUDT,
  type Metadata,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
  VectorUDT,
} from './types.js'
export { DataFrameWriter } from './writer.js'
