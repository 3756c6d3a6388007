import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { pause } from '../signal.js'

const KEEP_ALIVE = 60_000
/** Milliseconds that a client gets to end by itself. */
const PATIENCE = 3000

/**
 * The sockets of a client that may not end by itself: kafkajs waits for answers to requests that a broker took with it when it went down. Ends are waited for
 * some seconds; then the sockets are cut.
 */
export class Sockets {
  private readonly open = new Set<Socket>()

  /** Opens a socket, as the client asks for one. */
  readonly connect = ({
    host,
    port,
    ssl,
    onConnect,
  }: {
    readonly host: string
    readonly port: number
    readonly ssl?: ConnectionOptions
    readonly onConnect: () => void
  }): Socket => {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE)
    this.open.add(socket)
    socket.once('close', () => this.open.delete(socket))
    return socket
  }

  /** Ends the rest. The client hears of it as of an error, so that it stops waiting. */
  cut(): void {
    for (const socket of this.open) socket.destroy(new Error('the client was closed'))
  }
}

/** Waits for an end, but not for ever. @throws what the end raises in that time. */
export async function patiently(end: Promise<unknown>, milliseconds = PATIENCE): Promise<void> {
  const done = new AbortController()
  try {
    await Promise.race([end, pause(milliseconds, done.signal)])
  } finally {
    done.abort()
    end.catch(() => {})
  }
}
