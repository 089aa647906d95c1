"""Records, table and pictures of classification experiments."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.cells import markdown_text
from mmseg_zeroshot.utils.tables import markdown_rows, percent
from mmseg_zeroshot.utils.typing_utils import JSONObject
from mmseg_zeroshot.visualization import save_curves

from .experiment import METHODS, ClassificationRecord, Curve

COLUMNS = (('ZSL', 'zsl', None), ('Seen', 'gzsl', 'seen'),
           ('Unseen', 'gzsl', 'unseen'), ('H', 'gzsl', 'harmonic'),
           ('gamma', 'calibrated', 'gamma'), ('Seen', 'calibrated', 'seen'),
           ('Unseen', 'calibrated', 'unseen'),
           ('H', 'calibrated', 'harmonic'))


def summary(records: Sequence[ClassificationRecord]) -> list[list[str]]:
    """Return the rows of the table: mean ± sample standard deviation.

    Args:
        records: One for each method and seed.

    Returns:
        The header and a row for each method.
    """
    rows = [['Method', 'Seeds', 'ZSL', 'Seen', 'Unseen', 'H', 'gamma',
             'Seen, calibrated', 'Unseen, calibrated', 'H, calibrated']]
    for method in dict.fromkeys(record['method'] for record in records):
        group: list[JSONObject] = [
            {**r} for r in records if r['method'] == method]
        rows.append([method, str(len(group)), *(
            _cell([r[key] if part is None else r[key][part] for r in group],
                  part) for _, key, part in COLUMNS)])
    return rows


def _cell(values: list[float], part: str | None) -> str:
    text = (lambda value: f'{value:.2f}') if part == 'gamma' else percent
    if len(values) < 2:
        return text(values[0])
    return f'{text(mean(values))} ± {text(stdev(values))}'


def write_outputs(folder: Path, name: str,
                  records: Sequence[ClassificationRecord],
                  curves: Mapping[str, Sequence[Curve]]) -> None:
    """Write the records, the table and the pictures.

    Args:
        folder: Where to.
        name: Name of the data.
        records: One for each method and seed.
        curves: For each method the validation curves of its seeds.
    """
    with atomic_write(folder / 'results.json', 'w') as file:
        json.dump(list(records), file, indent=1, allow_nan=False)
    with atomic_write(folder / 'results.md', 'w') as file:
        file.write(f'{markdown_text(name)}: top-1 per class in percent, '
                   'supervision strict\n\n'
                   f'{markdown_rows(summary(records), left=1)}\n')
    for loss, tables in curves.items():
        save_curves(
            folder / f'{loss}_gamma.png',
            {part: {row['gamma']: [table[i][part] for table in tables]
                    for i, row in enumerate(tables[0])}
             for part in ('seen', 'unseen', 'harmonic')},
            xlabel='gamma', ylabel='top-1 per class (%)',
            title=f'{METHODS[loss]} on {name}, validation classes')
