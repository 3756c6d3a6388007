import { setTimeout as wait } from 'node:timers/promises'
import type { Connection, Database } from '@duckdb/node-bindings'
import { EngineError } from '../../errors.js'
import type { Bindings } from './engine-types.js'

/** Running calls that may each hold one of the four threads that Node's file system and DNS calls share. */
const MAX_RUNNING = 3
/** Milliseconds between two interruptions of what still runs at the end. */
const PATIENCE = 5

/**
 * The connections of one instance of the engine and the native calls over them. Each query has a connection of its own, because a
 * second query on the connection of an open stream silently ends that stream. At the end everything is interrupted and waited for:
 * an instance that is closed under a running call takes the process with it.
 */
export class Connections {
  private readonly nb: Bindings
  private readonly database: Database
  private readonly connections = new Set<Connection>()
  private readonly calls = new Set<Promise<unknown>>()
  private readonly waiting: (() => void)[] = []
  private running = 0
  private closed = false

  constructor(nb: Bindings, database: Database) {
    this.nb = nb
    this.database = database
  }

  /** A connection, which lives until `release`. @throws EngineError after `close`. */
  async open(): Promise<Connection> {
    this.requireOpen()
    return this.track(async () => {
      const connection = await this.nb.connect(this.database)
      this.connections.add(connection)
      return connection
    })
  }

  /** Ends what runs on a connection. */
  interrupt(connection: Connection): void {
    if (this.connections.has(connection)) this.nb.interrupt(connection)
  }

  /** Gives a connection back; nothing may run on it. */
  release(connection: Connection): void {
    if (this.connections.delete(connection)) this.nb.disconnect_sync(connection)
  }

  /** Runs one native call; only a few run at a time. @throws the signal's reason; EngineError after `close`; what the call raises. */
  async run<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_RUNNING) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.running++
    try {
      // An interruption before the call would be lost.
      signal?.throwIfAborted()
      this.requireOpen()
      return await this.track(call)
    } finally {
      // A waiting call takes over this one's place, so the number of running calls stays.
      const next = this.waiting.shift()
      if (next) next()
      else this.running--
    }
  }

  /** @throws EngineError after `close`. */
  requireOpen(): void {
    if (!this.closed) return
    throw new EngineError('the engine was closed while it was in use', {
      stage: 'close',
      hint: 'Await the actions of a session before you close it; frames of a closed session start the engine anew',
    })
  }

  /** Interrupts what runs, waits for its end, and gives all connections back. */
  async close(): Promise<void> {
    this.closed = true
    while (this.calls.size > 0) {
      // An interruption that comes before its query has started is lost, and is therefore repeated.
      for (const connection of this.connections) this.nb.interrupt(connection)
      await Promise.race([Promise.allSettled(this.calls), wait(PATIENCE)])
    }
    for (const connection of this.connections) this.release(connection)
  }

  private async track<T>(call: () => Promise<T>): Promise<T> {
    const result = call()
    this.calls.add(result)
    try {
      return await result
    } finally {
      this.calls.delete(result)
    }
  }
}
