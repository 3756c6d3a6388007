import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDataFrame, type DataFrame, type Row, read, Session, StringIndexer } from 'ridgeline'
import {
  fromIterable,
  HttpStream,
  MemoryStream,
  observeQuery,
  readStream,
  StreamingQueryException,
  watchModel,
} from 'ridgeline/streaming'
import { describe, expect, it, vi } from 'vitest'
import { defaultSession } from '../../src/sql/session.js'
import { scratch } from './helper.js'

const folder = scratch()
let names = 0
const fresh = (name: string): string => join(folder, `${name}${names++}`)
const view = (name: string): Promise<Row[]> => defaultSession().table(name).collect()

describe('a streaming frame', () => {
  const rides = new MemoryStream('city STRING, km DOUBLE')

  it('is a plan whose actions are errors', async () => {
    const frame = rides.toDF().selectExpr('city', 'km * 2 AS price')
    expect(frame.isStreaming).toBe(true)
    expect(frame.dtypes).toEqual([
      ['city', 'string'],
      ['price', 'double'],
    ])
    await expect(frame.collect()).rejects.toThrow(/never ends.*writeStream/)
    await expect(frame.count()).rejects.toThrow(/never ends/)
    await expect(frame.filter('price > 1').write.parquet(fresh('never'))).rejects.toThrow(/never ends/)
    await expect(
      createDataFrame([{ a: 1 }])
        .writeStream.format('console')
        .start(),
    ).rejects.toThrow(/no stream/)
    expect(() => frame.explain).not.toThrow()
  })

  const table: DataFrame = createDataFrame([{ city: 'FR', rate: 2 }])
  it.each([
    ['an aggregate of all rows', (f: typeof table) => f.agg({ km: 'sum' })],
    ['grouping rows', (f: typeof table) => f.groupBy('city').count()],
    ['grouping rows', (f: typeof table) => f.distinct()],
    ['sorting', (f: typeof table) => f.orderBy('km')],
    ['a limit', (f: typeof table) => f.limit(3)],
    ['a join of two streams', (f: typeof table) => f.join(rides.toDF(), 'city')],
    ['a union with a frame that is no stream', (f: typeof table) => f.select('city').union(table.select('city'))],
    ['keeps rows of the side that is no stream', (f: typeof table) => f.join(table, 'city', 'right')],
    ['cache', (f: typeof table) => f.cache()],
    ['the window function', (f: typeof table) => f.selectExpr('row_number() OVER (ORDER BY km) AS n')],
    ['except', (f: typeof table) => f.select('city').except(table.select('city'))],
  ])('refuses %s', async (message, make) => {
    await expect(make(rides.toDF()).writeStream.format('console').start()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining(message),
    })
  })

  it('refuses wrong settings by name', async () => {
    const { writeStream } = rides.toDF()
    await expect(writeStream.format('delta').start()).rejects.toMatchObject({
      code: 'PARAM',
      details: { param: 'format' },
    })
    await expect(writeStream.format('parquet').start(fresh('x'))).rejects.toMatchObject({
      details: { param: 'checkpointLocation' },
    })
    await expect(writeStream.format('memory').start()).rejects.toMatchObject({ details: { param: 'queryName' } })
    await expect(writeStream.format('console').option('numRow', 1).start()).rejects.toThrow(
      /no option "numrow".*numRows/,
    )
    await expect(writeStream.format('console').option('badRecords', 'deadLetter').start()).rejects.toThrow(/no place/)
    expect(() => writeStream.trigger({ continuous: '1 second' } as never)).toThrow(/no continuous/)
    expect(() => writeStream.outputMode('complete')).toThrow(/aggregates/)
    expect(() => readStream.format('kafak')).toThrow(/Did you mean "kafka"/)
    expect(() => readStream.json(fresh('x'))).toThrow(/needs a schema/)
    expect(readStream.format('kafka').load().columns).toEqual([
      'key',
      'value',
      'topic',
      'partition',
      'offset',
      'timestamp',
      'timestampType',
    ])
  })
})

