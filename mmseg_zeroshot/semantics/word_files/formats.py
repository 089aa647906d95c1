"""Streaming readers of word-vector files.

gensim reads a whole file into memory, or its first ``limit`` words. A class
table needs a few hundred words from anywhere in the file, so these readers
pass over it once and keep only those: memory depends on the words asked
for, not on the file. Tests compare them with gensim's own readers.
"""

from __future__ import annotations

import codecs
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import dropwhile, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

Progress = Callable[[int, int], None]

FORMATS = ('word2vec-bin', 'word2vec-text', 'glove-text', 'fasttext-bin',
           'fasttext-vec')
FASTTEXT_MAGIC = 793712314
CHUNK = 4 << 20  # bytes per read: large enough to hide the call's cost
REPORT_EVERY = 20_000  # records between two progress calls
_MAX_SIMILAR = 300
MAX_WORD = 4096  # bytes; no end within them means another file format
MAX_DIM = 1 << 16  # numbers of a word; more means another file format
_MAX_LINE = 2 << 20  # bytes of a row of so many numbers
_FIRST_ROWS = 50  # rows that are looked at before the first is read


class WordCollector:
    """What one pass over a file keeps.

    Args:
        wanted (Iterable[str]): The words to keep the vectors of.

    Attributes:
        vectors (dict[str, np.ndarray]): (d,) float32 of each found word.
        similar (dict[bytes, list[str]]): Words that start like a wanted
            one, the most frequent first, for the suggestions of an error.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = {word.encode(): word for word in wanted}
        self.vectors: dict[str, np.ndarray] = {}
        self.similar: dict[bytes, list[str]] = {
            word[:3]: [] for word in self.wanted}

    def wants(self, word: bytes) -> bool:
        """Whether the vector of this word is to be parsed and added.

        Args:
            word (bytes): A word of the file, UTF-8.

        Returns:
            bool: True the first time a wanted word comes.
        """
        if word in self.wanted:
            return self.wanted[word] not in self.vectors
        near = self.similar.get(word[:3])
        if near is not None and len(near) < _MAX_SIMILAR and len(word) < 40:
            near.append(word.decode(errors='replace'))
        return False

    def add(self, word: bytes, vector: np.ndarray) -> None:
        """Keep a vector.

        Args:
            word (bytes): A wanted word.
            vector (np.ndarray): (d,) its vector; copied as float32.
        """
        self.vectors[self.wanted[word]] = np.array(vector, dtype=np.float32)

    @property
    def words_like_wanted(self) -> list[str]:
        """Words of the file that could have been meant."""
        return [word for words in self.similar.values() for word in words]


@contextmanager
def open_words(path: Path) -> Iterator[BinaryIO]:
    """Open a word-vector file for one pass.

    Args:
        path (Path): The file.

    Yields:
        BinaryIO: The open file, behind a byte order mark.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is compressed, since seeking in it would be slow,
            or in UTF-16.
    """
    if not path.is_file():
        raise FileNotFoundError(f'no word-vector file at {path}')
    if path.suffix in ('.gz', '.zip', '.bz2', '.xz'):
        raise ValueError(f'{path} is compressed; unpack it first')
    with path.open('rb') as file:
        start = file.read(len(codecs.BOM_UTF8))
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise ValueError(f'{path} is in UTF-16; save it as UTF-8')
        # A byte order mark is no part of the first word.
        file.seek(len(start) if start == codecs.BOM_UTF8 else 0)
        yield file


def detect_format(path: Path) -> str:
    """Tell the format of a word-vector file by its first bytes.

    Args:
        path (Path): The file.

    Returns:
        str: One of :data:`FORMATS`.

    Raises:
        ValueError: If the file is empty, a pickle, or none of the formats.
    """
    with open_words(path) as file:
        head = file.read(4096)
    if not head:
        raise ValueError(f'{path} is empty')
    if head[:1] == b'\x80' or head[:6] == b'\x93NUMPY' or head[:2] == b'PK':
        raise ValueError(
            f'{path} is a pickle or a numpy file, which is not read; give a '
            f'word-vector file in one of the formats {", ".join(FORMATS)}')
    if head[:4] == struct.pack('<i', FASTTEXT_MAGIC):
        return 'fasttext-bin'
    if _header(head) is None:
        return 'glove-text'
    _, _, body = head.partition(b'\n')
    return 'word2vec-text' if _looks_like_text(body) else 'word2vec-bin'


def _header(head: bytes) -> tuple[int, int] | None:
    """Word count and width from a first line of two numbers, if it is one."""
    parts = head.split(b'\n', 1)[0].split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return None
    return int(parts[0]), int(parts[1])


def _looks_like_text(body: bytes) -> bool:
    """Whether the first row after a header holds numbers as text."""
    # Not the first field behind the word alone: a word may have blanks.
    fields = body.split(b'\n', 1)[0].split()[1:]
    numbers = sum(map(_is_number, fields))
    return 2 * numbers > len(fields) and b'\0' not in body


def read_word2vec_bin(path: Path, keep: WordCollector,
                      progress: Progress) -> int:
    """One pass over a word2vec ``.bin`` file.

    Args:
        path (Path): The file: a line ``count width``, then for each word its
            bytes, a space and ``width`` little-endian float32 numbers.
        keep (WordCollector): Gets the vectors of the wanted words.
        progress (Progress): Called with (bytes done, bytes in all).

    Returns:
        int: The width d.

    Raises:
        ValueError: If the header is bad, or the file has fewer or more
            words than it says.
    """
    total = path.stat().st_size
    with open_words(path) as file:
        header = _header(file.readline(100))
        if header is None or not (header[0] and 0 < header[1] <= MAX_DIM):
            raise ValueError(
                f'{path}: a word2vec file starts with a line "count width", '
                f'of at least one word and at most {MAX_DIM:,} numbers')
        count, dim = header
        rest = total - file.tell()
        if rest < count * (4 * dim + 1):
            raise ValueError(f'{path} is truncated: {count} vectors of width '
                             f'{dim} do not fit into {rest} bytes')
        records, done = _binary_records(file, dim), 0
        for done, (word, data) in enumerate(islice(records, count), 1):
            if keep.wants(word):
                keep.add(word, np.frombuffer(data, '<f4'))
            if done % REPORT_EVERY == 0:
                progress(file.tell(), total)
        if done < count:
            raise ValueError(f'{path} is truncated: it ends after {done} of '
                             f'{count} words')
        if next(records, None):
            raise ValueError(_more_words(path, count))
    progress(total, total)
    return dim


def _binary_records(file: BinaryIO,
                    dim: int) -> Iterator[tuple[bytes, bytes]]:
    """(word, vector bytes) of a word2vec file, until it ends."""
    width = 4 * dim
    buffer, start = file.read(CHUNK), 0
    while True:
        space = buffer.find(b' ', start)
        end = space + 1 + width
        if space < 0 and len(buffer) - start > MAX_WORD:
            raise ValueError(f'{file.name} is no word2vec file, or broken: '
                             f'no word ends within {MAX_WORD} bytes')
        if space < 0 or end > len(buffer):
            more = file.read(CHUNK)
            if not more:
                return
            buffer, start = buffer[start:] + more, 0
            continue
        # Some writers end a record with a line feed, Google's does not.
        yield buffer[start:space].lstrip(b'\n'), buffer[space + 1:end]
        start = end


def read_text(path: Path, keep: WordCollector, progress: Progress) -> int:
    """One pass over word2vec or fastText ``.vec`` text, or GloVe text.

    Args:
        path (Path): The file: one word and its numbers a line, with or
            without a first line ``count width``. A blank or a tab stands
            behind the word.
        keep (WordCollector): Gets the vectors of the wanted words.
        progress (Progress): Called with (bytes done, bytes in all).

    Returns:
        int: The width d.

    Raises:
        ValueError: If a row has another number of values, or the file has
            fewer or more words than its first line says.
    """
    total = path.stat().st_size
    with open_words(path) as file:
        layout = _text_layout(file)
        rows, done, line = 0, file.tell(), b''
        for line in iter(partial(file.readline, _MAX_LINE), b''):
            done += len(line)
            rows += not line.isspace()
            # GloVe's 840B file has words with spaces in them: the numbers
            # are the last d fields. A skipped row is not split.
            word = line[:line.find(layout.separator)]
            if keep.wants(word):
                _add_row(line, word, layout, keep, f'{path}, row {rows}')
            if rows % REPORT_EVERY == 0:
                progress(done, total)
    # A cut may go through the last row, which nobody asked for.
    cut = not line.endswith(b'\n') and len(line.split()) <= layout.dim
    count = rows if layout.words is None else layout.words
    if rows == 0 or cut or rows < count:
        raise ValueError(f'{path} is truncated: it ends after {rows} of '
                         f'{layout.words or "its"} words')
    if rows > count:
        raise ValueError(_more_words(path, count))
    progress(total, total)
    return layout.dim


class _TextLayout(NamedTuple):
    """How the rows of a text file are written."""

    words: int | None
    """How many there are, if the first line says so."""
    dim: int
    separator: bytes
    """What ends a word."""


def _text_layout(file: BinaryIO) -> _TextLayout:
    """Look at the first rows of a file; leaves it at the first one."""
    start = file.tell()
    lines = [file.readline(_MAX_LINE) for _ in range(_FIRST_ROWS)]
    header = _header(lines[0])
    rows = [line for line in lines[bool(header):] if line.strip()]
    separator = b'\t' if rows and b'\t' in rows[0] else b' '
    dim = header[1] if header else _usual_width(rows)
    if not 1 <= dim <= MAX_DIM:
        raise ValueError(f'{file.name}, line 1: no word followed by up to '
                         f'{MAX_DIM:,} numbers')
    file.seek(start + (len(lines[0]) if header else 0))
    return _TextLayout(header[0] if header else None, dim, separator)


def _usual_width(rows: Sequence[bytes]) -> int:
    """Return how many numbers most rows end with: a word may have blanks."""
    counts = Counter(_numbers_at_end(row) for row in rows)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _numbers_at_end(row: bytes) -> int:
    fields = row.split()[1:]
    rest = dropwhile(_is_number, reversed(fields))
    return len(fields) - sum(1 for _ in rest)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _more_words(path: Path, count: int) -> str:
    return (f'{path} has more words than the {count} that its first line '
            'says; correct the number, or remove the words behind them')


def _add_row(line: bytes, word: bytes, layout: _TextLayout,
             keep: WordCollector, where: str) -> None:
    """Parse one wanted row of a text file."""
    fields = line[len(word):].split()
    if len(fields) > layout.dim and layout.separator == b' ':
        return  # a longer word with spaces that starts with a wanted one
    try:
        vector = np.array(fields, dtype=np.float64)
    except ValueError as error:
        raise ValueError(f'{where}: {error}') from error
    if len(vector) != layout.dim:
        raise ValueError(
            f'{where} ({word.decode()!r}) has {len(vector)} values, expected '
            f'{layout.dim}; is the file truncated?')
    keep.add(word, vector)
