"""Lines in the log about how far something is."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from mmengine.logging import print_log

from .pace import Pace


def progress(items: Iterable, total: int, what: str) -> Iterator:
    """Pass items on while logging how many are done and the time left.

    Args:
        items: Where the items come from.
        total: How many there will be.
        what: Their name in the log.

    Yields:
        The items.
    """
    pace = Pace(total)
    for item in items:
        yield item
        if pace.step() and pace.done < total:
            print_log(f'{what}: {pace.done}/{total}, {pace.rate:.0f} per '
                      f'second, {pace.left:.0f} s left', 'current')
