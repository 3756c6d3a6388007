import {
  type NumberForm,
  printable,
  type ReadAnyNumber,
  type RowForm,
  type SlotsForm,
  type VectorForm,
} from '../sql/row-form.js'

const sizeOf = (form: RowForm): number => (form.kind === 'vector' ? form.size : 1)

const nanForNull =
  (read: ReadAnyNumber): ReadAnyNumber =>
  (row) => {
    const value = read(row)
    return value === null ? Number.NaN : value
  }

/**
 * Numbers and vectors side by side, in one row; undefined where one of them is neither.
 * @param keepsMissing whether null and NaN become NaN.
 */
export function assembledForm(inputs: readonly RowForm[], keepsMissing = false): VectorForm | undefined {
  if (inputs.some(({ kind }) => kind !== 'number' && kind !== 'vector')) return undefined
  const numberPart = ({ read, readAny }: NumberForm): SlotsForm =>
    keepsMissing && readAny
      ? { kind: 'number', size: 1, read, readAny: printable(nanForNull, readAny) }
      : { kind: 'number', size: 1, read }
  const parts = inputs.flatMap((form): readonly SlotsForm[] =>
    form.kind === 'vector' ? form.parts : [numberPart(form as NumberForm)],
  )
  const size = inputs.reduce((sum, form) => sum + sizeOf(form), 0)
  if (!inputs.some((form) => form.kind === 'vector' && form.affine))
    return { kind: 'vector', size, parts, storage: 'compressed' }
  const shift = new Float64Array(size)
  const scale = new Float64Array(size).fill(1)
  let at = 0
  for (const form of inputs) {
    if (form.kind === 'vector' && form.affine) {
      shift.set(form.affine.shift, at)
      scale.set(form.affine.scale, at)
    }
    at += sizeOf(form)
  }
  return { kind: 'vector', size, parts, storage: 'compressed', affine: { shift, scale } }
}
