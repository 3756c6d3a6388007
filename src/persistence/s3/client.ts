import type * as ClientS3 from '@aws-sdk/client-s3'
import type * as LibStorage from '@aws-sdk/lib-storage'
import type { S3ClientLike, StorageOptions } from '../storage-options.js'
import { StoreError } from './errors.js'

export type Sdk = typeof ClientS3

/** Requests that make objects: they take the headers of a save. */
const CREATING = ['PutObjectCommand', 'CreateMultipartUploadCommand', 'CopyObjectCommand']

/** A package that may not be there. @throws StoreError that says what to install. */
export async function optional<T>(imported: Promise<T>): Promise<T> {
  try {
    return await imported
  } catch (cause) {
    throw new StoreError('notInstalled', 's3:// needs the AWS SDK, which is optional', {
      stage: 'storage',
      hint: 'Install it: npm install @aws-sdk/client-s3 @aws-sdk/lib-storage',
      cause,
    })
  }
}

/** The AWS SDK. @throws StoreError where it is not installed. */
export const loadSdk = (): Promise<Sdk> => optional(import('@aws-sdk/client-s3'))

/** Its part for large files. @throws StoreError where it is not installed. */
export const loadUpload = (): Promise<typeof LibStorage> => optional(import('@aws-sdk/lib-storage'))

/**
 * A client as the options and the environment say.
 * @param action which requests the headers are for.
 */
export async function makeClient(sdk: Sdk, options: StorageOptions, action: 'read' | 'write'): Promise<S3ClientLike> {
  if (options.client) return options.client
  const { env } = process
  const { endpoint, credentials, maxAttempts, timeout = 60_000, headers } = options
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  const custom = endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL
  const config = {
    forcePathStyle: options.pathStyle ?? custom !== undefined,
    // A bucket of another region is found there.
    followRegionRedirects: true,
    requestHandler: { connectionTimeout: Math.min(timeout, 10_000), socketTimeout: timeout },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  }
  let client = new sdk.S3Client(region ? { ...config, region } : config)
  if (!region) {
    // Neither variable nor profile names one: S3 has a default, the SDK for JavaScript has none.
    const known = await client.config.region().catch(() => undefined)
    if (!known) client = new sdk.S3Client({ ...config, region: 'us-east-1' })
  }
  if (headers) {
    client.middlewareStack.add(
      (next, context) => (args) => {
        const { request } = args as { request?: { headers: Record<string, string> } }
        if (request && (action === 'read' || CREATING.includes(context.commandName ?? '')))
          Object.assign(request.headers, headers)
        return next(args)
      },
      { step: 'build', name: 'ridgelineHeaders' },
    )
  }
  return client
}
