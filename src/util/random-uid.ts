import { randomUUID } from 'node:crypto'

/** A name that no other has: `prefix_` and twelve random hexadecimal digits. */
export const randomUid = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '').slice(-12)}`
