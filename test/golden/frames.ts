import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { schemaFromJson } from '../../src/sql/schema-json.js'
import type { Json, StructType } from '../../src/sql/types.js'
import { frameOf } from '../helpers/frame.js'
import type { Corpus, RecordedInput } from './corpus.js'
import { decodeCell } from './decode.js'

export interface Dataset {
  readonly schema: StructType
  readonly rows: readonly Row[]
}

/** Makes the frames of a corpus; a data set is decoded once. */
export class Frames {
  private readonly corpus: Corpus
  private readonly datasets = new Map<string, Dataset>()

  constructor(corpus: Corpus) {
    this.corpus = corpus
  }

  dataset(name: string): Dataset {
    let found = this.datasets.get(name)
    if (!found) {
      const schema = schemaFromJson(this.corpus.schema(name).sparkSchema as Json)
      const rows = this.corpus
        .rows(name)
        .map((row) => Object.fromEntries(schema.fields.map((f) => [f.name, decodeCell(f.dataType, row[f.name])])))
      found = { schema, rows }
      this.datasets.set(name, found)
    }
    return found
  }

  frame({ dataset, partitions }: RecordedInput, change: (data: Dataset) => Dataset = (data) => data): DataFrame {
    const { rows, schema } = change(this.dataset(dataset))
    return frameOf(rows, schema, partitions)
  }
}