describe('a query', () => {
  it('puts the rows of a stream through the plan, joins and stages included, and reports', async () => {
    const rides = new MemoryStream('city STRING, km DOUBLE')
    const rates = createDataFrame([
      { city: 'FR', rate: 2 },
      { city: 'DE', rate: 3 },
    ])
    const model = await new StringIndexer({ inputCol: 'city', outputCol: 'index' }).fit(rates)
    const priced = model.transform(
      rides.toDF().join(rates, 'city').selectExpr('city', 'km * rate AS price').filter('price > 1'),
    )
    const query = await priced.writeStream.format('memory').queryName('priced').start()
    rides.addData([
      { city: 'FR', km: 5 },
      { city: 'DE', km: 0.1 },
      { city: 'DE', km: 4 },
    ])
    await query.processAllAvailable()
    rides.addData([{ city: 'FR', km: 1 }])
    await query.processAllAvailable()
    expect(await view('priced')).toEqual([
      { city: 'FR', price: 10, index: 1 },
      { city: 'DE', price: 12, index: 0 },
      { city: 'FR', price: 2, index: 1 },
    ])
    expect(query.isActive).toBe(true)
    expect(query.recentProgress.map(({ batchId, numInputRows }) => [batchId, numInputRows])).toEqual([
      [0, 3],
      [1, 1],
    ])
    expect(query.lastProgress).toMatchObject({
      id: query.id,
      name: 'priced',
      sources: [{ description: 'MemoryStream', startOffset: 3, endOffset: 4, latestOffset: 4, numInputRows: 1 }],
      sink: { description: 'MemorySink', numOutputRows: 1 },
      numBadRecords: 0,
    })
    const { durationMs, latencyMs, processedRowsPerSecond } = query.lastProgress!
    expect(durationMs.triggerExecution).toBeGreaterThanOrEqual(durationMs.addBatch)
    expect(latencyMs!.max).toBeGreaterThan(0)
    expect(processedRowsPerSecond).toBeGreaterThan(0)
    await query.stop()
    expect([query.isActive, query.exception(), await query.awaitTermination()]).toEqual([false, null, true])
    expect(query.status.message).toBe('Terminated')
  })

  it('unites streams, and ends with the error of a row, naming it', async () => {
    const [a, b] = [new MemoryStream('x INT'), new MemoryStream('x INT')]
    const both = a.toDF().union(b.toDF()).selectExpr('10 / x AS y')
    const query = await both.writeStream.format('memory').queryName('united').start()
    a.addData([{ x: 1 }])
    b.addData([{ x: 2 }])
    await query.processAllAvailable()
    expect((await view('united')).map(({ y }) => y).sort()).toEqual([10, 5])
    b.addData([{ x: 5 }, { x: 0 }, { x: 1 }])
    await expect(query.awaitTermination()).rejects.toThrow(/record row 2 of memory cannot be processed: .*zero/i)
    expect(query.exception()).toBeInstanceOf(StreamingQueryException)
    expect(query.exception()!.cause).toMatchObject({ code: 'BAD_RECORD' })
    // Nothing of a micro-batch that failed was written.
    expect(await view('united')).toHaveLength(2)
  })

  it('goes on from its checkpoint, each row once, after an end in the middle of a micro-batch', async () => {
    const rides = new MemoryStream('x INT', { maxRowsPerTrigger: 2 })
    const checkpoint = fresh('checkpoint')
    const seen: [number, number[]][] = []
    let fail = true
    const start = () =>
      rides
        .toDF()
        .writeStream.option('checkpointLocation', checkpoint)
        .foreachBatch(async (batch, id) => {
          if (id === 1 && fail) throw new Error('the power is gone')
          seen.push([id, (await batch.collect()).map(({ x }) => x as number)])
        })
        .trigger({ availableNow: true })
        .start()
    rides.addData([1, 2, 3, 4, 5].map((x) => ({ x })))
    const first = await start()
    await expect(first.awaitTermination()).rejects.toThrow('the power is gone')
    fail = false
    rides.addData([{ x: 6 }])
    const second = await start()
    await second.awaitTermination()
    expect(second.id).toBe(first.id)
    expect(second.runId).not.toBe(first.runId)
    expect(seen).toEqual([
      [0, [1, 2]],
      [1, [3, 4]],
      [2, [5, 6]],
    ])
    // Spark's files: intent before, commit after.
    expect(readdirSync(join(checkpoint, 'offsets')).sort()).toEqual(['0', '1', '2'])
    expect(readdirSync(join(checkpoint, 'commits')).sort()).toEqual(['0', '1', '2'])
    expect(readFileSync(join(checkpoint, 'offsets', '1'), 'utf8')).toMatch(/^v1\n\{"batchWatermarkMs":0,.*\}\n4$/)
    const third = await start()
    await third.awaitTermination()
    expect(seen).toHaveLength(3)
    writeFileSync(join(checkpoint, 'offsets', '2'), 'v1')
    rmSync(join(checkpoint, 'offsets', '2'))
    writeFileSync(join(checkpoint, 'offsets', '9'), 'garbage')
    await expect((await start()).awaitTermination()).rejects.toThrow(/damaged/)
  })

  it('does not notice that the clock of the machine jumps', async () => {
    const rides = new MemoryStream('x INT')
    const query = await rides
      .toDF()
      .writeStream.format('memory')
      .queryName('jumping')
      .trigger({ processingTime: '10 ms' })
      .start()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(0)
    rides.addData([{ x: 1 }])
    await query.processAllAvailable()
    clock.mockReturnValue(4e12)
    rides.addData([{ x: 2 }])
    await query.processAllAvailable()
    clock.mockRestore()
    await query.stop()
    expect(await view('jumping')).toEqual([{ x: 1 }, { x: 2 }])
    for (const { inputRowsPerSecond, latencyMs } of query.recentProgress) {
      expect(inputRowsPerSecond).toBeGreaterThan(0)
      expect(latencyMs!.max).toBeLessThan(5000)
    }
  })

  it('takes a new version of a model at the border of a micro-batch, and keeps the old one where the new one does not fit', async () => {
    let version = 1
    const errors: string[] = []
    const labels = (...cities: string[]) =>
      new StringIndexer({ inputCol: 'city', outputCol: version > 2 ? 'other' : 'index' }).fit(
        createDataFrame(cities.map((city) => ({ city }))),
      )
    const model = await watchModel(
      {
        version: () => String(version),
        load: (wanted) => labels(...(wanted === '1' ? ['FR', 'FR', 'DE'] : ['DE', 'DE', 'FR'])),
      },
      { name: 'cities', versionColumn: 'version', onError: (error) => errors.push(error.message) },
    )
    const rides = new MemoryStream('city STRING')
    const query = await model
      .transform(rides.toDF())
      .selectExpr('index', 'version')
      .writeStream.format('memory')
      .queryName('watched')
      .start()
    for (const next of [1, 2, 3]) {
      version = next
      await model.refresh(true)
      rides.addData([{ city: 'FR' }])
      await query.processAllAvailable()
    }
    await query.stop()
    expect(await view('watched')).toEqual([
      { index: 0, version: '1' },
      { index: 1, version: '2' },
      { index: 1, version: '2' },
    ])
    expect(query.recentProgress.map(({ models }) => models.cities)).toEqual(['1', '2', '2'])
    expect(errors).toEqual([expect.stringContaining('other columns')])
  })
})

