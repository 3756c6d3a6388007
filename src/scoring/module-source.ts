import { printable, type RowForm } from '../sql/row-form.js'
import { type DataType, type StructField, simpleString } from '../sql/types.js'
import { version } from '../version.js'
import { moduleProgram } from './module-program.js'
import { oddRow } from './module-runtime.js'
import type { Program } from './program.js'
import { keySource, SourcePrinter, textSource } from './source-printer.js'
import { slotsWriter } from './vector-forms.js'

/** What vectors are in the results of a module. */
export type ModuleVectors = 'array' | 'float64'

/** What a module is made of. */
export interface ModuleSource {
  /** Name of the model. */
  readonly model: string
  readonly program: Program
  readonly vectors: ModuleVectors
}

/** Names that a module uses beside those of its functions. */
const TAKEN = ['row', 'rows', 'score', 'scoreBatch', 'inputs', 'outputs', 'odd', 'result']

/**
 * The two files of a module.
 * @throws UnsupportedError for a stage, or a column, without a form.
 */
export function moduleSource({ model, program, vectors }: ModuleSource): { code: string; types: string } {
  const { forms, inputs, steps, checks } = moduleProgram(model, program)
  const printer = new SourcePrinter(TAKEN)
  const body: string[] = []
  for (const check of checks) body.push(`if (!${printer.printable(check)}(row)) return odd(row)`)
  const properties = program.outputs.map(({ field, place }) => {
    const name = printer.name('value', '1')
    const { lines, value } = outputSource(printer, name, forms.get(place)!, field.dataType, vectors)
    body.push(...lines)
    return `${keySource(field.name)}: ${value}`
  })
  const odd = printer.printable(printable(oddRow, inputs, steps))
  const fields = program.inputs.map(({ field }) => field)
  const outputs = program.outputs.map(({ field }) => field)
  const sizes = new Map([...program.inputs, ...program.outputs].map(({ field, place }) => [field, sizeOf(forms.get(place))]))
  const dropping = program.steps.some(({ transform }) => transform.filters)
  const head = `// ${oneLine(model)}, written by Ridgeline ${version}. Depends on nothing. Do not edit: write it anew from the model.`
  const code = [
    head,
    // Tools that keep the names of functions wrap them.
    ...(/\b__name\(/.test(printer.source) ? ['const __name = (it) => it'] : []),
    printer.source,
    `const odd = ${odd}`,
    '',
    '/** Columns that a row must have. */',
    `export const inputs = ${columnsSource(fields, sizes)}`,
    '/** Columns of a result. */',
    `export const outputs = ${columnsSource(outputs, sizes)}`,
    '',
    'export function score(row) {',
    ...body.map((line) => `  ${line}`),
    `  return { ${properties.join(', ')} }`,
    '}',
    '',
    'export function scoreBatch(rows) {',
    '  return rows.map((row, i) => {',
    '    try {',
    '      return score(row)',
    '    } catch (error) {',
    '      throw Object.assign(error, { row: i, message: `row ${i}: ${error.message}` })',
    '    }',
    '  })',
    '}',
    '',
  ].join('\n')
  return { code, types: typesSource(head, fields, outputs, vectors, dropping) }
}

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ')

const sizeOf = (form: RowForm | undefined): number | undefined => (form?.kind === 'vector' ? form.size : undefined)

/** Reads an output: lines of `score`, and the expression of its value. */
function outputSource(
  printer: SourcePrinter,
  name: string,
  form: RowForm,
  type: DataType,
  vectors: ModuleVectors,
): { lines: string[]; value: string } {
  if (form.kind === 'vector') {
    const { slots, write } = slotsWriter(form)
    const copied = vectors === 'array' ? `Array.from(${printer.of(slots)})` : `${printer.of(slots)}.slice()`
    return {
      lines: [`if (!${printer.printable(write)}(row)) return odd(row)`, `const ${name} = ${copied}`],
      value: name,
    }
  }
  const any = form.kind === 'text' ? form.read : form.readAny
  const read = printer.printable(any ?? (form as { read: (row: never) => unknown }).read)
  const lines = [
    `const ${name} = ${read}(row)`,
    `if (${name} ${any ? '=== undefined' : `!== ${name}`}) return odd(row)`,
  ]
  if (type.kind !== 'boolean') return { lines, value: name }
  return { lines, value: any ? `${name} === null ? null : ${name} === 1` : `${name} === 1` }
}

function columnsSource(fields: readonly StructField[], sizes: ReadonlyMap<StructField, number | undefined>): string {
  const columns = fields.map((field) => {
    const size = sizes.get(field)
    const more = size === undefined ? '' : `, size: ${size}`
    return `{ name: ${textSource(field.name)}, type: ${textSource(typeName(field.dataType))}${more} }`
  })
  return `[${columns.join(', ')}]`
}

const typeName = (type: DataType): string => (type.kind === 'vector' ? 'vector' : simpleString(type))

/** The type of a value in TypeScript. */
function typeOf({ dataType, nullable }: StructField, list: string): string {
  const types: Partial<Record<DataType['kind'], string>> = { string: 'string', boolean: 'boolean', vector: list }
  return `${types[dataType.kind] ?? 'number'}${nullable ? ' | null' : ''}`
}

function typesSource(
  head: string,
  inputs: readonly StructField[],
  outputs: readonly StructField[],
  vectors: ModuleVectors,
  dropping: boolean,
): string {
  const result = dropping ? 'Scores | null' : 'Scores'
  return [
    head,
    '',
    '/** What the model reads; other properties are passed over. */',
    'export interface Row {',
    ...inputs.map((field) => `  readonly ${keySource(field.name)}: ${typeOf(field, 'readonly number[] | Float64Array')}`),
    '}',
    '',
    '/** What the model gives. */',
    'export interface Scores {',
    ...outputs.map((field) => `  ${keySource(field.name)}: ${typeOf({...field, nullable: field.nullable && field.dataType.kind !== 'vector' }, vectors === 'array' ? 'number[]' : 'Float64Array')}`),
    '}',
    '',
    '/** A column: its type by its SQL name, and the length of its vectors. */',
    'export interface Column {',
    '  readonly name: string',
    '  readonly type: string',
    '  readonly size?: number',
    '}',
    '',
    '/**',
    ` * Scores a row.${dropping ? ' Null: the model drops the row (handleInvalid is "skip").' : ''}`,
    ' * @throws TypeError for a column that is missing or holds a value of another type; RangeError for a value that the model, or this module, does not answer',
    ' *   (null, NaN, an unseen label). Both have the properties `column` and `value`, a RangeError also `stage`.',
    ' */',
    `export declare function score(row: Row): ${result}`,
    '/** Scores rows. @throws as `score`; the error also has the number of the row, `row`. */',
    `export declare function scoreBatch(rows: readonly Row[]): ${dropping ? '(Scores | null)[]' : 'Scores[]'}`,
    '/** Columns that a row must have. */',
    'export declare const inputs: readonly Column[]',
    '/** Columns of a result. */',
    'export declare const outputs: readonly Column[]',
    '',
  ].join('\n')
}
