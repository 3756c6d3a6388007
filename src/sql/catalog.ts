import { SchemaError } from '../errors.js'
import { knownNames } from '../util/names.js'
import { requireTexts } from './arguments.js'
import type { Plan } from './plan.js'

/** The temporary views of a session: names under which `session.sql` and `session.table` know frames. Names ignore case. */
export class Catalog {
  private readonly views = new Map<string, { readonly name: string; readonly plan: Plan }>()

  /** Gives a plan a name. @throws SchemaError when the name is taken and `replace` is false. */
  register(name: string, plan: Plan, replace: boolean): void {
    requireTexts([name], 'createTempView', 'name')
    const key = name.toLowerCase()
    if (!replace && this.views.has(key)) {
      throw new SchemaError(`the view "${name}" exists already`, {
        stage: 'createTempView',
        received: name,
        hint: 'Use createOrReplaceTempView, or another name',
      })
    }
    this.views.set(key, { name, plan })
  }

  /** The plan of a view. @throws SchemaError naming the known views. */
  plan(name: string): Plan {
    const view = this.views.get(name.toLowerCase())
    if (view) return view.plan
    throw new SchemaError(`the table or view "${name}" does not exist`, {
      stage: 'sql',
      received: name,
      allowed: knownNames('views', name, this.listTables()),
      hint: `Give a frame that name: df.createOrReplaceTempView('${name}')`,
    })
  }

  /** Whether a view exists. */
  tableExists(name: string): boolean {
    return this.views.has(name.toLowerCase())
  }

  /** Names of the views. */
  listTables(): string[] {
    return [...this.views.values()].map((view) => view.name)
  }

  /** Takes a view away; frames that were made of it stay. @returns whether there was one. */
  dropTempView(name: string): boolean {
    return this.views.delete(name.toLowerCase())
  }
}
