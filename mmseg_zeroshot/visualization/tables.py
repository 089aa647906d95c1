"""Results records as tables for a terminal and for Markdown."""
from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from mmseg_zeroshot.utils.tables import (
    percent,
    score_headings,
    score_values,
    text_table,
)

Record = dict[str, Any]
# Least supervision first; unlike labels never share a ranking.
_LABELS = ('strict', 'paper', 'released', 'self-training', 'few-label',
           'oracle')
_TEXT_COLUMNS = ('Method', 'Data set', 'Split', 'Label', 'gamma', 'Seeds')


def read_records(path: str | os.PathLike) -> list[Record]:
    """Read a results file.

    Args:
        path: A ``zero_shot_results.json`` or a ``results.json``.

    Returns:
        Its records, also if it holds a single one.

    Raises:
        ValueError: the file is no results file; it is named.
    """
    try:
        content = json.loads(Path(path).read_text('utf-8'))
    except json.JSONDecodeError as error:
        raise ValueError(f'{path} is not valid JSON: {error}') from error
    records = content if isinstance(content, list) else [content]
    for record in records:
        if not isinstance(record, dict) or 'generalised' not in record:
            raise ValueError(
                f"{path} holds something without 'generalised' scores; it "
                'must be what ZeroShotResultsHook writes')
    return records


def summarize(records: Sequence[Record]) -> list[Record]:
    """Put runs together that differ in the seed only.

    Runs belong together by method, data set, split, label, whether they are
    calibrated, class vectors and the scoring's ``absent`` and
    ``background``; groups are sorted by split and then by label.

    Args:
        records: Entries of results files.

    Returns:
        For each group ``method``, ``dataset``, ``split``, ``label``,
        ``gamma`` (sorted values), ``runs`` (their number) and ``mean`` and
        ``std``, the scores in the order of ``score_values``; the standard
        deviation is the sample's, None for a single run.

    Raises:
        ValueError: two runs of a group have the same seed and unlike scores.
    """
    groups: dict[tuple, list[Record]] = {}
    for record in records:
        calibrated = bool(record.get('gamma'))
        key = (record.get('dataset') or '', record['split'],
               _LABELS.index(record['label']), record['method'], calibrated,
               *map(record.get, ('embeddings', 'absent', 'background')))
        groups.setdefault(key, []).append(record)
    ranks = sorted(groups, key=lambda key: key[:3])
    return [_summary(groups[key]) for key in ranks]


def format_table(records: Sequence[Record]) -> str:
    """Return an aligned table for a terminal, mean ± std over seeds.

    Args:
        records: Entries of results files.

    Returns:
        Lines without a trailing newline.
    """
    return text_table(_rows(records), left=4)


def markdown_table(records: Sequence[Record]) -> str:
    """Return a Markdown table, mean ± std over seeds.

    Args:
        records: Entries of results files.

    Returns:
        Lines without a trailing newline.
    """
    header, *body = _rows(records)
    text = 4
    rule = [':--'] * text + ['--:'] * (len(header) - text)
    return '\n'.join(
        f'| {" | ".join(cell.replace("|", chr(92) + "|") for cell in row)} |'
        for row in (header, rule, *body))


def _summary(group: list[Record]) -> Record:
    first = group[0]
    group = _distinct(group)
    _check_seeds(group)
    columns = list(zip(*map(score_values, group)))
    return dict(
        method=first['method'],
        dataset=first.get('dataset') or '',
        split=first['split'],
        label=first['label'],
        gamma=sorted({float(r.get('gamma') or 0) for r in group}),
        runs=len(group),
        mean=[_over_runs(values, mean) for values in columns],
        std=[_over_runs(values, stdev) for values in columns])


def _distinct(group: list[Record]) -> list[Record]:
    """Drop what repeats the seed and all scores of an earlier record."""
    runs: dict[tuple, Record] = {}
    for record in group:
        key = (record.get('seed'), *score_values(record))
        runs.setdefault(key, record)
    return list(runs.values())


def _check_seeds(group: list[Record]) -> None:
    """The same run twice would pass for less deviation."""
    seeds = [record.get('seed') for record in group]
    for seed in seeds:
        if seeds.count(seed) > 1:
            first = group[0]
            raise ValueError(
                f'{seeds.count(seed)} records of {first["method"]!r} on '
                f'split {first["split"]!r} (label {first["label"]!r}) have '
                f'seed {seed} and unlike scores; keep one of each seed')


def _over_runs(values: Sequence[float | None], function: Any) -> float | None:
    """Apply a statistic; None where a run has no score or runs are few."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or (function is stdev and len(known) < 2):
        return None
    return function(known)


def _rows(records: Sequence[Record]) -> list[list[str]]:
    rows = [[*_TEXT_COLUMNS, *score_headings()]]
    for group in summarize(records):
        gammas = [f'{gamma:g}' for gamma in group['gamma']]
        rows.append([
            group['method'], group['dataset'], group['split'],
            group['label'], '-'.join(dict.fromkeys((gammas[0], gammas[-1]))),
            str(group['runs']),
            *map(_cell, group['mean'], group['std'])
        ])
    return rows


def _cell(average: float | None, deviation: float | None) -> str:
    if deviation is None:
        return percent(average)
    return f'{percent(average)} ± {percent(deviation)}'
