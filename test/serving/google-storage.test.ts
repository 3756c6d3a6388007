import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { withGoogleFolder } from '../../src/serving/google-storage.js'

/** Files of the bucket, of which a list has two a page. */
const FILES: Record<string, string> = {
  'models/rides/': '',
  'models/rides/metadata/part-00000': 'metadata',
  'models/rides/stages/0 a/data': 'first',
  'models/rides/stages/1/data': 'second',
  'models/rides2/data': 'of another model',
  'evil/../../x': '',
}
const PAGE = 2

let server: Server
let host: string
let seen: IncomingMessage['headers'][] = []
beforeAll(async () => {
  server = createServer((request, reply) => {
    const url = new URL(request.url ?? '', 'http://a')
    if (url.pathname.startsWith('/computeMetadata/')) {
      reply.end(request.headers['metadata-flavor'] === 'Google' ? '{"access_token":"secret"}' : '{}')
      return
    }
    seen.push(request.headers)
    const [, bucket, name] = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/(.*))?$/.exec(url.pathname) ?? []
    if (bucket !== 'bucket') reply.writeHead(403).end('no access')
    else if (name !== undefined) reply.end(FILES[decodeURIComponent(name)])
    else {
      const names = Object.keys(FILES).filter((file) => file.startsWith(url.searchParams.get('prefix') ?? ''))
      const from = Number(url.searchParams.get('pageToken') ?? 0)
      const items = names.slice(from, from + PAGE).map((file) => ({ name: file }))
      reply.end(JSON.stringify({ items, ...(from + PAGE < names.length && { nextPageToken: String(from + PAGE) }) }))
    }
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const copied = (uri: string, env: Record<string, string> = { STORAGE_EMULATOR_HOST: `http://${host}` }) =>
  withGoogleFolder(
    uri,
    async (folder) => {
      const read = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8')
      return {
        folder,
        texts: [read('metadata', 'part-00000'), read('stages', '0 a', 'data'), read('stages', '1', 'data')],
        other: existsSync(join(folder, 'data')),
      }
    },
    env,
  )

describe('a folder of Google Cloud Storage', () => {
  it.each(['gs://bucket/models/rides', 'gs://bucket/models/rides/'])('is copied while it is used: %s', async (uri) => {
    const { folder, texts, other } = await copied(uri)
    expect(texts).toEqual(['metadata', 'first', 'second'])
    expect(other).toBe(false)
    expect(existsSync(folder)).toBe(false)
  })

  it('is read with the token of the machine', async () => {
    const real = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation((url, options) =>
      real(String(url).replace('https://storage.googleapis.com', `http://${host}`), options),
    )
    try {
      seen = []
      await copied('gs://bucket/models/rides', { GCE_METADATA_HOST: host })
      expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret']))
    } finally {
      vi.restoreAllMocks()
    }
  })

  it('is read without one where an emulator is named', async () => {
    seen = []
    await copied('gs://bucket/models/rides', { STORAGE_EMULATOR_HOST: host })
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set([undefined]))
  })

  it.each([
    ['gs://bucket/models/none', 'it holds no file'],
    ['gs://secret/models/rides', 'answers 403: no access'],
    ['gs://bucket/evil', 'is no path of a file'],
  ])('tells why it is not: %s', async (uri, message) => {
    await expect(copied(uri)).rejects.toThrow(message)
  })

  it('tells that nobody answers', async () => {
    const refused = copied('gs://bucket/a', { STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9' })
    await expect(refused).rejects.toThrow('does not answer')
  })
})
