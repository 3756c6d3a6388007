import type { RowForm, SlotsForm, VectorForm } from '../sql/row-form.js'

const sizeOf = (form: RowForm): number => (form.kind === 'vector' ? form.size : 1)

/** Numbers and vectors side by side, in one row; undefined where one of them is neither. */
export function assembledForm(inputs: readonly RowForm[]): VectorForm | undefined {
  if (inputs.some(({ kind }) => kind !== 'number' && kind !== 'vector')) return undefined
  const parts = inputs.flatMap((form): readonly SlotsForm[] =>
    form.kind === 'vector'
      ? form.parts
      : [{ kind: 'number', size: 1, read: (form as Extract<RowForm, { kind: 'number' }>).read }],
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
