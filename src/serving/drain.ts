import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a server lets go of its connections. */
export interface DrainOptions {
  /** Milliseconds that connections without a request are kept, since one may be on its way. */
  readonly grace: number
}

const STEP = 10

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

/**
 * Stops taking connections, and waits until those that are open have had their answers, each of which says that its connection ends; idle ones are waited for a little,
 * since a request may be on its way. `server.close` alone would cut these at once.
 */
export async function drain(server: Server, { grace }: DrainOptions): Promise<void> {
  if (!server.listening) return
  // The close of http.Server closes idle connections, too; that of net.Server only stops listening.
  NetServer.prototype.close.call(server)
  const end = performance.now() + grace
  while (performance.now() < end && (await connections(server)) > 0) await sleep(STEP)
}
