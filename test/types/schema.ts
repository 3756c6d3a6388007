// Not run: `npm run lint` compiles it, as api.ts.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { PipelineModel } from '../../src/pipeline/pipeline.js'

interface Ride {
  readonly city: string
  readonly km: number
}

export async function schemas(model: PipelineModel): Promise<void> {
  const validator = model
    .modelSchema()
    .validator<Ride>({ null: 'error', columns: { km: { nan: 'impute' } }, impute: { km: 5 } })
  const standard: StandardSchemaV1<Ride, Ride> = validator
  const taken: StandardSchemaV1.InferOutput<typeof validator> = { city: 'FR', km: 7.5 }
  const result = validator.validate(taken)
  if (result.issues) {
    const codes: readonly ('extra' | 'missing' | 'null' | 'nan' | 'wrongType' | 'unseen' | 'outOfRange')[] =
      result.issues.map(({ code }) => code)
    // @ts-expect-error a refused row has no value
    result.value
    codes.at(0)
  } else {
    const km: number = result.value.km
    // @ts-expect-error there is no such column
    result.value.kms.toFixed(km)
  }
  await standard['~standard'].validate(taken)
  // @ts-expect-error a number, not text
  const wrong: StandardSchemaV1.InferInput<typeof validator> = { city: 'FR', km: '7.5' }
  model.modelSchema().validator<typeof wrong>()
  // @ts-expect-error no policy
  model.modelSchema().validator({ null: 'drop' })
  // @ts-expect-error there is no such policy
  model.modelSchema().validator({ nulls: 'keep' })
}
