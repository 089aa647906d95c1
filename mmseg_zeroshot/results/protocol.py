"""What a run was scored on: classes, their groups and their pixels."""
from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from .record import Record

_ORDER = ('seen', 'unseen', 'ignored')


def protocol_of(record: Record) -> str | None:
    """Return what tells splits and label maps of one name apart.

    The same label maps have the same pixels of every class, also where one
    run, one folder of files and one confusion matrix were scored on them.

    Args:
        record: The record.

    Returns:
        The number of classes in each group, the pixels of all, and a digest
        of all classes with their groups and pixels, such as
        ``'5 seen, 1 unseen, 2 ignored, 31,203,214 pixels (3fa91c)'``; None
        where the record has no scores of single classes.
    """
    classes = sorted((row['class'], row['group'], row['pixels'])
                     for row in record['per_class'])
    if not classes:
        return None
    counts = Counter(group for _, group, _ in classes)
    pixels = sum(row[-1] for row in classes)
    groups = sorted(counts, key=lambda group: (
        _ORDER.index(group) if group in _ORDER else len(_ORDER), group))
    digest = hashlib.sha256(json.dumps(classes).encode()).hexdigest()
    numbers = ', '.join(f'{counts[group]} {group}' for group in groups)
    return f'{numbers}, {pixels:,} pixels ({digest[:6]})'


def protocols(records: Sequence[Record]) -> list[str | None]:
    """Return the protocol of each record.

    Args:
        records: Entries of results files.

    Returns:
        A protocol each, as of :func:`protocol_of`. A record without scores
        of single classes has that of the others on its split, if they agree.
    """
    own = [protocol_of(record) for record in records]
    known: dict[tuple, set[str]] = {}
    for record, protocol in zip(records, own):
        if protocol:
            known.setdefault(_place(record), set()).add(protocol)
    found = []
    for record, protocol in zip(records, own):
        others = known.get(_place(record), set())
        found.append(protocol or (
            next(iter(others)) if len(others) == 1 else None))
    return found


def _place(record: Record) -> tuple:
    return (record['dataset'], record['split'], record['background'],
            record['absent'])
