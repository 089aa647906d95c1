"""The papers' own numbers, as rows to stand beside those of runs.

A method's numbers stand with its registration, one file a method, and are
read as plain data: this room imports no method.
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from mmseg_zeroshot.utils.tables import score_headings
from mmseg_zeroshot.utils.typing_utils import JSONObject, JSONValue

from .scored_files import RUN
from .summaries import Summary

_PROTOCOLS = Path(__file__).parent / 'assets' / 'protocols.json'
NUMBERS = (Path(__file__).parents[1] / 'experiments' / 'methods'
           / 'published')
"""Folder of the methods' files, each named as its method is registered.

A file has ``position`` (where its rows stand in a table, the lowest first),
``sources`` (paper and table by a short key) and ``rows``."""


@cache
def published_rows() -> tuple[Summary, ...]:
    """Return the papers' rows by split and method, as printed.

    Cells that the papers do not print, or show in a figure only, are None.
    Some printed cells contradict each other; they are kept.

    Returns:
        As :func:`summarize` returns them, with no seeds and no gamma;
        ``source`` names paper and table, ``note`` what is to be known.

    Raises:
        ValueError: A row's split has no protocol.
    """
    files = [json.loads(path.read_text('utf-8'))
             for path in sorted(NUMBERS.glob('*.json'))]
    files.sort(key=lambda content: content['position'])
    protocols = json.loads(_PROTOCOLS.read_text('utf-8'))
    rows = [_summary(row, content['sources'], protocols)
            for content in files for row in content['rows']]
    return tuple(sorted(
        rows, key=lambda row: list(protocols).index(row['split'])))


def splits_of(method: str) -> tuple[str, ...]:
    """Return the splits that papers report a method on.

    Args:
        method: Its name of registration, such as ``'zs-mmd'``.
    """
    path = NUMBERS / f'{method}.json'
    if not path.is_file():
        return ()
    rows = json.loads(path.read_text('utf-8'))['rows']
    return tuple(dict.fromkeys(row['split'] for row in rows))


def published_splits() -> tuple[str, ...]:
    """Return the splits that the papers report on."""
    return tuple(dict.fromkeys(row['split'] for row in published_rows()))


def published_on(splits: Sequence[str]) -> list[Summary]:
    """Return the papers' rows on some splits.

    Args:
        splits: Names of splits.

    Raises:
        ValueError: no paper reports on one of them.
    """
    known = published_splits()
    for split in splits:
        if split not in known:
            raise ValueError(f'no published numbers on split {split!r}; there '
                             f'are some on {", ".join(known)}')
    return [row for split in splits for row in published_rows()
            if row['split'] == split]


def as_printed(value: float | None) -> str:
    """Return a score with the digits that the paper prints."""
    return '-' if value is None else repr(value)


def _summary(row: JSONObject, sources: Mapping[str, str],
             protocols: Mapping[str, JSONValue]) -> Summary:
    if row['split'] not in protocols:
        raise ValueError(f'published numbers of {row["method"]!r} on split '
                         f'{row["split"]!r}, which is not in {_PROTOCOLS}: '
                         'add its data set and background')
    scores = [*row['seen'], *row['unseen'], *row['overall'], row['hIoU'],
              row.get('vanilla')]
    protocol = protocols[row['split']]
    return dict(
        method=row['method'], dataset=protocol['dataset'],
        split=row['split'], supervision=row['supervision'],
        background=protocol['background'], absent=None, embeddings=None,
        protocol=None, variant=row.get('variant', {}), gamma=[], runs=0,
        made_from=RUN, own_rules='',
        mean=scores, std=[None] * len(score_headings()),
        source=sources[row['source']], note=row.get('note', ''))
