"""Results records as tables for a terminal and for Markdown."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from mmseg_zeroshot.utils.tables import (
    markdown_rows,
    percent,
    score_headings,
    text_table,
)

from .record import Record
from .scored_files import RUN
from .summaries import Summary, summarize

_LAYOUTS = {
    'full': (('method', 'dataset', 'split', 'supervision'), score_headings()),
    'compact': (('method', 'split', 'supervision'),
                ['Seen mIoU', 'Unseen mIoU', 'Overall mIoU', 'hIoU'])
}
LAYOUTS = tuple(_LAYOUTS)
"""``'full'`` has every score; ``'compact'`` fits a page."""

_HEADINGS = dict(method='Method', dataset='Data set', split='Split',
                 supervision='Supervision')


def format_table(records: Sequence[Record], layout: str = 'full') -> str:
    """Return an aligned table for a terminal, mean ± std over seeds.

    Args:
        records: Entries of results files.
        layout: ``'full'`` or ``'compact'``.

    Returns:
        Lines without a trailing newline.
    """
    return text_table(_rows(records, layout), left=len(_LAYOUTS[layout][0]))


def markdown_table(records: Sequence[Record], layout: str = 'full') -> str:
    """Return a Markdown table, mean ± std over seeds.

    Args:
        records: Entries of results files.
        layout: ``'full'`` or ``'compact'``.

    Returns:
        Lines without a trailing newline.

    Raises:
        ValueError: the layout is unknown.
    """
    if layout not in _LAYOUTS:
        raise ValueError(f'layout must be one of {LAYOUTS}, got {layout!r}')
    return markdown_rows(_rows(records, layout),
                         left=len(_LAYOUTS[layout][0]))


def score_cells(summary: Summary, headings: Sequence[str]) -> list[str]:
    """Return some scores of a summary, as ``mean ± std``.

    Args:
        summary: Entry of :func:`summarize`.
        headings: Which, of ``score_headings``.
    """
    places = [score_headings().index(heading) for heading in headings]
    return [_cell(summary['mean'][i], summary['std'][i]) for i in places]


def gamma_cell(summary: Summary) -> str:
    """Return the gammas of a summary's runs, such as ``0.1-0.4``."""
    gammas = [f'{gamma:g}' for gamma in summary['gamma']]
    return '-'.join(dict.fromkeys((*gammas[:1], *gammas[-1:]))) or '-'


def variant_cell(variant: Mapping[str, str | int | float]) -> str:
    """Return a variant as text, such as ``n=5``; empty if there is none."""
    return ', '.join(f'{key}={value:g}' if isinstance(value, (int, float))
                     else f'{key}={value}'
                     for key, value in variant.items())


def extra_columns(summaries: Sequence[Summary]) -> dict[str, list[str]]:
    """Return the columns that only some tables need.

    Args:
        summaries: Rows of a table.

    Returns:
        Cells by heading: ``Variant`` where a row has one, ``Vectors`` (the
        class vectors' fingerprint) where rows are alike without it,
        ``Classes`` where rows of one split have unlike classes or pixels,
        and ``Scored from`` where a row's scores are those of files.
    """
    columns = {}
    variants = [variant_cell(summary['variant']) for summary in summaries]
    if any(variants):
        columns['Variant'] = variants
    names = [(s['dataset'], s['split'], s['supervision'], s['method'], variant,
              bool(any(s['gamma'])), s['background'], s['absent'],
             s['protocol'], s['made_from'], s['own_rules'])
             for s, variant in zip(summaries, variants)]
    if len(set(names)) < len(names):
        columns['Vectors'] = [(s['embeddings'] or '-')[:6] for s in summaries]
    places = [(s['dataset'], s['split'], s['background'], s['absent'])
              for s in summaries]
    known = {(*place, s['protocol']) for place, s in zip(places, summaries)}
    if len(known) > len(set(places)):
        columns['Classes'] = [s['protocol'] or '-' for s in summaries]
    if any(s['made_from'] != RUN for s in summaries):
        columns['Scored from'] = [
            ', '.join(filter(None, [s['made_from'], s['own_rules']]))
            for s in summaries]
    return columns


def _rows(records: Sequence[Record], layout: str) -> list[list[str]]:
    texts, headings = _LAYOUTS[layout]
    groups = summarize(records)
    extra = extra_columns(groups)
    rows = [[*(_HEADINGS[key] for key in texts), *extra, 'gamma', 'Seeds',
             *headings]]
    for row, group in enumerate(groups):
        rows.append([
            *(str(cast(Mapping, group)[key]) for key in texts),
            *(column[row] for column in extra.values()), gamma_cell(group),
            str(group['runs']), *score_cells(group, headings)
        ])
    return rows


def _cell(average: float | None, deviation: float | None) -> str:
    if deviation is None:
        return percent(average)
    return f'{percent(average)} ± {percent(deviation)}'
