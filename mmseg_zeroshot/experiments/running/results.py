"""The records and the table of a run."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmseg_zeroshot.results import (
    Record,
    markdown_table,
    read_records,
    write_records,
)
from mmseg_zeroshot.utils import atomic_write

from .folders import RESULTS, is_done
from .references import RECORDS
from .tasks import Task

TABLE = 'results.md'


def finished_records(tasks: Sequence[Task]) -> list[Record]:
    """Return the records of all finished steps that are rows of the table.

    Args:
        tasks: The tasks of a run.
    """
    return [record for task in tasks if task.step.report and is_done(task)
            for record in read_records(task.folder / RESULTS)]


def write_results(tasks: Sequence[Task],
                  work_dir: Path) -> list[Record]:
    """Write ``results.json`` and ``results.md`` of what is there.

    Before a first row is finished, those of an earlier run stay.

    Args:
        tasks: The tasks of a run.
        work_dir: Where the files go.

    Returns:
        The records.
    """
    records = finished_records(tasks)
    if not records and (work_dir / RECORDS).exists():
        return records
    write_records(work_dir / RECORDS, records)
    with atomic_write(work_dir / TABLE, 'w') as file:
        file.write(markdown_table(records) + '\n' if records else '')
    return records
