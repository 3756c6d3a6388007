// Text and hashing stages beside scikit-learn; see benchmarks.mjs for what the fields mean.

const ROWS = 50_000

const stages = {
  tokenizer: 'Tokenizer: documents to words',
  'hashing-tf': 'Tokenizer and HashingTF: documents to hashed counts',
  'count-vectorizer': 'Tokenizer and CountVectorizerModel: documents to counts of a vocabulary',
  'count-vectorizer-fit': 'Tokenizer and CountVectorizer.fit: the vocabulary of documents',
  idf: 'IDFModel: counts to weights, sparse',
  'feature-hasher': 'FeatureHasher: two columns of strings, two of numbers',
}

/** What scikit-learn's side is, where it is not its stage of the same name. */
const peers = {
  tokenizer: 'Python, lower and split',
  'hashing-tf': 'scikit-learn HashingVectorizer',
  idf: 'scikit-learn TfidfTransformer',
}

/**
 * @param {(job: string, ...args: (string | number)[]) => string[]} node Command of a job of ours.
 * @param {(peer: string, ...args: (string | number)[]) => string[]} py Command of a peer.
 * @returns {import('./benchmarks.mjs').Benchmark[]}
 */
export const textStages = (node, py) =>
  Object.entries(stages).map(([stage, what]) => ({
    name: `feature-${stage}`,
    what: `${what}, ${ROWS.toLocaleString('en')} rows`,
    data: node('text-data', ROWS),
    threads: 1,
    systems: {
      Ridgeline: node('text-stages', stage, ROWS),
      [peers[/** @type {keyof typeof peers} */ (stage)] ?? 'scikit-learn']: py('text_stages', stage, ROWS),
    },
  }))
