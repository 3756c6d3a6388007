import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { shortClassName } from '../../src/param/params.js'
import type { ModelSchema } from '../../src/schema/model-schema.js'
import { subjects } from '../checks/cases.js'
import { asTransformer, instanceOf, isTransformer } from '../checks/subject.js'

const formats = { date: /^\d{4}-\d\d-\d\d/, 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) }

/** Whether JSON has the value of an output as it is. */
const isPlain = (row: object): boolean =>
  Object.values(row)
    .flat()
    .every((value) => !Number.isNaN(value))

describe('the schema of every stage', () => {
  for (const subject of subjects().filter(isTransformer)) {
    it(shortClassName(subject.stageClass.sparkClass), async () => {
      const stage = asTransformer(await instanceOf(subject))
      const { rows, schema: types } = subject.example
      const schema: ModelSchema = stage.modelSchema({ schema: types })
      const names = types.fields.map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining(schema.inputs.map(({ name }) => name)))

      // What a stage was fitted on, and has an example of, is as its schema says.
      const strict = schema.validator({ unseen: 'error', outOfRange: 'error' })
      for (const row of rows) expect(strict.validate(row)).toEqual({ value: row })

      // A row without a column is refused, and so it is by the scorer, with nothing else missing.
      const scorer = stage.scorer({ schema: types })
      for (const { name } of schema.inputs) {
        const row = { ...rows[0], [name]: undefined }
        expect(strict.validate(row).issues).toMatchObject([{ code: 'missing', path: [name] }])
        expect(() => scorer(row)).toThrow(`column "${name}" is missing`)
      }
      const inputs = schema.inputs.map(({ name }) => name)
      const bare = Object.fromEntries(inputs.map((name) => [name, rows[0][name]]))
      expect(scorer(bare)).toEqual(scorer(rows[0]))

      const outputs = new Ajv2020({ strict: true, formats }).compile(schema.toJSONSchema('outputs'))
      for (const row of rows) {
        const scored = scorer(row)
        if (scored === null) continue
        expect(Object.keys(scored)).toEqual(schema.outputs.map(({ name }) => name))
        if (isPlain(scored))
          expect([outputs(JSON.parse(JSON.stringify(scored))), outputs.errors, scored]).toEqual([true, null, scored])
      }
      expect(schema.toMlflowSignature().inputs).not.toContain('"any"')
      expect(schema.toTypeScript()).toContain('export interface Row')
    })
  }
})
