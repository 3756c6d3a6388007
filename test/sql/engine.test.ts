import { expect, test } from 'vitest'
import { ParamError } from '../../src/errors.js'
import type { Engine } from '../../src/sql/engine.js'
import { LocalEngine } from '../../src/sql/local/local-engine.js'
import type { Plan } from '../../src/sql/plan.js'
import { Session } from '../../src/sql/session.js'

/** An engine elsewhere: it notes what it is asked for, and answers from memory. */
function remoteEngine(): Engine & { readonly asked: string[] } {
  const answers = new LocalEngine()
  const asked: string[] = []
  const note = <T>(name: string, plan: Plan, answer: T): T => {
    asked.push(`${name} ${plan.kind}`)
    return answer
  }
  const result = new Session().range(2).plan
  return {
    asked,
    stream: (plan, options) => note('stream', plan, answers.stream(result, options)),
    toTable: (plan) => note('toTable', plan, answers.toTable(result)),
    count: (plan) => note('count', plan, Promise.resolve(2)),
    partitionCount: (plan) => note('partitionCount', plan, 200),
    explain: (plan) => note('explain', plan, Promise.resolve('== Physical Plan ==')),
    async scan({ format, paths, schema = result.schema, options }) {
      asked.push(`scan ${format} ${paths.join()} ${[...options].join()}`)
      return { kind: 'fileScan', schema, format, paths, options: {} }
    },
    async write(plan, { format, path, mode }) {
      asked.push(`write ${plan.kind} ${format} ${path} ${mode}`)
    },
    async close() {
      asked.push('close')
    },
  }
}

test('settings of the local engine are refused beside another engine', () => {
  expect(() => new Session({ engine: remoteEngine(), memoryLimit: '1GB' })).toThrow(ParamError)
})

test('frames, readers and writers run wherever the engine of their session says', async () => {
  const engine = remoteEngine()
  {
    await using session = new Session({ engine })
    const rides = await session.read.option('header', true).csv('hdfs://rides/*.csv')
    expect(rides.columns).toEqual(['id'])
    const dear = rides.filter('id > 0')
    expect(await dear.collect()).toEqual([{ id: 0 }, { id: 1 }])
    expect(await dear.count()).toBe(2)
    expect(dear.getNumPartitions()).toBe(200)
    expect(await dear.showString()).toContain('| id|')
    expect((await dear.toTable()).length).toBe(2)
    await dear.write.mode('append').parquet('hdfs://dear')
    for (const part of dear.randomSplit([0.5, 0.5], 1)) await part.count()
  }
  expect(engine.asked).toEqual([
    'scan csv hdfs://rides/*.csv header,true',
    'stream filter',
    'count filter',
    'partitionCount filter',
    'toTable limit',
    'toTable filter',
    'write filter parquet hdfs://dear append',
    'count sample',
    'count sample',
    'close',
  ])
})
