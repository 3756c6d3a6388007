import { type FieldSchema, inputFields, outputFields } from '../schema/field-schema.js'
import { inputDeclaration, outputDeclaration } from '../schema/typescript-types.js'
import type { PlacedField, Program } from '../scoring/program.js'
import { slotsWriter } from '../scoring/vector-forms.js'
import { printable, type RowForm, rowsRead } from '../sql/row-form.js'
import { type DataType, isVector, simpleString } from '../sql/types.js'
import { version } from '../version.js'
import { type ModuleProgram, moduleProgram } from './program.js'
import { oddRow } from './runtime.js'
import { keySource, SourcePrinter, textSource } from './source-printer.js'

/** What vectors are in the results of a module. */
export type ModuleVectors = 'array' | 'float64'

/** The files of a module. */
export interface ModuleFiles {
  /** Source of the module. */
  readonly code: string
  /** Its types, the content of a `.d.ts` file. */
  readonly types: string
}

/** Names that a module uses beside those of its functions. */
const TAKEN = ['row', 'rows', 'i', 'error', 'score', 'scoreBatch', 'inputs', 'outputs', '__name']

/**
 * @param model name of the model.
 * @throws UnsupportedError for a stage, or a column, without a form.
 */
export function moduleFiles(model: string, program: Program, vectors: ModuleVectors): ModuleFiles {
  const content = moduleProgram(model, program)
  const sized = (fields: readonly FieldSchema[], placed: readonly PlacedField[]): readonly FieldSchema[] =>
    fields.map((field, k) => {
      const form = content.forms.get(placed[k].place)
      return form?.kind === 'vector' ? { ...field, size: form.size } : field
    })
  const inputs = sized(inputFields(program), program.inputs)
  const outputs = sized(outputFields(program), program.outputs)
  const drops = program.steps.some(({ transform }) => transform.filters)
  const head = `// ${oneLine(model)} as a module, written by Ridgeline ${version}. Change the model and write it anew.`
  return {
    code: `${head}
${scoreSource(content, program.outputs, vectors)}
export const inputs = ${columnsSource(inputs)}
export const outputs = ${columnsSource(outputs)}
${BATCH}`,
    types: `${head}\n${typesSource(inputs, outputs, vectors, drops)}`,
  }
}

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ')

/** The declarations, and `score`. */
function scoreSource(
  { forms, inputs, steps, checks }: ModuleProgram,
  outputs: readonly PlacedField[],
  vectors: ModuleVectors,
): string {
  const printer = new SourcePrinter(TAKEN, new Map([[rowsRead, 'new Int32Array(1)']]))
  const odd = printer.of(printable(oddRow, inputs, steps))
  const lines = checks.map((check) => `if (!${printer.of(check)}(row)) return ${odd}(row)`)
  const properties = outputs.map(({ field, place }) => {
    const { statements, value } = outputSource(printer, forms.get(place)!, field.dataType, vectors, odd)
    lines.push(...statements)
    return `${keySource(field.name)}: ${value}`
  })
  const declarations = printer.source
  const rows = printer.nameOf(rowsRead)
  // What is computed once a row is computed anew.
  if (rows !== undefined) lines.unshift(`${rows}[0]++`)
  return `${
    // Some tools wrap functions to keep their names.
    declarations.includes('__name(') ? 'const __name = (named) => named\n' : ''
  }${declarations}

export function score(row) {
${lines.map((line) => `  ${line}\n`).join('')}  return { ${properties.join(', ')} }
}
`
}

const BATCH = `
export function scoreBatch(rows) {
  return rows.map((row, i) => {
    try {
      return score(row)
    } catch (error) {
      throw Object.assign(error, { row: i, message: \`row \${i}: \${error.message}\` })
    }
  })
}
`

/** How `score` reads an output. */
function outputSource(
  printer: SourcePrinter,
  form: RowForm,
  type: DataType,
  vectors: ModuleVectors,
  odd: string,
): { statements: string[]; value: string } {
  if (form.kind === 'vector') {
    const { slots, write } = slotsWriter(form)
    const array = printer.of(slots)
    const name = printer.name('vector', '1')
    return {
      // The next vector may be written into the same array.
      statements: [
        `if (!${printer.of(write)}(row)) return ${odd}(row)`,
        `const ${name} = ${vectors === 'array' ? `Array.from(${array})` : `${array}.slice()`}`,
      ],
      value: name,
    }
  }
  const any = form.kind === 'number' ? form.readAny : form.read
  const name = printer.name(form.kind, '1')
  const statements = [
    `const ${name} = ${printer.of(any ?? form.read)}(row)`,
    `if (${any ? `${name} === undefined` : `${name} !== ${name}`}) return ${odd}(row)`,
  ]
  const value = shapes[type.kind]?.(name) ?? name
  return { statements, value: any && value !== name ? `${name} === null ? null : ${value}` : value }
}

/** Values of types whose forms are numbers. */
const shapes: Partial<Record<DataType['kind'], (name: string) => string>> = {
  boolean: (name) => `${name} === 1`,
  date: (name) => `new Date(${name} * 86400000)`,
  timestamp: (name) => `new Date(Math.floor(${name} / 1000))`,
  timestamp_ntz: (name) => `new Date(Math.floor(${name} / 1000))`,
}

const columnsSource = (fields: readonly FieldSchema[]): string =>
  `[${fields
    .map(({ name, type, size }) => {
      const more = size === undefined ? '' : `, size: ${size}`
      return `{ name: ${textSource(name)}, type: ${textSource(isVector(type) ? 'vector' : simpleString(type))}${more} }`
    })
    .join(', ')}]`

function typesSource(
  inputs: readonly FieldSchema[],
  outputs: readonly FieldSchema[],
  vectors: ModuleVectors,
  drops: boolean,
): string {
  // A module answers, or throws: nobody reads a null that a vector cannot be.
  const given = outputs.map((field) => ({ ...field, nullable: field.nullable && !isVector(field.type) }))
  return `
/** A row that the model reads; other properties are passed over. */
${inputDeclaration('Row', inputs)}
/** What the model makes of a row. */
${outputDeclaration('Prediction', given, vectors === 'array' ? 'number[]' : 'Float64Array')}
/** A column: its type by its SQL name, or "vector", and the length of its vectors. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly size?: number
}

/**
 * Scores a row.
 * ${drops ? '@returns null where the model drops the row (`handleInvalid` is "skip").\n * ' : ''}@throws TypeError where a column is missing, or holds a value of another type; RangeError where the model refuses a value, or this module does not tell
 *   what it makes of it: null, NaN, an unseen label. \`column\` and \`value\` of the error tell which, \`stage\` of a RangeError who.
 */
export declare function score(row: Row): Prediction${drops ? ' | null' : ''}

/**
 * Scores rows, in order.
 * @throws as \`score\`; \`row\` of the error is the number of the row.
 */
export declare function scoreBatch(rows: readonly Row[]): ${drops ? '(Prediction | null)[]' : 'Prediction[]'}

/** The columns that a row must have. */
export declare const inputs: readonly Column[]

/** The columns of a prediction. */
export declare const outputs: readonly Column[]
`
}
