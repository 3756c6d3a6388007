import { expect, it } from 'vitest'
import { optional } from '../../src/persistence/s3/client.js'
import { StoreError } from '../../src/persistence/s3/errors.js'

it('without the AWS SDK the error says what to install', async () => {
  const error = await optional(Promise.reject(new Error('Cannot find package'))).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(StoreError)
  expect(error).toMatchObject({ reason: 'notInstalled', message: expect.stringContaining('npm install @aws-sdk/') })
})
