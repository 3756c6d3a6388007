import { ParamError } from '../../errors.js'
import type { PlanOf } from '../../sql/plan.js'
import type { SourceContext } from '../../sql/stream-source.js'
import type { StructType } from '../../sql/types.js'
import type { DeadLetterSink } from '../bad-records.js'
import { requireKnown } from '../options.js'
import type { StreamSink } from '../sink.js'
import { Claims } from './claims.js'
import { connectionOf, type KafkaConnection } from './connection.js'
import { kafkajsPort } from './kafkajs.js'
import { platformaticPort } from './platformatic.js'
import type { KafkaPort } from './port.js'
import { checkColumns } from './rows-out.js'
import { deadLetterTopic, KafkaExchange, type KafkaSinkOptions, kafkaSink } from './sinks.js'
import { KafkaSource } from './source.js'
import { kafkaSourceOptions } from './source-options.js'
import { startingOffsets } from './starting.js'

type Options = ReadonlyMap<string, string>
type Leaf = PlanOf<'streamScan'>

/** Makes the port of a connection; tests give one in memory. */
export type OpenPort = (connection: KafkaConnection) => Promise<KafkaPort>

const openPort: OpenPort = (connection) =>
  connection.client === 'platformatic' ? platformaticPort(connection) : kafkajsPort(connection)

/** What a query writes to Kafka, checked. */
export interface KafkaSinkSettings {
  readonly connection: KafkaConnection
  readonly options: KafkaSinkOptions
}

const isOfKafka = (name: string): boolean => name.startsWith('kafka.')

/** Whether two connections lead to the same brokers. */
const sameBrokers = (a: KafkaConnection, b: KafkaConnection): boolean =>
  [...a.brokers].sort().join() === [...b.brokers].sort().join()

/** Makes the parts of a query that speak to Kafka. */
export class KafkaParts {
  readonly queryId: string
  private readonly runId: string
  private readonly open: OpenPort

  constructor({ id, runId }: { readonly id: string; readonly runId: string }, open: OpenPort = openPort) {
    this.queryId = id
    this.runId = runId
    this.open = open
  }

  /** Names of the options that tell a connection. */
  optionsOf(options: Options): string[] {
    return [...options.keys()].filter(isOfKafka)
  }

  /** The messages of topics, for a query that keeps its offsets in its checkpoint. */
  async source({ origin, schema }: Leaf, { log }: SourceContext): Promise<KafkaSource> {
    const options = kafkaSourceOptions(origin.options)
    const port = await this.open(connectionOf(origin.options))
    // A group of its own: nobody waits for members of a run that has died.
    const groupId = options.groupId ?? `ridgeline-${this.queryId}-${this.runId}`
    return new KafkaSource({ port, options, schema, groupId, log })
  }

  /** The one source of a query and its sink, where they are of the same brokers and can commit together; undefined for others. */
  async exchange(
    leaves: readonly Leaf[],
    { log }: SourceContext,
    settings: KafkaSinkSettings,
  ): Promise<{ source: KafkaSource; sink: StreamSink } | undefined> {
    const [{ origin, schema }] = leaves
    if (leaves.length > 1 || origin.format !== 'kafka' || origin.provider) return undefined
    const connection = connectionOf(origin.options)
    if (!sameBrokers(connection, settings.connection)) return undefined
    if (connection.client !== settings.connection.client) {
      throw new ParamError('messages are read and sent by one client, and the source and the sink name two', {
        stage: 'kafka',
        param: 'kafka.client',
        received: `${connection.client} and ${settings.connection.client}`,
        hint: 'Give the option kafka.client to both, or to none',
      })
    }
    const options = kafkaSourceOptions(origin.options)
    // How messages are read is told by the source, how they are sent by the sink.
    const port = await this.open({
      ...connection,
      compression: settings.connection.compression,
      transactionTimeout: settings.connection.transactionTimeout,
    })
    const groupId = options.groupId ?? `ridgeline-${this.queryId}`
    let starts: Promise<ReadonlyMap<string, bigint>> | undefined
    const claims = new Claims(port, {
      groupId,
      failOnDataLoss: options.failOnDataLoss,
      starts: async () => {
        starts ??= source.topics().then((topics) => startingOffsets(port, topics, options))
        return starts
      },
    })
    const source = new KafkaSource({ port, options, schema, groupId, log, claims })
    return { source, sink: new KafkaExchange(source, claims, port, settings.options) }
  }

  /** @throws ParamError for unknown options; SchemaError for a frame whose rows are no messages. */
  sinkSettings(schema: StructType, given: Options, letters: string | undefined): KafkaSinkSettings {
    const plain = new Map([...given].filter(([name]) => !isOfKafka(name)))
    requireKnown(plain, ['topic', 'path'], 'writeStream')
    const connection = connectionOf(given)
    const topic = given.get('topic') ?? given.get('path')
    checkColumns(schema, topic)
    return {
      connection,
      options: {
        ...(topic === undefined ? {} : { topic }),
        ...(letters === undefined ? {} : { deadLetterTopic: letters }),
        maxRequestSize: connection.maxRequestSize,
      },
    }
  }

  /** A sink for queries from other sources. @throws ParamError without a topic that could keep what was sent. */
  async sink({ connection, options }: KafkaSinkSettings): Promise<StreamSink> {
    const topic = options.topic ?? options.deadLetterTopic
    if (topic !== undefined) return kafkaSink(await this.open(connection), this.queryId, options, topic)
    throw new ParamError('rows choose their topics, and no topic can keep which micro-batches were sent', {
      stage: 'writeStream',
      param: 'topic',
      hint: "Write option('topic', …); a query from Kafka to Kafka needs none",
    })
  }

  /** A topic for the dead letters of a query whose sink is not Kafka. */
  async letters(given: Options, topic: string): Promise<DeadLetterSink> {
    const connection = connectionOf(new Map([...given].filter(([name]) => isOfKafka(name))))
    return deadLetterTopic(await this.open(connection), this.queryId, topic)
  }
}
