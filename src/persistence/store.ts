/** What stands under a name in a folder of a store. */
export interface StoreEntry {
  readonly name: string
  readonly isFolder: boolean
}

/** What stands at a path. */
export interface Found {
  readonly kind: 'file' | 'folder' | 'other'
  /** Bytes of a file; 0 for others. */
  readonly bytes: number
}

/** Files in folders that can be read. Paths have slashes. */
export interface StoreReader {
  /** What stands in a folder, sorted by name; undefined when there is no such folder. */
  list(path: string): Promise<readonly StoreEntry[] | undefined>
  /** The bytes of a file. @throws what the store raises. */
  read(path: string): Promise<Uint8Array>
}

/** A place that holds files in folders: a disk, or a bucket. */
export interface Store extends StoreReader {
  /** Writes a file; folders on the way are made. */
  write(path: string, content: Uint8Array | string): Promise<void>
}

/** The files of one saved model, as one save left them. */
export interface FolderReader extends StoreReader {
  /** The first bytes of a file. @throws what the store raises. */
  head(path: string, bytes: number): Promise<Uint8Array>
  /** Bytes of all files in a folder. */
  bytesIn(path: string): Promise<number>
}

/** A store in which models are saved and loaded whole: readers see the old model or the new one, never a part. */
export interface ModelStore extends Store, FolderReader {
  /** What stands at a path; undefined when nothing does. */
  find(path: string): Promise<Found | undefined>
  /** Writes a file in one step. @param replace whether something may stand at the path. */
  saveFile(path: string, content: string, replace: boolean): Promise<void>
  /** Removes a file; nothing happens where there is none. */
  removeFile(path: string): Promise<void>
  /** Writes a folder whose files `fill` makes; they take their place once all of them are there. */
  saveFolder(path: string, fill: (store: Store, folder: string) => Promise<void>, replace: boolean): Promise<void>
  /** Reads files of a saved folder that belong together. `work` may be called again when they were replaced meanwhile. */
  readFolder<T>(path: string, work: (store: FolderReader) => Promise<T>): Promise<T>
}
