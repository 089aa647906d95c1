"""A fastText ``.bin`` model that is read row by row, subwords included.

``gensim.models.fasttext.load_facebook_vectors`` loads the whole matrix
(about 7 GB for the English models). A vector needs the rows of one word and
of its character n-grams, so this reader seeks to those; the n-gram hashes
are gensim's. Tests compare it with gensim's loader.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .formats import (
    CHUNK,
    FASTTEXT_MAGIC,
    MAX_DIM,
    MAX_WORD,
    REPORT_EVERY,
    Progress,
    WordCollector,
    open_words,
)

# dim, ws, epoch, min_count, neg, word_ngrams, loss, model, bucket, minn,
# maxn, lr_update_rate, t (fastText's args.cc).
_ARGS = struct.Struct('<12id')
# vocabulary size, words, labels, tokens, pruned (dictionary.cc).
_DICTIONARY = struct.Struct('<3i2q')
_ENTRY_TAIL = 9  # int64 count, int8 type


class FastTextFile:
    """Rows of one fastText model, found by word or by n-gram.

    Args:
        path (Path): The ``.bin`` file.
        keep (WordCollector): Gets the vectors of the wanted words.
        progress (Progress): Called with (bytes done, bytes in all) while
            the vocabulary is read.

    Raises:
        ValueError: If the file is no fastText model, is quantised, or
            truncated.
    """

    def __init__(self, path: Path, keep: WordCollector,
                 progress: Progress) -> None:
        self.path = path
        with open_words(path) as file:
            try:
                rows = self._read_head(file, keep, progress)
            except struct.error as error:
                raise ValueError(f'{path} is truncated: it ends inside the '
                                 'vocabulary') from error
            self._check_size()
            for word, row in rows.items():
                if row < self.nwords and keep.wants(word):
                    keep.add(word, self._mean(
                        file, [row, *self._ngram_rows(word.decode())]))
        size = path.stat().st_size
        progress(size, size)

    def _read_head(self, file: BinaryIO, keep: WordCollector,
                   progress: Progress) -> dict[bytes, int]:
        """Read everything before the matrix; returns rows of words."""
        magic, _version = _unpack(file, struct.Struct('<2i'))
        if magic != FASTTEXT_MAGIC:
            raise ValueError(f'{self.path} is not a fastText model of format '
                             '11 or 12')
        args = _unpack(file, _ARGS)
        self.dim, self.bucket, self.minn, self.maxn = (
            args[0], args[8], args[9], args[10])
        size, self.nwords, _, _, pruned = _unpack(file, _DICTIONARY)
        self._check_numbers(size)
        rows = _read_vocabulary(file, size, keep, progress,
                                self.path.stat().st_size)
        quantised = _unpack(file, struct.Struct('<?'))[0]
        if quantised or pruned > 0:
            raise ValueError(f'{self.path} is a quantised fastText model '
                             '(.ftz), which is not read; use the .bin')
        self.count, width = _unpack(file, struct.Struct('<2q'))
        if width != self.dim:
            raise ValueError(f'{self.path}: the matrix is {width} wide, the '
                             f'header says {self.dim}')
        self.offset = file.tell()
        return rows

    def _check_numbers(self, size: int) -> None:
        """Raise if no model can have the numbers of the header."""
        numbers = dict(
            dim=(self.dim, 1, MAX_DIM), size=(size, 1, None),
            nwords=(self.nwords, 0, size), bucket=(self.bucket, 0, None),
            minn=(self.minn, 0, None), maxn=(self.maxn, 0, MAX_WORD))
        for name, (value, least, most) in numbers.items():
            if value < least or (most is not None and value > most):
                raise ValueError(f'{self.path} is no fastText model, or '
                                 f'broken: its header says {name} = {value}')

    def _check_size(self) -> None:
        ngrams = self.bucket if self.maxn else 0
        if self.count < self.nwords + ngrams:
            raise ValueError(
                f'{self.path} is broken: its matrix has {self.count} rows, '
                f'its header says {self.nwords} words and {ngrams} buckets')
        end = self.offset + 4 * self.dim * self.count
        if self.path.stat().st_size < end:
            raise ValueError(f'{self.path} is truncated: {self.count} rows '
                             f'of width {self.dim} need {end} bytes')

    def _ngram_rows(self, word: str) -> list[int]:
        """Matrix rows of the character n-grams of a word."""
        if self.bucket == 0 or self.maxn == 0:
            return []
        from gensim.models.fasttext import ft_ngram_hashes
        hashes = ft_ngram_hashes(word, self.minn, self.maxn, self.bucket)
        return [self.nwords + int(h) for h in hashes]

    def _mean(self, file: BinaryIO, rows: list[int]) -> np.ndarray:
        """Mean of some rows of the matrix."""
        total = np.zeros(self.dim, np.float64)
        for row in rows:
            file.seek(self.offset + 4 * self.dim * row)
            total += np.frombuffer(file.read(4 * self.dim), '<f4')
        return total / len(rows)

    def subword_vector(self, word: str) -> np.ndarray | None:
        """The vector of a word that the vocabulary lacks.

        Args:
            word (str): Any word.

        Returns:
            np.ndarray | None: (d,) mean over its n-grams, None if it has
            none in this model.
        """
        rows = self._ngram_rows(word)
        if not rows:
            return None
        with open_words(self.path) as file:
            return self._mean(file, rows)


def _unpack(file: BinaryIO, fmt: struct.Struct) -> tuple:
    return fmt.unpack(file.read(fmt.size))


def _read_vocabulary(file: BinaryIO, size: int, keep: WordCollector,
                     progress: Progress, total: int) -> dict[bytes, int]:
    """Rows of the wanted words; leaves the file behind the vocabulary."""
    rows: dict[bytes, int] = {}
    buffer, start, base = b'', 0, file.tell()
    for row in range(size):
        end = buffer.find(b'\0', start)
        while end < 0 or end + 1 + _ENTRY_TAIL > len(buffer):
            if end < 0 and len(buffer) - start > MAX_WORD:
                raise ValueError(f'{file.name} is broken: no word ends within '
                                 f'{MAX_WORD} bytes of its vocabulary')
            more = file.read(CHUNK)
            if not more:
                raise struct.error('end of file')
            base += start
            buffer, start = buffer[start:] + more, 0
            end = buffer.find(b'\0')
        word = buffer[start:end]
        if keep.wants(word):
            rows.setdefault(word, row)
        start = end + 1 + _ENTRY_TAIL
        if row % REPORT_EVERY == 0:
            progress(base + start, total)
    file.seek(base + start)
    return rows
