import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Tags } from './entities.js'
import { userName } from './run-client.js'

/** What MLflow records of the program that starts a run: user, program, and the commit of its repository where there is one. */
export async function contextTags(): Promise<Tags> {
  const program = process.argv[1]
  const commit = await commitOf(dirname(program ?? join(process.cwd(), 'x')))
  return {
    'mlflow.user': userName(),
    'mlflow.source.name': program ?? process.execPath,
    'mlflow.source.type': 'LOCAL',
    ...(commit === undefined ? {} : { 'mlflow.source.git.commit': commit }),
  }
}

/** The commit that is checked out in the repository around a folder, without asking git. */
async function commitOf(folder: string): Promise<string | undefined> {
  const git = await gitFolder(folder)
  const head = git && (await textOf(join(git, 'HEAD')))
  if (!git || !head) return undefined
  const [, name] = /^ref: (.+)$/.exec(head) ?? []
  if (name === undefined) return isCommit(head)
  // A linked work tree keeps its branches in the main one.
  const common = await textOf(join(git, 'commondir'))
  const root = common === undefined ? git : resolve(git, common)
  const loose = await textOf(join(root, name))
  if (loose !== undefined) return isCommit(loose)
  const packed = (await textOf(join(root, 'packed-refs'))) ?? ''
  return isCommit(packed.split('\n').find((line) => line.endsWith(` ${name}`)) ?? '')
}

async function gitFolder(folder: string): Promise<string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if ((await textOf(join(at, '.git', 'HEAD'))) !== undefined) return join(at, '.git')
    const [, linked] = /^gitdir: (.+)$/.exec((await textOf(join(at, '.git'))) ?? '') ?? []
    if (linked !== undefined) return resolve(at, linked)
    if (at === dirname(at)) return undefined
  }
}

const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )

const isCommit = (text: string): string | undefined => /^[0-9a-f]{40,64}/.exec(text)?.[0]