describe('files', () => {
  const put = (into: string, name: string, text: string): void => {
    mkdirSync(into, { recursive: true })
    writeFileSync(join(into, `.${name}`), text)
    renameSync(join(into, `.${name}`), join(into, name))
  }

  it('are read once each, and written with a log that Spark reads', async () => {
    const [into, out, checkpoint] = [fresh('in'), fresh('out'), fresh('checkpoint')]
    const run = async (format: string): Promise<number> => {
      const frame = readStream
        .schema('id INT, city STRING')
        .option('maxFilesPerTrigger', 1)
        .json(into)
        .withColumnRenamed('id', 'ride')
      const query = await frame.writeStream
        .format(format)
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true })
        .start(out)
      await query.awaitTermination()
      return query.recentProgress.length
    }
    put(into, 'a.json', '{"id":1,"city":"FR"}\n{"id":2,"city":"DE"}\n')
    put(into, 'b.json', '{"id":3,"city":"FR"}\n')
    expect(await run('parquet')).toBe(2)
    put(into, 'c.json', '{"id":4}\n')
    expect(await run('parquet')).toBe(1)
    expect(await run('parquet')).toBe(0)
    const rows = async () => (await read.parquet(out)).orderBy('ride').collect()
    expect(await rows()).toEqual([
      { ride: 1, city: 'FR' },
      { ride: 2, city: 'DE' },
      { ride: 3, city: 'FR' },
      { ride: 4, city: null },
    ])
    expect(readdirSync(join(out, '_spark_metadata')).sort()).toEqual(['0', '1', '2'])
    const [head, entry] = readFileSync(join(out, '_spark_metadata', '1'), 'utf8').split('\n')
    expect(head).toBe('v1')
    expect(JSON.parse(entry)).toMatchObject({
      action: 'add',
      isDir: false,
      path: expect.stringMatching(/^file:\/\/.*-b1\..*parquet$/),
    })
    // A crash between the files of a micro-batch and its entries.
    rmSync(join(checkpoint, 'commits', '2'))
    rmSync(join(out, '_spark_metadata', '2'))
    expect(await run('parquet')).toBe(1)
    expect(await rows()).toHaveLength(4)
    // A crash after the entries.
    rmSync(join(checkpoint, 'commits', '2'))
    expect(await run('parquet')).toBe(1)
    expect(await rows()).toHaveLength(4)
    for (let k = 0; k < 8; k++) put(into, `d${k}.json`, `{"id":${5 + k}}\n`)
    await run('parquet')
    expect(existsSync(join(out, '_spark_metadata', '9.compact'))).toBe(true)
    expect(readFileSync(join(out, '_spark_metadata', '9.compact'), 'utf8').split('\n')).toHaveLength(11)
  })

  it('go to folders of the values of columns', async () => {
    const rides = new MemoryStream('city STRING, km DOUBLE')
    const out = fresh('partitioned')
    rides.addData([
      { city: 'FR', km: 1 },
      { city: 'DE', km: 2 },
    ])
    const query = await rides
      .toDF()
      .writeStream.format('csv')
      .option('header', true)
      .partitionBy('city')
      .option('checkpointLocation', fresh('c'))
      .trigger({ once: true })
      .start(out)
    await query.awaitTermination()
    expect(readdirSync(out).filter((name) => name.startsWith('city'))).toEqual(['city=DE', 'city=FR'])
    expect(
      await (await read.option('header', true).option('inferSchema', true).csv(out)).orderBy('km').collect(),
    ).toEqual([
      { km: 1, city: 'FR' },
      { km: 2, city: 'DE' },
    ])
  })
})

