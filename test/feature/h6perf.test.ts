import { it } from 'vitest'
import { Bucketizer } from '../../src/feature/bucketizer.js'
import { OneHotEncoderModel } from '../../src/feature/one-hot-encoder.js'
import { StandardScaler, StandardScalerModel } from '../../src/feature/standard-scaler.js'
import { StringIndexer, StringIndexerModel } from '../../src/feature/string-indexer.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { IndexToString } from '../../src/feature/index-to-string.js'
import { LabelCounts } from '../../src/feature/label-counts.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup } from '../../src/sql/attributes.js'
import { StructField, StructType, VectorUDT, StringType, DoubleType, IntegerType, LongType } from '../../src/sql/types.js'

it('perf', () => {
  const n = 1_000_000
  const dictionary = Array.from({ length: 200 }, (_, i) => `label${i}`)
  const codes = Int32Array.from({ length: n }, (_, i) => (i * 7919) % 200)
  const strings = { kind: 'dict', codes, dictionary, valid: null } as const
  const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 3)
  const f64 = { kind: 'f64', data: x, valid: null } as const
  const ints = { kind: 'i32', data: codes, valid: null } as const
  const longs = { kind: 'i64', data: BigInt64Array.from(codes, BigInt), valid: null } as const
  const time = (name: string, values: number, f: () => unknown) => {
    const t: number[] = []
    for (let r = 0; r < 5; r++) { const s = performance.now(); f(); t.push(performance.now() - s) }
    console.log(name, (Math.min(...t) * 1e6 / values).toFixed(2), 'ns/value')
  }
  const f = (name: string, type: any) => StructType([StructField(name, type)])
  const chunk = 2048
  time('indexer strings', n, () => StringIndexerModel.fromLabels(dictionary, 's', 'i').bind(f('s', StringType)).run([strings], n, 0))
  time('indexer ints', n, () => StringIndexerModel.fromLabels(Array.from({length:200},(_,i)=>String(i)), 's', 'i').bind(f('s', IntegerType)).run([ints], n, 0))
  time('indexer longs', n, () => StringIndexerModel.fromLabels(Array.from({length:200},(_,i)=>String(i)), 's', 'i').bind(f('s', LongType)).run([longs], n, 0))
  time('counts strings', n, () => new LabelCounts(StringType).add(strings, n))
  time('counts ints', n, () => new LabelCounts(IntegerType).add(ints, n))
  time('counts doubles', n, () => new LabelCounts(DoubleType).add({ kind: 'f64', data: Float64Array.from(codes), valid: null }, n))
  time('bucketizer 20', n, () => new Bucketizer({ inputCol: 's', outputCol: 'o', splits: Array.from({ length: 21 }, (_, i) => i - 10) }).bind(f('s', DoubleType)).run([f64], n, 0))
  time('index to string', n, () => new IndexToString({ inputCol: 's', outputCol: 'o', labels: dictionary }).bind(f('s', IntegerType)).run([ints], n, 0))
  const ohe = new OneHotEncoderModel({ categorySizes: [200] }).set({ inputCol: 's', outputCol: 'o' }).bind(f('s', IntegerType))
  time('ohe', n, () => ohe.run([ints], n, 0))
  const enc = ohe.run([ints], n, 0).columns[0]
  const sch = StructType([...'abcdefghijklmnopqrst'].map((c) => StructField(c, DoubleType)).concat(StructField('v', VectorUDT, true, new AttributeGroup('v', 199).toMetadata())))
  const va20 = new VectorAssembler({ inputCols: [...'abcdefghijklmnopqrst'], outputCol: 'o' }).bind(sch)
  const cols20 = Array.from({ length: 20 }, () => f64)
  time('assembler 20 dense 1M at once', n * 20, () => va20.run(cols20, n, 0))
  const small = { kind: 'f64', data: x.subarray(0, chunk), valid: null } as const
  const s20 = Array.from({ length: 20 }, () => small)
  time('assembler 20 dense chunks', n * 20, () => { for (let i = 0; i < n / chunk; i++) va20.run(s20, chunk, 0) })
  const vaS = new VectorAssembler({ inputCols: ['a', 'b', 'v'], outputCol: 'o' }).bind(sch)
  time('assembler 2 + ohe 199 (per entry)', n * 3, () => vaS.run([f64, f64, enc], n, 0))
  const sparse = vaS.run([f64, f64, enc], n, 0).columns[0]
  const dense = va20.run(cols20, n, 0).columns[0]
  const m = new StandardScalerModel({ mean: Vectors.dense(new Array(20).fill(1)), std: Vectors.dense(new Array(20).fill(2)) }).set({ inputCol: 'v', outputCol: 'o' })
  time('scaler dense std', n * 20, () => m.bind(f('v', VectorUDT)).run([dense], n, 0))
  time('scaler dense both', n * 20, () => m.copy({ withMean: true }).bind(f('v', VectorUDT)).run([dense], n, 0))
  const ms = new StandardScalerModel({ mean: Vectors.dense(new Array(201).fill(1)), std: Vectors.dense(new Array(201).fill(2)) }).set({ inputCol: 'v', outputCol: 'o' })
  time('scaler sparse std', n * 3, () => ms.bind(f('v', VectorUDT)).run([sparse], n, 0))
  const wide = StructType([StructField('v', VectorUDT, true, new AttributeGroup('v', 10000).toMetadata())])
  time('assembler schema 10000 slots', 1e6, () => new VectorAssembler({ inputCols: ['v'], outputCol: 'o' }).transformSchema(wide))
}, 120000)
