import { mkdtemp, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve, sep } from 'node:path'
import { fileReason } from '../util/file-error.js'
import { mapConcurrent } from '../util/map-concurrent.js'
import { type ArtifactStore, openArtifacts } from './artifact-store.js'
import type { FileInfo } from './entities.js'
import { invalidCall, MlflowError } from './mlflow-error.js'
import { RunClient } from './run-client.js'

/** Files that are sent at a time. */
const AT_ONCE = 4

/** The part of the client about the files of runs. */
export abstract class ArtifactClient extends RunClient {
  /** The artifacts at an address: `mlflow-artifacts:/…`, `file:…`, `http…`, a path. @throws MlflowError for another kind. */
  artifactStore(artifactUri: string): ArtifactStore {
    return openArtifacts(artifactUri, this.tracking, this.options.storage)
  }

  protected async runArtifacts(runId: string): Promise<ArtifactStore> {
    return this.artifactStore((await this.getRun(runId)).info.artifactUri)
  }

  /** Logs a file of this machine, into a folder of the run's artifacts. */
  async logArtifact(runId: string, localPath: string, artifactPath = ''): Promise<void> {
    if ((await kindOf(localPath)) === 'folder')
      return this.logArtifacts(runId, localPath, `${artifactPath}/${basename(localPath)}`)
    await uploadFile(await this.runArtifacts(runId), localPath, `${artifactPath}/${basename(localPath)}`)
  }

  /** Logs all that is in a folder of this machine, folders in it included. */
  async logArtifacts(runId: string, localDir: string, artifactPath = ''): Promise<void> {
    await uploadFolder(await this.runArtifacts(runId), localDir, artifactPath, this.options.signal)
  }

  /** Logs a text as a file. */
  async logText(runId: string, text: string, artifactFile: string): Promise<void> {
    await (await this.runArtifacts(runId)).write(artifactPathOf(artifactFile), text)
  }

  /** Logs a value as a JSON file. A name that ends in .yaml gets JSON, too, which YAML includes. */
  async logDict(runId: string, dictionary: unknown, artifactFile: string): Promise<void> {
    await this.logText(runId, `${JSON.stringify(dictionary, null, 2)}\n`, artifactFile)
  }

  /** What stands in a folder of the run's artifacts; nothing for a file, or where nothing stands. */
  async listArtifacts(runId: string, path = ''): Promise<FileInfo[]> {
    return listFiles(await this.runArtifacts(runId), path)
  }

  /**
   * Copies a file or folder of the run's artifacts into a folder of this machine.
   * @param dstPath default: a new temporary folder, which the caller removes.
   * @returns the path of the copy.
   * @throws MlflowError `RESOURCE_DOES_NOT_EXIST` when there is none.
   */
  async downloadArtifacts(runId: string, path: string, dstPath?: string): Promise<string> {
    return downloadFrom(await this.runArtifacts(runId), path, dstPath, this.options.signal)
  }
}

/** A path among artifacts: no slashes at its ends. @throws MlflowError for one that leaves the folder. */
export function artifactPathOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (!parts.includes('..') && !path.includes('\\') && !path.includes('\0')) return parts.join('/')
  throw invalidCall(`the artifact path is ${JSON.stringify(path)}`, {
    param: 'artifactPath',
    allowed: 'Allowed: names with slashes between, below the run',
    received: path,
    hint: 'Leave out "..".',
  })
}

async function kindOf(path: string): Promise<'file' | 'folder'> {
  const info = await stat(path).catch((cause: unknown) => {
    throw invalidCall(`"${path}" cannot be read: ${fileReason(cause)?.reason ?? (cause as Error).message}`, {
      param: 'localPath',
      file: path,
      hint: 'Name a file or folder of this machine.',
      cause,
    })
  })
  return info.isDirectory() ? 'folder' : 'file'
}

async function uploadFile(store: ArtifactStore, file: string, path: string): Promise<void> {
  await store.upload(file, artifactPathOf(path))
}

/** Copies a folder of this machine into a store. */
export async function uploadFolder(
  store: ArtifactStore,
  folder: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  if ((await kindOf(folder)) === 'file')
    throw invalidCall(`"${folder}" is no folder`, { param: 'localDir', hint: 'Use logArtifact.' })
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  await mapConcurrent(
    files,
    AT_ONCE,
    (file) => uploadFile(store, file, `${path}/${relative(folder, file).split(sep).join('/')}`),
    signal,
  )
}

export async function listFiles(store: ArtifactStore, path: string): Promise<FileInfo[]> {
  const folder = artifactPathOf(path)
  return ((await store.list(folder)) ?? []).map(({ name, isFolder, size }) => ({
    path: folder === '' ? name : `${folder}/${name}`,
    isDir: isFolder,
    ...(isFolder || size === undefined ? {} : { fileSize: size }),
  }))
}

/** Copies a file, or a folder with all that is in it, from a store. */
export async function downloadFrom(
  store: ArtifactStore,
  path: string,
  destination?: string,
  signal?: AbortSignal,
): Promise<string> {
  const from = artifactPathOf(path)
  const root = resolve(destination ?? (await mkdtemp(join(tmpdir(), 'mlflow-'))))
  const files = await filesBelow(store, from)
  if (files.length === 0) {
    await requireFile(store, from)
    files.push(from)
  }
  await mapConcurrent(files, AT_ONCE, (file) => store.download(file, join(root, file)), signal)
  return join(root, from)
}

/**
 * Servers of MLflow 2 answer 500, which looks as if it would pass, when a file is missing; so the folder is asked first.
 * @throws MlflowError `RESOURCE_DOES_NOT_EXIST`.
 */
export async function requireFile(store: ArtifactStore, path: string): Promise<void> {
  const slash = path.lastIndexOf('/')
  const entries = await store.list(path.slice(0, Math.max(slash, 0)))
  if (path !== '' && entries?.some(({ name, isFolder }) => !isFolder && name === path.slice(slash + 1))) return
  throw new MlflowError(path === '' ? 'there are no artifacts' : `there is no artifact "${path}"`, {
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
    param: 'path',
    received: path,
    hint: 'listArtifacts() tells what there is.',
  })
}

/** Paths of all files below a folder; none for a file. */
async function filesBelow(store: ArtifactStore, folder: string): Promise<string[]> {
  const files: string[] = []
  for (const { name, isFolder } of (await store.list(folder)) ?? []) {
    // A name that a server made up must not lead out of the folder that is written to.
    const path = folder === '' ? artifactPathOf(name) : `${folder}/${artifactPathOf(name)}`
    if (isFolder) files.push(...(await filesBelow(store, path)))
    else files.push(path)
  }
  return files
}
