import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RidgelineError } from '../errors.js'
import { localTable } from '../sql/create.js'
import type { DataFrame } from '../sql/dataframe.js'
import { parseSchema } from '../sql/ddl.js'
import { readStream } from '../sql/session.js'
import type { StreamProvider, StreamSource } from '../sql/stream-source.js'
import type { StructType } from '../sql/types.js'
import { RowQueue } from './queue-source.js'

/** Settings of an {@link HttpStream}. */
export interface HttpStreamOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default: a free one. */
  readonly port?: number
  /** Rows that may wait; more are answered with 503. */
  readonly buffer?: number
  /** Largest body in bytes; larger ones are answered with 413. */
  readonly maxBytes?: number
}

interface Waiting {
  readonly end: number
  readonly rows: number
  readonly response: ServerResponse
}

/**
 * A stream of rows that are posted to a small HTTP server, for tests and demonstrations: a JSON object, an array of them, or one a line. The answer comes
 * when the rows are done (200), so that a client which gets none sends them again.
 * @example
 * ```ts
 * import { HttpStream } from 'ridgeline/streaming'
 * const rides = new HttpStream('city STRING, km DOUBLE')
 * const query = await rides.toDF().writeStream.format('memory').queryName('posted').start()
 * await fetch(rides.url, { method: 'POST', body: '{"city":"FR","km":7.5}' })
 * await query.stop()
 * ```
 */
export class HttpStream implements StreamProvider {
  readonly name = 'http'
  readonly schema: StructType
  private readonly options: HttpStreamOptions
  private address = ''

  constructor(schema: StructType | string, options: HttpStreamOptions = {}) {
    this.schema = typeof schema === 'string' ? parseSchema(schema) : schema
    this.options = options
  }

  /** Where rows are posted to, once a query runs. */
  get url(): string {
    return this.address
  }

  /** The stream as a frame of the default session. */
  toDF(): DataFrame {
    return readStream.from(this)
  }

  async open(): Promise<StreamSource> {
    const { host = '127.0.0.1', port = 0, buffer = 10_000, maxBytes = 1 << 20 } = this.options
    const queue = new RowQueue(buffer)
    let waiting: Waiting[] = []
    const server = createServer(async (request, response) => {
      try {
        const text = await body(request, maxBytes)
        if (request.method !== 'POST') return answer(response, 405, 'post rows as JSON')
        if (text === undefined) return answer(response, 413, `a body has at most ${maxBytes} bytes`)
        if (queue.isFull) return answer(response, 503, 'too many rows wait')
        const rows = rowsOf(text)
        // Rows that do not fit are refused before they are part of the stream.
        localTable(rows, this.schema, 1)
        queue.push(rows)
        waiting.push({ end: queue.end, rows: rows.length, response })
      } catch (error) {
        const known = error instanceof RidgelineError || error instanceof SyntaxError
        answer(response, known ? 400 : 500, known ? error.message : 'the rows cannot be read')
      }
    })
    await listening(server, port, host)
    this.address = `http://${host}:${(server.address() as AddressInfo).port}/`
    return queue.source('HttpStream', this.schema, 'again', {
      commit: (end) => {
        const done = waiting.filter((one) => one.end <= end)
        waiting = waiting.filter((one) => one.end > end)
        for (const { response, rows } of done) answer(response, 200, undefined, rows)
      },
      stop: async () => {
        for (const { response } of waiting) answer(response, 503, 'the query has ended')
        server.closeIdleConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    })
  }
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })

function answer(response: ServerResponse, status: number, error?: string, rows?: number): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(error === undefined ? { rows } : { error }))
}

/** The text of a body; undefined where it is too long. */
async function body(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks).toString('utf8')
}

function rowsOf(text: string): object[] {
  const whole = text.trim()
  if (whole.startsWith('[')) return JSON.parse(whole) as object[]
  return whole
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as object)
}
