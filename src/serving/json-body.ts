import type { FastifyRequest } from 'fastify'
import { RequestProblem } from './problem.js'

/** Texts of JSON, whole or cut off at the end, and the numbers that Python writes although JSON has none. */
const TOKENS = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|-?\b(?:NaN|Infinity)\b/g
/** What stands for such a number while the text is read: nobody sends a text that starts so. */
const MARK = '\u0000number:'

const marked = (token: string): string => (token.startsWith('"') ? token : JSON.stringify(MARK + token))
const unmarked = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value

/**
 * Reads a body in JSON as Python's `json` does, which writes NaN, Infinity and -Infinity as such; the request is then told so. A text without them costs what
 * `JSON.parse` costs. The name `__proto__` is a property like others here, and nothing copies it.
 * @throws RequestProblem naming the place.
 */
export async function parseJson(request: FastifyRequest, text: string): Promise<unknown> {
  try {
    return JSON.parse(text)
  } catch (error) {
    const problem = problemOfJson(text, error as SyntaxError)
    if (!/NaN|Infinity/.test(text)) throw problem
    try {
      const value: unknown = JSON.parse(text.replace(TOKENS, marked), unmarked)
      request.ridgelineNaN = true
      return value
    } catch {
      throw problem
    }
  }
}

function problemOfJson(text: string, { message }: SyntaxError): RequestProblem {
  if (text.trim() === '') return new RequestProblem('malformed', 'the body is empty')
  // The engine quotes a part of the body, which belongs into no log.
  const place = /at position \d+/.exec(message)?.[0] ?? 'at its end'
  return new RequestProblem('malformed', `the body is not valid JSON: unexpected text ${place}`)
}
