import { Signal } from '../signal.js'
import type { Part } from './message-table.js'
import { type Delivery, keyOf, type Message } from './port.js'

interface Waiting {
  readonly key: string
  readonly delivery: Delivery
  readonly messages: readonly Message[]
  readonly claim: number
  /** On the clock of `performance.now()`. */
  readonly arrived: number
  /** Messages before this one are in a micro-batch already. */
  taken: number
}

/** Messages of a micro-batch. */
export interface Taken {
  readonly parts: readonly Part[]
  /** When each message came, in the order of the parts. */
  readonly arrived: Float64Array
}

/** Messages that wait for a micro-batch, in the order of their coming. */
export class MessageQueue {
  private waiting: Waiting[] = []
  private count = 0
  private readonly most: number
  private readonly arrived = new Signal()
  private readonly room = new Signal()
  private closed = false

  /** @param most messages of a micro-batch, and at which no more are asked for. */
  constructor(most: number) {
    this.most = most
  }

  get size(): number {
    return this.count
  }

  push(delivery: Delivery, messages: readonly Message[], claim: number): void {
    if (messages.length === 0) return
    this.waiting.push({ key: keyOf(delivery), delivery, messages, claim, arrived: performance.now(), taken: 0 })
    this.count += messages.length
    this.arrived.notify()
  }

  /** Waits for a first message, or news of another kind. */
  async news(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (this.count === 0) await this.arrived.wait(milliseconds, signal)
  }

  /** Waits for a message more, or news of another kind. */
  more(milliseconds: number): Promise<void> {
    return this.arrived.wait(milliseconds)
  }

  /** Wakes who waits for news. */
  tell(): void {
    this.arrived.notify()
  }

  /** A promise that is kept when more messages may come; undefined where they may now. */
  full(): Promise<void> | undefined {
    return this.count >= this.most && !this.closed ? this.drained() : undefined
  }

  private async drained(): Promise<void> {
    while (this.count >= this.most && !this.closed) await this.room.wait(60_000)
  }

  /** Lets messages go; all of them where no partition is named. */
  drop(key?: string): void {
    this.keep(key === undefined ? () => false : (one) => one.key !== key)
  }

  close(): void {
    this.closed = true
    this.drop()
  }

  private keep(kept: (one: Waiting) => boolean): void {
    this.waiting = this.waiting.filter((one) => kept(one) && one.taken < one.messages.length)
    this.count = this.waiting.reduce((sum, { messages, taken }) => sum + messages.length - taken, 0)
    this.room.notify()
  }

  /** Takes messages for a micro-batch. @param ends offsets at which partitions end for it. */
  take(ends?: ReadonlyMap<string, bigint>): Taken {
    const found = new Map<string, { from: Waiting; messages: Message[]; arrived: number[] }>()
    let left = this.most
    for (const one of this.waiting) {
      const end = ends?.get(one.key)
      const start = one.taken
      while (left > 0 && one.taken < one.messages.length) {
        if (end !== undefined && one.messages[one.taken].offset >= end) break
        one.taken++
        left--
      }
      if (one.taken === start) continue
      const part = found.get(one.key) ?? { from: one, messages: [], arrived: [] }
      found.set(one.key, part)
      for (let k = start; k < one.taken; k++) {
        part.messages.push(one.messages[k])
        part.arrived.push(one.arrived)
      }
    }
    this.keep(() => true)
    let first = 0
    const parts = Array.from(found.values(), ({ from: { delivery, claim }, messages }): Part => {
      const { topic, partition } = delivery
      const part = { topic, partition, claim, messages, first, end: messages[messages.length - 1].offset + 1n }
      first += messages.length
      return part
    })
    return { parts, arrived: Float64Array.from([...found.values()].flatMap(({ arrived }) => arrived)) }
  }
}

/** Messages of several takes as parts, one a partition. */
export function merged(all: readonly Taken[]): Taken {
  const byKey = new Map<string, { part: Part; messages: Message[]; arrived: number[] }>()
  for (const { parts, arrived } of all) {
    for (const part of parts) {
      const known = byKey.get(keyOf(part)) ?? { part, messages: [], arrived: [] }
      byKey.set(keyOf(part), { ...known, part })
      for (const [k, message] of part.messages.entries()) {
        known.messages.push(message)
        known.arrived.push(arrived[part.first + k])
      }
    }
  }
  let first = 0
  const parts = Array.from(byKey.values(), ({ part, messages }): Part => {
    const one = { ...part, messages, first }
    first += messages.length
    return one
  })
  return { parts, arrived: Float64Array.from([...byKey.values()].flatMap(({ arrived }) => arrived)) }
}
