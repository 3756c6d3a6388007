export { arrayOf, type Bounds, type Constraint, interval, rule } from './constraint.js'
export { Param, ParamMap, type ParamPair } from './param.js'
export { Params, type ParamValues } from './params.js'
export {
  accepts,
  bool,
  type ColumnTest,
  double,
  doubleArray,
  doubleArrayArray,
  inputColumn,
  inputColumns,
  int,
  intArray,
  long,
  matrixParam,
  oneOf,
  outputColumn,
  outputColumns,
  type ParamRow,
  type ParamTable,
  string,
  stringArray,
  vectorParam,
} from './row.js'
export { type Rule, sameLength, singleOrMultiple } from './rules.js'
export * from './shared.js'
export { optional, type StateRow, type StateTable, stageListsState, stageState, stagesState, state } from './state.js'
