import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Vector } from '../linalg/vector.js'
import { writeError } from '../util/file-error.js'
import type { BadRow } from './guard.js'
import { aside, moveInPlace } from './rows-out.js'

/** Texts are gathered up to this many characters before they are written. */
const BUFFER = 1 << 16

/** JSON of values as `collect` gives them: what JSON cannot hold becomes text, maps become lists of pairs. */
function plainValue(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Map) return [...value]
  if (value instanceof Vector) return value.toJSON()
  return value
}

/** Rows that could not be scored, one JSON object a line, written beside the path and moved there at the end. */
export class SideFile {
  private readonly path: string
  private readonly temporary: string
  private readonly file: number
  private text = ''
  private isOpen = true

  /** @throws PersistenceError when the file cannot be made. */
  constructor(path: string) {
    this.path = path
    this.temporary = aside(path)
    this.file = this.guard(() => {
      mkdirSync(dirname(path), { recursive: true })
      return openSync(this.temporary, 'wx')
    })
  }

  /** Rows come while the engine waits, so this writes at once. */
  add(row: BadRow): void {
    this.text += `${JSON.stringify(row, plainValue)}\n`
    if (this.text.length > BUFFER) this.flush()
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    this.flush()
    this.guard(() => fsyncSync(this.file))
    this.close()
    await moveInPlace(this.temporary, this.path)
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    this.close()
    await rm(this.temporary, { force: true })
  }

  private flush(): void {
    const { text } = this
    this.text = ''
    this.guard(() => writeSync(this.file, text))
  }

  private close(): void {
    if (this.isOpen) closeSync(this.file)
    this.isOpen = false
  }

  private guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw writeError(error, this.path)
    }
  }
}
