import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import kafkajs from 'kafkajs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const home = join(root, '.interop', 'kafka')
/** The library as processes load it. */
const library = join(home, 'library')

/** The newest of the second client that npm takes on Node 20. */
const PLATFORMATIC = '1.35.0'

/** Installs the second client, which is no dependency, where workers find it: beside their library. */
export function installPlatformatic(): void {
  const found = join(home, 'node_modules', '@platformatic', 'kafka', 'package.json')
  if (existsSync(found) && JSON.parse(readFileSync(found, 'utf8')).version === PLATFORMATIC) return
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }\n')
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', `@platformatic/kafka@${PLATFORMATIC}`]
  execFileSync('npm', install, { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Compiles the library for workers. */
export function compileLibrary(): void {
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  execFileSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', library, '--declaration', 'false'], { cwd: root })
}

export type Settings = Readonly<Record<string, unknown>>

/** Milliseconds in which a worker must end. */
const PATIENCE = 60_000

/** A worker in a process of its own. */
export class Worker {
  private readonly child: ChildProcess
  private readonly errors: Buffer[] = []
  readonly ended: Promise<void>
  /** Messages of micro-batches that it has told of. */
  rows = 0

  constructor(folder: string, name: string, settings: Settings) {
    const file = join(folder, `${name}.json`)
    writeFileSync(file, JSON.stringify({ library, ...settings }))
    const program = fileURLToPath(new URL('./worker.mjs', import.meta.url))
    this.child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'pipe'] })
    let rest = ''
    this.child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.rows += JSON.parse(line).numInputRows
    })
    this.child.stderr?.on('data', (chunk: Buffer) => this.errors.push(chunk))
    this.ended = new Promise((resolve) => this.child.once('exit', () => resolve()))
  }

  /** @throws Error with what it printed when it failed by itself. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (signal) this.child.kill(signal)
    const late = setTimeout(() => {
      this.errors.push(Buffer.from(`it did not end within ${PATIENCE} ms of ${signal ?? 'its work'}`))
      this.child.kill('SIGKILL')
    }, PATIENCE)
    await this.ended
    clearTimeout(late)
    if (this.child.signalCode === 'SIGKILL' && signal !== 'SIGKILL')
      throw new Error(`the worker hung: ${Buffer.concat(this.errors)}`)
    if (this.child.exitCode) throw new Error(`the worker failed:\n${Buffer.concat(this.errors)}`)
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }
}

/** A client of a broker for tests: sends rides, and counts what comes out. */
export class Client {
  private readonly kafka: kafkajs.Kafka
  private readonly admin: kafkajs.Admin
  private readonly producer: kafkajs.Producer
  private groups = 0

  constructor(servers: string) {
    this.kafka = new kafkajs.Kafka({ brokers: [servers], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 20 } })
    this.admin = this.kafka.admin()
    this.producer = this.kafka.producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
  }

  async open(): Promise<void> {
    await this.admin.connect()
    await this.producer.connect()
  }

  async create(...topics: string[]): Promise<void> {
    await this.admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: 3 })),
      waitForLeaders: true,
    })
  }

  async send(topic: string, values: readonly string[]): Promise<void> {
    await this.producer.send({ topic, acks: -1, messages: values.map((value, k) => ({ value, key: String(k) })) })
  }

  /** Committed messages of a topic, once there are so many, and more that come within two seconds. */
  async messages(topic: string, count: number, seconds = 60): Promise<kafkajs.KafkaMessage[]> {
    const consumer = this.kafka.consumer({ groupId: `count-${topic}-${this.groups++}`, maxWaitTimeInMs: 200 })
    const found: kafkajs.KafkaMessage[] = []
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message }) => {
        found.push(message)
      },
    })
    const until = Date.now() + seconds * 1000
    while (found.length < count && Date.now() < until) await sleep(50)
    await sleep(2000)
    await consumer.disconnect()
    return found
  }

  /** Messages of a topic that are sent, by the offsets of its ends: those of transactions count their marks, too. */
  async ends(topic: string): Promise<number> {
    return (await this.admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0)
  }

  async close(): Promise<void> {
    await this.producer.disconnect()
    await this.admin.disconnect()
  }
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
