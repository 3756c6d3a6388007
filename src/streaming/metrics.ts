import { EngineError } from '../errors.js'
import type { StreamingQuery } from '../sql/streaming-query.js'
import { optionalPackage } from '../util/optional-package.js'

/** The part of prom-client that is used; its `register` and every `Registry` fit. */
export interface MetricRegistry {
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
}

/** Settings of {@link observeQuery}. */
export interface ObserveOptions {
  /** Where the metrics are kept; prom-client's default registry when not given. */
  readonly registry?: MetricRegistry
  /** Label `query`; name or id of the query when not given. */
  readonly query?: string
}

type PromClient = typeof import('prom-client')

const loadClient = (): Promise<PromClient> =>
  optionalPackage(
    () => import('prom-client'),
    (cause) =>
      new EngineError('the package prom-client is not installed', {
        stage: 'observeQuery',
        cause,
        hint: 'Install it: npm install prom-client',
      }),
  )

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** A metric of a registry, made where it has none of the name. */
function metric<T>(registry: MetricRegistry, name: string, make: () => T): T {
  return (registry.getSingleMetric(name) as T | undefined) ?? make()
}

/**
 * Keeps the metrics of a query for Prometheus: rows, micro-batches, records that were refused, times, and how far behind each source is.
 * @returns a function that ends this.
 * @throws EngineError where prom-client is not installed.
 * @example
 * ```ts
 * import { MemoryStream, observeQuery } from 'ridgeline/streaming'
 * import { register } from 'prom-client'
 * const query = await new MemoryStream('x INT').toDF().writeStream.format('memory').queryName('observed').start()
 * const end = await observeQuery(query)
 * console.log(await register.metrics())
 * end()
 * await query.stop()
 * ```
 */
export async function observeQuery(query: StreamingQuery, options: ObserveOptions = {}): Promise<() => void> {
  const { Counter, Gauge, Histogram, register } = await loadClient()
  const registry = (options.registry ?? register) as MetricRegistry
  const registers = [registry as never]
  const label = options.query ?? query.name ?? query.id
  const counter = (name: string, help: string) =>
    metric(registry, name, () => new Counter({ name, help, labelNames: ['query'], registers }))
  const gauge = (name: string, help: string, labelNames: string[] = ['query']) =>
    metric(registry, name, () => new Gauge({ name, help, labelNames, registers }))
  const histogram = (name: string, help: string) =>
    metric(registry, name, () => new Histogram({ name, help, labelNames: ['query'], buckets: SECONDS, registers }))
  const rowsIn = counter('ridgeline_stream_input_rows_total', 'Rows that were read')
  const rowsOut = counter('ridgeline_stream_output_rows_total', 'Rows that were written')
  const refused = counter('ridgeline_stream_bad_records_total', 'Records that were refused: dead letters, or left out')
  const batches = counter('ridgeline_stream_batches_total', 'Micro-batches that are done')
  const batchSeconds = histogram('ridgeline_stream_batch_duration_seconds', 'Time of a micro-batch')
  const latency = gauge(
    'ridgeline_stream_latency_seconds',
    'Time from the arrival of a record to the commit of its micro-batch, in the last one',
    ['query', 'quantile'],
  )
  const lag = gauge('ridgeline_stream_lag_rows', 'Rows of the partition that is furthest behind', ['query', 'source'])
  const pace = gauge('ridgeline_stream_processed_rows_per_second', 'Rows a second of the last micro-batch')
  const active = gauge('ridgeline_stream_active', 'Whether the query runs')
  active.set({ query: label }, Number(query.isActive))
  const end = query.onProgress((progress) => {
    rowsIn.inc({ query: label }, progress.numInputRows)
    rowsOut.inc({ query: label }, progress.sink.numOutputRows)
    refused.inc({ query: label }, progress.numBadRecords)
    batches.inc({ query: label })
    batchSeconds.observe({ query: label }, progress.batchDuration / 1000)
    pace.set({ query: label }, progress.processedRowsPerSecond)
    for (const quantile of ['p50', 'p99', 'max'] as const) {
      if (progress.latencyMs) latency.set({ query: label, quantile }, progress.latencyMs[quantile] / 1000)
    }
    for (const { description, metrics } of progress.sources) {
      const behind = metrics.maxOffsetsBehindLatest
      if (behind !== undefined) lag.set({ query: label, source: description }, Number(behind))
    }
  })
  void query
    .awaitTermination()
    .catch(() => {})
    .then(() => active.set({ query: label }, 0))
  return end
}
