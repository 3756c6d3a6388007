import { NotFittedError, ParamError } from '../errors.js'
import { programOf } from '../scoring/program.js'
import type { Scorable } from '../scoring/row-scorer.js'
import { parseSchema } from '../sql/ddl.js'
import type { StructType } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { type FieldSchema, inputFields, outputFields } from './field-schema.js'
import { DIALECT, inputSchema, type JsonSchema, outputSchema } from './json-schema.js'
import { type MlflowSignature, mlflowSignature } from './mlflow-signature.js'
import type { Policies } from './policies.js'
import type { StandardJsonSchema } from './standard-schema.js'
import { inputDeclaration, outputDeclaration } from './typescript-types.js'
import { type AnyRow, Validator } from './validator.js'

/** Which columns a schema is about. */
export interface ModelSchemaOptions {
  /** Columns that are wanted, as for `scorer`; only what they need is an input. */
  readonly outputCols?: readonly string[]
  /** Types of the columns of a row, for models that do not know what they were fitted on: a schema, or its DDL text. */
  readonly schema?: StructType | string
}

/** Components of an OpenAPI 3.1 description. */
export interface OpenApiComponents {
  readonly components: { readonly schemas: { readonly [name: string]: JsonSchema } }
}

/** Dialects of JSON Schema that frameworks ask for, and the address of each. What is used here is the same in both. */
const DIALECTS: Readonly<Record<string, string>> = {
  'draft-2020-12': DIALECT,
  'draft-07': 'http://json-schema.org/draft-07/schema#',
}

/**
 * The columns that a fitted model reads and gives, and what is known of them: types, nullability, labels, ranges. Made by `model.modelSchema()`. From it come
 * validators, JSON Schema, OpenAPI, MLflow's signature and TypeScript types; see `docs/schema.md`.
 */
export class ModelSchema {
  /** `uid` of the model. */
  readonly model: string
  /** The columns that the model reads when it scores a row, in the order of the frame that it was fitted on. A label is none. */
  readonly inputs: readonly FieldSchema[]
  /** The columns that the scorer gives. */
  readonly outputs: readonly FieldSchema[]

  constructor(model: string, inputs: readonly FieldSchema[], outputs: readonly FieldSchema[]) {
    this.model = model
    this.inputs = Object.freeze([...inputs])
    this.outputs = Object.freeze([...outputs])
  }

  /**
   * A validator of rows, which is a Standard Schema.
   * @throws ParamError for policies that are none, and where nothing tells what to impute.
   */
  validator<Row extends object = AnyRow>(policies: Policies = {}): Validator<Row> {
    const dialect =
      (schema: JsonSchema) =>
      ({ target }: { readonly target: string }) => {
        if (Object.hasOwn(DIALECTS, target)) return { $schema: DIALECTS[target], ...schema }
        throw new ParamError(`the target ${shortText(target)} is not known`, {
          stage: this.model,
          param: 'target',
          allowed: `Allowed: ${Object.keys(DIALECTS).join(', ')}`,
          received: shortText(target),
        })
      }
    const ofInputs = dialect(inputSchema(this.inputs, policies))
    const jsonSchema: StandardJsonSchema = { input: ofInputs, output: ofInputs }
    return new Validator<Row>(this.model, this.inputs, policies, jsonSchema)
  }

  /**
   * JSON Schema (2020-12) of a row.
   * @param side rows that the model reads (default), or those that its scorer gives.
   * @param policies those of the validator that the schema stands for: what they refuse, it refuses.
   */
  toJSONSchema(side: 'inputs' | 'outputs' = 'inputs', policies: Policies = {}): JsonSchema {
    const schema = side === 'inputs' ? inputSchema(this.inputs, policies) : outputSchema(this.outputs)
    return { $schema: DIALECT, ...schema }
  }

  /**
   * Components of an OpenAPI 3.1 description: the schemas of a row and of its prediction.
   * @param names of the two schemas.
   * @throws ParamError for a name that OpenAPI does not take, or one that both have.
   */
  toOpenAPI(
    names: { readonly input?: string; readonly output?: string } = {},
    policies: Policies = {},
  ): OpenApiComponents {
    const { input = 'Row', output = 'Prediction' } = names
    this.#requireNames([input, output], /^[\w.-]+$/, 'letters, digits, ., - and _')
    return {
      components: { schemas: { [input]: inputSchema(this.inputs, policies), [output]: outputSchema(this.outputs) } },
    }
  }

  /** The signature as MLflow writes it into its `MLmodel` file. */
  toMlflowSignature(): MlflowSignature {
    return mlflowSignature(this.inputs, this.outputs)
  }

  /**
   * TypeScript declarations of a row and of its prediction.
   * @param input name of the interface of a row.
   * @param output name of that of a prediction.
   * @throws ParamError for a name that is no identifier, or one that both have.
   */
  toTypeScript(input = 'Row', output = 'Prediction'): string {
    this.#requireNames([input, output], /^[A-Za-z_$][\w$]*$/, 'letters, digits, _ and $, no digit in front')
    return `${inputDeclaration(input, this.inputs)}\n${outputDeclaration(output, this.outputs)}`
  }

  #requireNames(names: readonly [string, string], pattern: RegExp, allowed: string): void {
    const wrong = names.find((name) => !pattern.test(name)) ?? (names[0] === names[1] ? names[1] : undefined)
    if (wrong === undefined) return
    throw new ParamError(`the name ${shortText(wrong)} cannot be that of a schema`, {
      stage: this.model,
      param: 'name',
      allowed: `Allowed: ${allowed}; two names that differ`,
      received: shortText(wrong),
    })
  }
}

/**
 * The schema of a model.
 * @throws NotFittedError when the types of its columns are not known; what `scorer` raises.
 */
export function modelSchema(model: Scorable, { outputCols, schema: given }: ModelSchemaOptions): ModelSchema {
  const schema = typeof given === 'string' ? parseSchema(given) : (given ?? model.schema)
  if (schema === undefined) {
    throw new NotFittedError('the schema of the input is not known', {
      stage: model.uid,
      hint: "Tell it: modelSchema({ schema: 'city STRING, km DOUBLE' }). Models that are fitted, or saved as JSON, know theirs.",
    })
  }
  const { uid: stage, predictors } = model
  const program = programOf(model.plan(schema), schema, { stage, columns: outputCols, predictors })
  return new ModelSchema(stage, inputFields(program, model.profile?.()), outputFields(program))
}
