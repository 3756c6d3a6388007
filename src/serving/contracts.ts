import { existsSync } from 'node:fs'
import { ParamError } from '../errors.js'
import { knownNames } from '../util/names.js'
import type { Protocol } from './protocol.js'
import { azure } from './protocols/azure.js'
import { sagemaker } from './protocols/sagemaker.js'
import { vertex } from './protocols/vertex.js'

/** Platforms that start a container and tell it by environment variables where its model lies and how it is called. */
export const CONTRACTS = ['sagemaker', 'vertex', 'azure'] as const
export type ContractName = (typeof CONTRACTS)[number]

/** What a platform expects of a container. */
export interface Contract {
  readonly name: ContractName
  /** All interfaces of the container: the platform calls from outside. */
  readonly host: '0.0.0.0'
  readonly port: number
  /** Where the platform puts the model: a folder, or for Vertex AI what `AIP_STORAGE_URI` says; undefined where it puts none. */
  readonly model: string | undefined
  /** Routes beside those of MLflow's protocol. */
  readonly protocol: Protocol
}

/** Environment variables, and whether a folder is there. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly exists: (path: string) => boolean
}

const DEFAULT_PORT = 8080
/** Where SageMaker unpacks the model. */
const SAGEMAKER_MODEL = '/opt/ml/model'

/** @throws ParamError when the variable holds no port. */
function portOf({ env }: Surroundings, name: string): number {
  const text = env[name]
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new ParamError(`the environment variable ${name} is "${text}"`, {
    stage: 'serve',
    param: name,
    allowed: 'Allowed: a port, from 1 to 65535',
    received: text,
  })
}

/** How each platform is known, and what it expects. */
const PLATFORMS: Readonly<Record<ContractName, { isHere(at: Surroundings): boolean; of(at: Surroundings): Contract }>> =
  {
    vertex: {
      isHere: ({ env }) =>
        Object.keys(env).some((name) => /^AIP_(HTTP_PORT|HEALTH_ROUTE|PREDICT_ROUTE|STORAGE_URI)$/.test(name)),
      of: (at) => ({
        name: 'vertex',
        host: '0.0.0.0',
        port: portOf(at, 'AIP_HTTP_PORT'),
        model: at.env.AIP_STORAGE_URI || undefined,
        protocol: vertex({
          health: at.env.AIP_HEALTH_ROUTE || undefined,
          predict: at.env.AIP_PREDICT_ROUTE || undefined,
        }),
      }),
    },
    azure: {
      isHere: ({ env }) => env.AZUREML_MODEL_DIR !== undefined,
      of: (at) => ({
        name: 'azure',
        host: '0.0.0.0',
        port: DEFAULT_PORT,
        model: at.env.AZUREML_MODEL_DIR || undefined,
        protocol: azure,
      }),
    },
    sagemaker: {
      isHere: ({ env, exists }) => env.SAGEMAKER_BIND_TO_PORT !== undefined || exists(SAGEMAKER_MODEL),
      of: (at) => ({
        name: 'sagemaker',
        host: '0.0.0.0',
        port: portOf(at, 'SAGEMAKER_BIND_TO_PORT'),
        model: at.exists(SAGEMAKER_MODEL) ? SAGEMAKER_MODEL : undefined,
        protocol: sagemaker,
      }),
    },
  }

const HERE: Surroundings = { env: process.env, exists: existsSync }

/**
 * The contract of the platform that a container runs on. `auto` finds it: Vertex AI by its variables `AIP_…`, Azure ML by `AZUREML_MODEL_DIR`, SageMaker by
 * `SAGEMAKER_BIND_TO_PORT` or a folder `/opt/ml/model`; undefined where there is none of these, and for `none`.
 * @throws ParamError for another name, and for a port that is none.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
 * @see https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-deploy-custom-container
 */
export function contractOf(wanted: string, at: Surroundings = HERE): Contract | undefined {
  if (wanted === 'none') return undefined
  const name =
    wanted === 'auto' ? (['vertex', 'azure', 'sagemaker'] as const).find((each) => PLATFORMS[each].isHere(at)) : wanted
  if (name === undefined) return undefined
  if (Object.hasOwn(PLATFORMS, name)) return PLATFORMS[name as ContractName].of(at)
  throw new ParamError(`the contract "${wanted}" does not exist`, {
    stage: 'serve',
    param: 'contract',
    allowed: knownNames('contracts', wanted, ['auto', 'none', ...CONTRACTS]),
    received: wanted,
  })
}
