import {
  bool,
  double,
  doubleArray,
  int,
  intArray,
  long,
  string,
  stringArray,
  vectorParam,
} from '../../src/param/row.js'
import { optional, stageState, state } from '../../src/param/state.js'
import { model, transformer } from '../../src/pipeline/define.js'
import type { Transformer } from '../../src/pipeline/transformer.js'

const params = {
  ratio: double({ default: 0.5, doc: 'a double' }),
  count: int({ default: 1, doc: 'an int' }),
  seed: long({ default: 42, doc: 'a long' }),
  flag: bool({ default: false, doc: 'a boolean' }),
  text: string({ default: '', doc: 'a string' }),
  texts: stringArray({ doc: 'strings' }),
  ratios: doubleArray({ doc: 'doubles' }),
  counts: intArray({ doc: 'ints' }),
  weights: vectorParam({ doc: 'a vector' }),
}

/** A stage with a parameter of every plain kind. */
export class Settings extends transformer('test.Settings', params) {}

/** A model with state of every kind. */
export class Learned extends model('test.Learned', params, {
  double: state.double('a double'),
  long: state.long('a long'),
  vector: state.vector('a vector'),
  matrix: state.matrix('a matrix'),
  doubles: state.doubles('doubles'),
  ints: state.ints('ints'),
  strings: state.strings('strings'),
  lists: state.stringLists('lists of strings'),
  inner: optional(stageState<Transformer>('a stage')),
}) {}

export const toys = { classes: [Settings, Learned] } as const
