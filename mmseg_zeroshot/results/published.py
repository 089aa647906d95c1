"""The papers' own numbers, as rows to stand beside those of runs."""
from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from mmseg_zeroshot.utils.tables import score_headings

from .summaries import Summary

_FILE = Path(__file__).parent / 'assets' / 'published.json'


@cache
def published_rows() -> tuple[Summary, ...]:
    """Return the papers' rows, in their order, as printed.

    Cells that the papers do not print, or show in a figure only, are None.
    Some printed cells contradict each other; they are kept.

    Returns:
        As :func:`summarize` returns them, with no seeds and no gamma;
        ``source`` names paper and table, ``note`` what is to be known.
    """
    content = json.loads(_FILE.read_text('utf-8'))
    return tuple(_summary(row, content) for row in content['rows'])


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


def _summary(row: dict[str, Any], content: dict[str, Any]) -> Summary:
    scores = [*row['seen'], *row['unseen'], *row['overall'], row['hIoU'],
              row.get('vanilla')]
    protocol = content['protocols'][row['split']]
    return dict(
        method=row['method'], dataset=protocol['dataset'],
        split=row['split'], label=row['label'],
        background=protocol['background'], absent=None, embeddings=None,
        variant=row.get('variant', {}), gamma=[], runs=0, mean=scores,
        std=[None] * len(score_headings()),
        source=content['sources'][row['source']], note=row.get('note', ''))
