import { strict as assert } from 'node:assert'
import { ParamError } from '../../src/errors.js'
import { nestedStages } from '../../src/persistence/nested.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { plain } from '../helpers/compare.js'
import { stageDifferences } from '../helpers/equal.js'
import { type Check, instanceOf, isModel, newStage, refusal, type Subject } from './subject.js'

const always = (): boolean => true
const names = (stage: Persistable): string[] => Object.keys(stage.definition.params)
const method = (stage: Persistable, prefix: string, param: string): ((value?: unknown) => unknown) => {
  const name = `${prefix}${param[0].toUpperCase()}${param.slice(1)}`
  const found = (stage as unknown as Record<string, unknown>)[name]
  assert.equal(typeof found, 'function', `${name} is missing`)
  return (found as (value?: unknown) => unknown).bind(stage)
}
const same = (a: unknown, b: unknown, message: string): void => assert.deepEqual(plain(a), plain(b), message)

/** Values that the example sets, or else defaults: every parameter that has one. */
const knownValues = (stage: Persistable): [name: string, value: unknown][] =>
  names(stage).flatMap((name) => (stage.isDefined(name) ? [[name, stage.getOrDefault(name)] as [string, unknown]] : []))

export const parameterChecks: readonly Check[] = [
  {
    name: 'a default satisfies its own constraint',
    applies: always,
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const [name, value] of Object.entries(stage.defaultValues())) {
        assert.ok(stage.definition.params[name].constraint.ok(value), `default of ${name}: ${String(value)}`)
      }
    },
  },
  {
    name: 'constructor option, setter and set() do the same',
    applies: always,
    async run(subject) {
      const source = await instanceOf(subject)
      for (const [name, value] of knownValues(source)) {
        const bySetter = source.copy().clear(name)
        same(method(bySetter, 'set', name)(value), bySetter, `set${name} does not return its stage`)
        const bySet = source.copy().clear(name).set(name, value)
        for (const stage of [bySetter, bySet]) {
          same(stage.get(name), value, `${name} was not set`)
          same(method(stage, 'get', name)(), value, `get of ${name} gives another value`)
        }
        if (!isModel(subject)) {
          const byOption = new subject.stageClass({ [name]: value })
          same(byOption.get(name), value, `option ${name} was not taken`)
        }
      }
    },
  },
  {
    name: 'a value outside the constraint is refused by name and changes nothing',
    applies: always,
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const name of names(stage)) {
        const before = stage.get(name)
        for (const bad of stage.definition.params[name].constraint.bad) {
          const error = await refusal(() => stage.set(name, bad))
          assert.ok(error instanceof ParamError, `${name}: ${error.name}`)
          assert.equal(error.details.stage, stage.uid, `the error about ${name} does not name the stage`)
          assert.equal(error.details.param, name, 'the error does not name the parameter')
          assert.ok(error.message.includes(name) && error.message.includes(stage.uid), error.message)
          same(stage.get(name), before, `${name} changed although the value was refused`)
        }
      }
    },
  },
  {
    name: 'an unknown parameter is refused',
    applies: always,
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const work of [() => stage.set('noSuchParam', 1), () => stage.getParam('noSuchParam')]) {
        assert.ok((await refusal(work)) instanceof ParamError)
      }
      if (!isModel(subject)) {
        assert.ok((await refusal(() => newStage(subject, { noSuchParam: 1 }))) instanceof ParamError)
      }
    },
  },
  {
    name: 'a copy has the same uid and values, and is independent',
    applies: always,
    async run(subject) {
      const stage = await instanceOf(subject)
      const copy = stage.copy()
      assert.notEqual(copy, stage)
      assert.deepEqual(stageDifferences(copy, stage), [])
      const before = JSON.stringify(plain(stage.explicitValues()))
      for (const name of names(copy)) copy.clear(name)
      assert.equal(JSON.stringify(plain(stage.explicitValues())), before, 'clearing the copy changed the original')
      assertInnerStagesCopied(subject, stage, stage.copy())
    },
  },
  {
    name: 'clear() brings the default back',
    applies: always,
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const [name, value] of knownValues(stage)) {
        const cleared = stage.copy().set(name, value).clear(name)
        assert.equal(cleared.isSet(name), false, `${name} is still set`)
        if (stage.hasDefault(name)) same(cleared.getOrDefault(name), stage.getDefault(name), `default of ${name}`)
        else assert.ok((await refusal(() => cleared.getOrDefault(name))) instanceof ParamError)
      }
    },
  },
  {
    name: 'explainParams() explains every parameter',
    applies: always,
    async run(subject) {
      const stage = await instanceOf(subject)
      const lines = stage.explainParams().split('\n')
      for (const name of names(stage)) {
        const line = lines.find((text) => text.startsWith(`${name}: `))
        assert.ok(line, `${name} is not explained`)
        assert.ok(stage.definition.params[name].doc.length > 0 && line.includes(stage.definition.params[name].doc))
        assert.equal(line.includes('current: '), stage.isSet(name), line)
      }
    },
  },
]

/** Stages that are parameters are copied with their owner; fitted ones may be shared, for they do not change. */
function assertInnerStagesCopied(subject: Subject, stage: Persistable, copy: Persistable): void {
  if (isModel(subject)) return
  const [mine, theirs] = [[...nestedStages(stage)].slice(1), [...nestedStages(copy)].slice(1)]
  mine.forEach((inner, i) => {
    assert.notEqual(theirs[i], inner, `inner stage ${inner.uid} is shared with the copy`)
  })
}
