import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { patiently, Sockets } from '../../src/streaming/kafka/sockets.js'

it('an end that never comes is waited for some time only, one that fails is told', async () => {
  await patiently(new Promise(() => {}), 20)
  await patiently(Promise.resolve())
  await expect(patiently(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})

it('sockets that are open still are cut, and those who use them hear of it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new Sockets()
  const { port } = server.address() as AddressInfo
  const socket = await new Promise<ReturnType<Sockets['connect']>>((resolve) => {
    const opened = sockets.connect({ host: '127.0.0.1', port, onConnect: () => resolve(opened) })
  })
  const errors: string[] = []
  socket.on('error', (error) => errors.push(error.message))
  sockets.cut()
  await new Promise((resolve) => socket.once('close', resolve))
  expect(errors).toEqual(['the client was closed'])
  sockets.cut()
  server.close()
})
