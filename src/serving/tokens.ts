import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * Tells whether a header `authorization` holds one of the bearer tokens. All are compared, each in constant time over its hash, so that how long it takes says nothing of them.
 */
export function tokenCheck(tokens: readonly string[]): (authorization: string | undefined) => boolean {
  const known = tokens.map(digest)
  return (authorization) => {
    const match = /^bearer +(\S+) *$/i.exec(authorization ?? '')
    const given = digest(match?.[1] ?? '')
    let found = false
    for (const token of known) found = timingSafeEqual(token, given) || found
    return found && match !== null
  }
}
