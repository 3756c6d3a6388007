import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call as it was recorded from a real server, and its answer. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly status: number
  readonly answer: string
}

export interface TestServer extends AsyncDisposable {
  readonly uri: string
}

/** Without what tells of one machine: user, program and commit. */
const anonymous = (text: string): string =>
  text
    .replace(/,?\{\s*"key":\s*"mlflow\.source\.git\.commit",\s*"value":\s*"[^"]*"\s*\}/g, '')
    .replace(/,\\"mlflow\.source\.git\.commit\\":\\"[^"\\]*\\"/g, '')
    .replace(/(\\"mlflow\.(?:user|source\.\w+)\\":\\")[^"\\]*/g, '$1*')
    .replace(/("user_id":\s*|"mlflow\.(?:user|source\.\w+)",\s*"value":\s*)"[^"]*"/g, '$1"*"')

/** Without what is another value at each call. */
const steady = (text: string): string =>
  anonymous(text)
    .replace(/("mlflow\.ridgeline\.request","value":|mlflow\.ridgeline\.request` = )(["'])[0-9a-f-]{36}\2/g, '$1*')
    .replace(/("(?:start_time|end_time|timestamp)":)\d+/g, '$1*')

/** A body for comparison; a long one by its hash. */
function fingerprint(content: Buffer): string {
  const body = steady(content.toString('utf8'))
  return body.length < 1000 ? body : createHash('sha256').update(body).digest('hex')
}

async function listen(
  answer: (request: IncomingMessage, body: Buffer) => Promise<[number, string | Buffer]>,
): Promise<TestServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const [status, text] = await answer(request, Buffer.concat(chunks))
    response.writeHead(status).end(text)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Stands for the bytes of a file, of which a model's are others each time. */
const FILE = '<file>'
const isText = (path: string): boolean => !/mlflow-artifacts|runs\/log-model$/.test(path)

/** A server that answers recorded calls as the real one did: each once, in any order. A call that was not recorded is an error. */
export function replayServer(file: URL): Promise<TestServer> {
  const left = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange)
  return listen(async ({ method, url = '' }, content) => {
    const body = isText(url) ? fingerprint(content) : FILE
    const found = left.findIndex(
      (known) =>
        known.method === method && steady(known.path) === steady(decodeURIComponent(url)) && known.body === body,
    )
    if (found < 0)
      return [
        400,
        JSON.stringify({
          error_code: 'NOT_RECORDED',
          message: `${method} ${url} ${body} was not recorded: see client.test.ts`,
        }),
      ]
    const [{ status, answer }] = left.splice(found, 1)
    return [status, answer]
  })
}

/** A server that hands calls on to a real one, and writes down what was said. */
export async function recordingServer(real: string, file: URL): Promise<TestServer> {
  const lines: string[] = []
  const server = await listen(async ({ method = '', url = '', headers }, content) => {
    const response = await fetch(real + url, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'application/octet-stream' },
      ...(content.length > 0 ? { body: new Uint8Array(content) } : {}),
    })
    const answer = await response.text()
    const compact = isText(url) && answer.startsWith('{') ? anonymous(JSON.stringify(JSON.parse(answer))) : answer
    const exchange: Exchange = {
      method,
      path: decodeURIComponent(url),
      body: isText(url) ? fingerprint(content) : FILE,
      status: response.status,
      answer: compact,
    }
    lines.push(JSON.stringify(exchange))
    return [response.status, answer]
  })
  return {
    uri: server.uri,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      writeFileSync(file, `${lines.join('\n')}\n`)
    },
  }
}
