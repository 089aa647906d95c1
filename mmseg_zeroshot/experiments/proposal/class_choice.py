"""The class list of a folder, as a person gives it."""
from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.experiments.inspection import Layout, MaskReport
from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS
from mmseg_zeroshot.semantics.name_lists import parse_names

_FILE_OF_NAMES = re.compile(r'class|label|name', re.IGNORECASE)


def known_classes(given: Sequence[str]) -> str | list[str]:
    """Return the class list that a person names.

    Args:
        given: Class names, or the name of a shipped list alone.

    Returns:
        The name of a shipped list where the names are its, else the names.
    """
    if len(given) == 1 and given[0] in CLASS_LISTS:
        return given[0]
    for name, classes in CLASS_LISTS.items():
        if tuple(given) == classes:
            return name
    return list(given)


def no_classes(layout: Layout, report: MaskReport) -> ValueError:
    """Return the error of a folder whose classes are not named.

    Args:
        layout: Of the folder.
        report: Of its masks, read with all values allowed.
    """
    ids = report.ids
    number = max(ids, default=-1) + 1
    read = f'{report.read:,} of {report.total:,} masks'
    advice = [f'{read} hold {len(ids)} ids, {_runs(ids)}. Name the classes '
              f'in the order of the ids, {number} names: --classes sky, '
              'road, "traffic light", ... or --classes FILE with one a line']
    files = [path for path in sorted(layout.root.glob('*.txt'))
             if _FILE_OF_NAMES.search(path.stem) and _holds_names(path)]
    advice += [f'{path} names {len(parse_names(str(path)))}: '
               f'--classes {path}' for path in files]
    fitting = [f'{name} ({", ".join(classes[:3])}, ...)'
               for name, classes in CLASS_LISTS.items()
               if len(classes) == number]
    if fitting:
        advice.append(f'shipped lists of {number} names: '
                      f'{"; ".join(fitting)}: --classes NAME')
    return ValueError('the classes of the masks are not known. '
                      + '\n  '.join(advice))


def _holds_names(path: Path) -> bool:
    try:
        parse_names(str(path))
    except (ValueError, OSError):
        return False
    return True


def _runs(ids: Sequence[int]) -> str:
    """Return ascending ids as text, such as ``0-3, 7``."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ', '.join(f'{run[0]}-{run[-1]}' if len(run) > 1 else str(run[0])
                     for run in runs) or 'none'
