// Load on an HTTP server, out of this process: connections of which each sends a request as soon as the last one is answered.
import { connect } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * @typedef {object} Target
 * @property {number} port
 * @property {string} path
 * @property {readonly string[]} bodies JSON; each request takes the next one.
 */

/** One request with all its bytes. @returns {Buffer} */
function requestBytes(/** @type {string} */ path, /** @type {string} */ body) {
  const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', 'content-type: application/json']
  return Buffer.from(`${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`)
}

/** The answer that a buffer starts with, and where it ends; undefined while it is not whole. */
function answerIn(/** @type {Buffer} */ bytes) {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without content-length: ${head}`)
  const until = end + HEAD_END.length + Number(length)
  if (bytes.length < until) return undefined
  return { status: Number(head.slice(9, 12)), body: bytes.toString('utf8', end + HEAD_END.length, until), until }
}

/**
 * Keeps `connections` busy for `seconds`, and gives the milliseconds that each request took. Every answer is looked at.
 * @param {Target} target
 * @param {{ connections: number, seconds: number, check: (body: string, request: number) => void }} options
 * @returns {Promise<{ seconds: number, milliseconds: Float64Array }>}
 */
export async function load({ port, path, bodies }, { connections, seconds, check }) {
  const requests = bodies.map((body) => requestBytes(path, body))
  /** @type {number[]} */
  const times = []
  let next = 0
  const started = performance.now()
  const until = started + seconds * 1000
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setNoDelay()
      let pending = Buffer.alloc(0)
      let sent = 0
      let request = 0
      const send = () => {
        request = next++ % requests.length
        sent = performance.now()
        socket.write(requests[request])
      }
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => resolve(undefined))
      socket.on('data', (bytes) => {
        try {
          pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
          const answer = answerIn(pending)
          if (!answer) return
          const now = performance.now()
          times.push(now - sent)
          pending = pending.subarray(answer.until)
          if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.body}`)
          check(answer.body, request)
          if (now < until) send()
          else socket.end()
        } catch (error) {
          socket.destroy()
          reject(error)
        }
      })
    })
  await Promise.all(Array.from({ length: connections }, one))
  return { seconds: (performance.now() - started) / 1000, milliseconds: Float64Array.from(times).sort() }
}