describe('other sources', () => {
  it('reads what is posted, and answers when it is done', async () => {
    const rides = new HttpStream('x INT', { maxBytes: 1000 })
    const query = await rides.toDF().writeStream.format('memory').queryName('posted').start()
    const post = (body: string) => fetch(rides.url, { method: 'POST', body })
    const answers = await Promise.all([post('{"x":1}\n{"x":2}'), post('[{"x":3}]')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await view('posted')).map(({ x }) => x).sort()).toEqual([1, 2, 3])
    expect((await post('{"x":"a"}')).status).toBe(400)
    expect((await post('{')).status).toBe(400)
    expect((await post(`{"x":${' '.repeat(2000)}1}`)).status).toBe(413)
    await query.stop()
  })

  it('reads an iterable no faster than the query works, to its end or its error', async () => {
    let given = 0
    async function* rows() {
      for (let x = 0; x < 50; x++) {
        given = x
        yield { x }
      }
      throw new Error('the cursor is closed')
    }
    const sizes: number[] = []
    const query = await fromIterable(rows(), 'x INT', { buffer: 10 })
      .writeStream.foreachBatch(async (batch) => {
        sizes.push(await batch.count())
        expect(given).toBeLessThanOrEqual(sizes.reduce((sum, n) => sum + n, 0) + 11)
      })
      .start()
    await expect(query.awaitTermination()).rejects.toThrow('the cursor is closed')
    expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(50)
  })

  it('counts, so many rows a second', async () => {
    const session = new Session()
    const rate = session.readStream.format('rate').option('rowsPerSecond', 3).load()
    const query = await rate.writeStream.format('memory').queryName('rate').start()
    await vi.waitFor(async () => expect(query.recentProgress.length).toBeGreaterThan(0), { timeout: 5000 })
    await query.stop()
    const rows = await session.table('rate').collect()
    expect(rows.slice(0, 3).map(({ value }) => value)).toEqual([0, 1, 2])
  })
})

describe('metrics', () => {
  it('count rows, refused records and lag of a query, in the registry that is given', async () => {
    const { Registry } = await import('prom-client')
    const registry = new Registry()
    const rides = new MemoryStream('x INT')
    const query = await rides
      .toDF()
      .selectExpr('10 / x AS y')
      .writeStream.option('badRecords', 'skip')
      .format('memory')
      .queryName('measured')
      .start()
    await observeQuery(query, { registry })
    rides.addData([{ x: 1 }, { x: 0 }, { x: 2 }])
    await query.processAllAvailable()
    const text = await registry.metrics()
    expect(text).toContain('ridgeline_stream_input_rows_total{query="measured"} 3')
    expect(text).toContain('ridgeline_stream_output_rows_total{query="measured"} 2')
    expect(text).toContain('ridgeline_stream_bad_records_total{query="measured"} 1')
    expect(text).toContain('ridgeline_stream_batch_duration_seconds_count{query="measured"} 1')
    expect(text).toMatch(/ridgeline_stream_latency_seconds\{query="measured",quantile="p99"\} 0\.\d+/)
    expect(text).toContain('ridgeline_stream_active{query="measured"} 1')
    await query.stop()
    await vi.waitFor(async () =>
      expect(await registry.metrics()).toContain('ridgeline_stream_active{query="measured"} 0'),
    )
  })
})
