import { expect, it, vi } from 'vitest'
import { load } from '../../src/persistence/load.js'
import { Settings } from './toy.js'

vi.mock('@aws-sdk/client-s3', () => {
  throw new Error('Cannot find package')
})

it('without the AWS SDK the error says what to install', async () => {
  for (const work of [() => load('s3://bucket/key'), () => new Settings().save('s3://bucket/key')]) {
    const error = await work().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ name: 'StoreError', reason: 'notInstalled' })
    expect((error as Error).message).toContain('npm install @aws-sdk/client-s3')
  }
})
