import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder that is removed after the tests of the file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-streaming-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const encoder = new TextEncoder()

/** UTF-8 bytes. */
export const bytes = (text: string): Uint8Array => encoder.encode(text)
