"""Curves out of results records and gamma curves."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

from mmseg_zeroshot.results.record import Record, score_values
from mmseg_zeroshot.results.summaries import RepeatedSeed
from mmseg_zeroshot.utils.reading import read_json
from mmseg_zeroshot.utils.tables import score_headings

from .curves import Curve

_NAMING: tuple[Literal[
    'method', 'dataset', 'split', 'supervision', 'absent', 'background',
    'embeddings'], ...] = (
    'method', 'dataset', 'split', 'supervision', 'absent', 'background',
    'embeddings')
_GAMMA_SCORES = ('seen mIoU', 'unseen mIoU', 'hIoU')


def record_curves(records: Sequence[Record], x: str,
                  scores: Sequence[str]) -> dict[str, Curve]:
    """Sort runs into curves over one of their parameters.

    Runs that lack the parameter are left out, so that curves of few-label
    and zero-label runs can be drawn from the same folder. A curve is named
    after what its runs have in common and others have not.

    Args:
        records: Entries of results files.
        x: A key of the records' ``variant``, such as ``'n'``, or ``'gamma'``.
        scores: Of ``score_headings``, such as ``'hIoU'``.

    Returns:
        For each curve ``{x: values of its runs}``, for ``save_curves``.

    Raises:
        ValueError: no run has the parameter, or a score is unknown.
        RepeatedSeed: a run is there twice with unlike scores.
    """
    unknown = [score for score in scores if score not in score_headings()]
    if unknown:
        raise ValueError(f'no score {unknown[0]!r}; there are '
                         f'{", ".join(score_headings())}')
    given = [(record, value) for record in records
             if isinstance(value := _parameter(record, x), (int, float))]
    if not given:
        known = sorted({key for record in records
                        for key in record['variant']})
        raise ValueError(f'no run has a number {x!r}; there are '
                         f'{", ".join(["gamma", *known])}')
    names = _names([record for record, _ in given], x)
    curves: dict[str, dict[float, list[float | None]]] = {}
    found: dict[tuple, Record] = {}
    for (record, value), name in zip(given, names):
        run = (name, float(value), record['seed'])
        if run in found:
            _check_equal(found[run], record, x, value)
            continue
        found[run] = record
        values = dict(zip(score_headings(), score_values(record)))
        for score in scores:
            curve = ', '.join(filter(None, [
                name, score if len(scores) > 1 or not name else '']))
            curves.setdefault(curve, {}).setdefault(
                float(value), []).append(values[score])
    return curves  # type: ignore[return-value]


def gamma_curves(paths: Sequence[str | os.PathLike]) -> dict[str, Curve]:
    """Join the curves of several seeds, by ``mmseg-zeroshot calibrate``.

    Args:
        paths: ``gamma_curve.json`` files, of one split and role.

    Returns:
        Seen mIoU, unseen mIoU and hIoU over gamma, a value for each file.

    Raises:
        ValueError: a file is no such curve, or of another split or role than
            the first.
    """
    curves: dict[str, dict[float, list[float | None]]] = {
        score: {} for score in _GAMMA_SCORES}
    first: tuple | None = None
    for path in paths:
        try:
            content = read_json(path)
            # 0.1.0 called it a label.
            role = content['role' if 'role' in content else 'label']
            kind = (content['split'], role)
            rows = [(row['gamma'], row['seen']['mIoU'], row['unseen']['mIoU'],
                     row['hIoU']) for row in content['table']]
        except (ValueError, LookupError, TypeError) as error:
            raise ValueError(f'{path} is no gamma_curve.json of '
                             f'mmseg-zeroshot calibrate: {error!r}') from error
        first = first or kind
        if kind != first:
            raise ValueError(f'{path} is of split and role {kind}, the first '
                             f'file of {first}')
        for gamma, *values in rows:
            for score, value in zip(_GAMMA_SCORES, values):
                curves[score].setdefault(gamma, []).append(value)
    return curves  # type: ignore[return-value]


def _parameter(record: Record, x: str) -> str | int | float | None:
    return record['variant'].get(x, record['gamma'] if x == 'gamma' else None)


def _names(records: Sequence[Record], x: str) -> list[str]:
    """Name the runs by the fields in which they differ, seeds and x aside."""
    variants = sorted({key for record in records
                       for key in record['variant']} - {x})
    columns = [[str(record[key] or '') for record in records]
               for key in _NAMING]
    columns += [[f'{key}={record["variant"].get(key, "-")}'
                 for record in records] for key in variants]
    if x != 'gamma':
        columns.append(['calibrated' if record['gamma'] else ''
                        for record in records])
    kept: list[list[str]] = []
    for column in columns:
        # What tells no more runs apart, as a data set's split, is not said.
        if len(set(zip(*kept, column))) > len(set(zip(*kept)) or {()}):
            kept.append(column)
    if not kept:
        return [''] * len(records)
    return [', '.join(filter(None, cells)) for cells in zip(*kept)]


def _check_equal(record: Record, other: Record, x: str, value: float) -> None:
    if score_values(record) != score_values(other):
        raise RepeatedSeed(
            f'two runs of {record["method"]!r} with {x} = {value:g} have seed '
            f'{record["seed"]} and unlike scores', [record, other])
