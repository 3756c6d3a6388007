"""Usage: text_stages.py STAGE ROWS FOLDER. Transforms documents (or dictionaries) that are in memory, in one go."""
import sys

from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer

from measure import measure

stage, rows, folder = sys.argv[1:]
with open(f"{folder}/text-{rows}.txt", encoding="utf8") as f:
    lines = f.read().split("\n")

# Words are what white space separates, as for Spark's Tokenizer; str.split is faster than a pattern.
words = dict(lowercase=True, tokenizer=str.split, token_pattern=None)
hashing = HashingVectorizer(n_features=2**18, alternate_sign=False, norm=None, **words)

if stage == "tokenizer":
    measure(lambda: len([line.lower().split() for line in lines]), 6)
elif stage == "hashing-tf":
    measure(lambda: hashing.transform(lines).nnz, 6)
elif stage == "count-vectorizer":
    model = CountVectorizer(**words).fit(lines)
    measure(lambda: model.transform(lines).nnz, 6)
elif stage == "count-vectorizer-fit":
    measure(lambda: len(CountVectorizer(**words).fit(lines).vocabulary_), 6)
elif stage == "idf":
    counts = hashing.transform(lines)
    model = TfidfTransformer(norm=None).fit(counts)
    measure(lambda: model.transform(counts).nnz, 6)
elif stage == "feature-hasher":
    table = [line.split(" ") for line in lines]
    records = [{"a": r[0], "b": r[1], "c": len(r[2]), "d": len(r[3]) / 7} for r in table]
    hasher = FeatureHasher(n_features=2**18, alternate_sign=False)
    measure(lambda: hasher.transform(records).nnz, 6)
