"""Runs that differ in the seed only, put together."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev
from typing import TypedDict

from mmseg_zeroshot.semantics.supervision import supervision_rank

from .protocol import protocols
from .record import Record, score_values
from .scored_files import made_from, own_rules


class _Row(TypedDict):
    """What every row of a table has."""

    method: str
    dataset: str
    split: str
    supervision: str
    background: str | None
    absent: str | None
    embeddings: str | None
    protocol: str | None
    """See :func:`.protocol.protocol_of`."""
    variant: Mapping[str, str | int | float]
    made_from: str
    """See :func:`.scored_files.made_from`."""
    own_rules: str
    """See :func:`.scored_files.own_rules`."""
    gamma: list[float]
    """Sorted values; none for published rows."""
    runs: int
    mean: list[float | None]
    """Over runs, under ``score_headings``."""
    std: list[float | None]
    """The sample's standard deviation; None for a single run."""


class Summary(_Row, total=False):
    """Runs that differ in the seed only; or a row that a paper prints."""

    source: str
    """Paper and table of a published row."""
    note: str
    """What is to be known about a published row."""


class RepeatedSeed(ValueError):
    """The same run is there twice, with unlike scores.

    Attributes:
        records: The two.
    """

    def __init__(self, message: str, records: Sequence[Record]) -> None:
        super().__init__(message)
        self.records = list(records)


def summarize(records: Sequence[Record]) -> list[Summary]:
    """Put runs together that differ in the seed only.

    Runs belong together by method, data set, split, supervision, variant,
    whether they are calibrated, class vectors, the scoring's ``absent`` and
    ``background``, the group and the pixels of each class, and whether files
    were scored, by which rules; groups are sorted by split, by supervision,
    by the first appearance of their method and by variant. A
    run that is there twice with equal scores (a calibration may choose gamma
    0) counts once, also if only one of them has the vanilla score.

    Args:
        records: Entries of results files.

    Returns:
        A summary of each group; none has ``source`` or ``note``.

    Raises:
        RepeatedSeed: two runs of a group have the same seed and unlike
            scores; a ``ValueError``.
    """
    methods = list(dict.fromkeys(record['method'] for record in records))
    groups: dict[tuple, list[Record]] = {}
    for record, protocol in zip(records, protocols(records)):
        key = (record['dataset'], record['split'],
               supervision_rank(record['supervision']),
               methods.index(record['method']),
               _variant_key(record), bool(record['gamma']),
               record['embeddings'], record['absent'], record['background'],
               made_from(record['scored_files']),
               own_rules(record['scored_files']), protocol)
        groups.setdefault(key, []).append(record)
    ranks = sorted(groups, key=lambda key: key[:5])
    return [_summary(groups[key], key[-1]) for key in ranks]


def _variant_key(record: Record) -> tuple:
    variant = record['variant'].items()
    return tuple(sorted(
        (key, (0, value) if isinstance(value, (int, float)) else
         (1, str(value))) for key, value in variant))


def _summary(group: list[Record], protocol: str | None) -> Summary:
    first = group[0]
    group = _distinct(group)
    _check_seeds(group)
    columns = list(zip(*map(score_values, group)))
    return dict(
        method=first['method'],
        dataset=first['dataset'],
        split=first['split'],
        supervision=first['supervision'],
        background=first['background'],
        absent=first['absent'],
        embeddings=first['embeddings'],
        protocol=protocol,
        variant=first['variant'],
        made_from=made_from(first['scored_files']),
        own_rules=own_rules(first['scored_files']),
        gamma=sorted({float(record['gamma']) for record in group}),
        runs=len(group),
        mean=[_over_runs(values, mean) for values in columns],
        std=[_over_runs(values, stdev) for values in columns])


def _distinct(group: list[Record]) -> list[Record]:
    """Drop what repeats the seed and all scores of another record.

    One without the vanilla score repeats one that has it.
    """
    runs: dict[tuple, Record] = {}
    for record in group:
        runs.setdefault((record['seed'], *score_values(record)), record)
    fuller = {key[:-1] for key in runs if key[-1] is not None}
    return [record for key, record in runs.items()
            if key[-1] is not None or key[:-1] not in fuller]


def _check_seeds(group: list[Record]) -> None:
    """The same run twice would pass for less deviation."""
    by_seed: dict[int | None, list[Record]] = {}
    for record in group:
        by_seed.setdefault(record['seed'], []).append(record)
    for seed, runs in by_seed.items():
        if len(runs) > 1:
            first = runs[0]
            raise RepeatedSeed(
                f'{len(runs)} records of {first["method"]!r} on '
                f'split {first["split"]!r} (supervision '
                f'{first["supervision"]!r}) have seed {seed} and unlike '
                'scores; keep one of each seed', runs)


def _over_runs(values: Sequence[float | None],
               function: Callable) -> float | None:
    """Apply a statistic; None where a run has no score or runs are few."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or (function is stdev and len(known) < 2):
        return None
    return function(known)
