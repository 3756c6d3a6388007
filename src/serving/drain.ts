import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const STEP = 10

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

/** Lets a server end without losing a request. */
export class Drain {
  readonly #server: Server
  #inFlight = 0

  /** Counts the requests of the server from now on. */
  constructor(server: Server) {
    this.#server = server
    server.on('request', (_, response) => {
      this.#inFlight++
      response.once('close', () => {
        this.#inFlight--
      })
    })
  }

  /**
   * Stops taking connections, and waits until those that are open have had their answers, each of which must say that its connection ends. `server.close` alone would
   * cut idle ones at once, although a request may be on its way, and wait for those on which nothing was ever sent.
   * @param grace milliseconds that connections without a request are kept.
   * @param timeout milliseconds after which all are cut.
   */
  async run(grace: number, timeout: number): Promise<void> {
    const server = this.#server
    // The close of http.Server closes idle connections, too; that of net.Server only stops listening.
    if (server.listening) NetServer.prototype.close.call(server)
    const start = performance.now()
    const elapsed = (): number => performance.now() - start
    while ((await connections(server)) > 0 && elapsed() < timeout && (elapsed() < grace || this.#inFlight > 0))
      await sleep(STEP)
    server.closeAllConnections()
  }
}
