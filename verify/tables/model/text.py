"""The text that ships with the repository, as sentences of token ids."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files as resources
from pathlib import Path

from tokenizers import Tokenizer


@lru_cache(maxsize=1)
def sentences() -> tuple[str, ...]:
    """Every sentence of ``text.txt``, in order."""
    text = resources("attnproof.verify.tables.model").joinpath("text.txt").read_text(encoding="utf-8")
    return tuple(sentence for line in text.splitlines() if line for sentence in re.split(r"(?<=[.?!])\s+", line))


def token_ids(tokenizer: Path, texts: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """Token ids of each sentence, [CLS] and [SEP] included, without padding."""
    encoder = Tokenizer.from_file(str(tokenizer))
    encoder.no_padding()
    encoder.no_truncation()
    return tuple(tuple(encoding.ids) for encoding in encoder.encode_batch(list(texts)))


def spread(count: int) -> tuple[str, ...]:
    """``count`` sentences spread evenly over the text (all of them when there are fewer)."""
    every = sentences()
    count = min(count, len(every))
    return tuple(every[(number * len(every)) // count] for number in range(count))
