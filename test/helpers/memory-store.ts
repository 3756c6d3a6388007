import type { Store, StoreEntry } from '../../src/persistence/store.js'

/** A store in memory: files by path. */
export function memoryStore(files: Map<string, Uint8Array>): Store {
  return {
    async list(path) {
      const entries = new Map<string, StoreEntry>()
      for (const file of files.keys()) {
        if (!file.startsWith(`${path}/`)) continue
        const [name, ...below] = file.slice(path.length + 1).split('/')
        entries.set(name, { name, isFolder: below.length > 0 })
      }
      return entries.size === 0 ? undefined : [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    async read(path) {
      const content = files.get(path)
      if (content === undefined) throw new Error(`${path} does not exist`)
      return content
    },
    async write(path, content) {
      files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    },
  }
}
