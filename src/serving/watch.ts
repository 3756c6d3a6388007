import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders in folders that tell a change: Spark's format has its stages two levels down, and writes each anew. */
const DEPTH = 2

/** What a file, or a folder with what is in it, looks like from outside; empty where nothing is. */
async function looks(path: string, depth = DEPTH): Promise<string> {
  try {
    const info = await stat(path)
    const own = `${info.ino}:${info.mtimeMs}:${info.size}`
    if (!info.isDirectory() || depth === 0) return own
    const names = (await readdir(path)).sort()
    const inner = await Promise.all(names.map((name) => looks(join(path, name), depth - 1)))
    return `${own}[${inner.join()}]`
  } catch {
    // Something that is written anew is gone for a moment.
    return ''
  }
}

/**
 * Tells when what stands at a path has become another, and has stayed so for one interval, so that nothing half-written is read. It asks again and again, which also works
 * for files on the network, and for links that are set to another file, as Kubernetes does.
 * @param changed called after each change; what it raises is its own to tell.
 * @returns a function that ends it.
 */
export function watchPath(path: string, changed: () => Promise<unknown>, interval = 1000): () => void {
  let known: string | undefined
  let last: string | undefined
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const look = async (): Promise<void> => {
    const now = await looks(path)
    if (known === undefined) known = now
    else if (now !== known && now !== '' && now === last) {
      known = now
      await changed().catch(() => undefined)
    }
    last = now
    if (!isOver) timer = setTimeout(look, interval).unref()
  }
  void look()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
