import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { load } from '../../src/persistence/load.js'
import type { StorageOptions } from '../../src/persistence/storage-options.js'

let server: Server | undefined
afterEach(() => {
  server?.close()
})
async function at(made: Server, options: StorageOptions = {}): Promise<StorageOptions> {
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(made.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  return { endpoint, region: 'us-east-1', credentials, maxAttempts: 1, timeout: 300, ...options }
}
const failure = (storage: StorageOptions) => load('s3://models/m', { storage }).catch((error: unknown) => error)

it('a server that accepts and never answers is given up', async () => {
  const storage = await at(
    createServer((socket) => socket.on('error', () => undefined).on('end', () => socket.destroy())),
  )
  expect(await failure(storage)).toMatchObject({ name: 'StoreError', reason: 'network' })
})

it('a server that is none of S3 is told', async () => {
  const storage = await at(createHttpServer((_, response) => response.writeHead(404).end('<html>not here</html>')))
  expect(await failure(storage)).toMatchObject({ name: 'StoreError' })
})

it('a server that is busy is asked again', async () => {
  let asked = 0
  const busy = createHttpServer((_, response) => {
    asked++
    response.writeHead(503).end('<Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>')
  })
  const storage = await at(busy, { maxAttempts: 2 })
  expect(await failure(storage)).toMatchObject({ reason: 'network', message: expect.stringContaining('SlowDown') })
  expect(asked).toBe(2)
})
