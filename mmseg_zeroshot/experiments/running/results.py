"""The records and the table of a run."""
from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmseg_zeroshot.results import markdown_table, read_records
from mmseg_zeroshot.utils import atomic_write

from .folders import RESULTS, is_done
from .references import RECORDS
from .tasks import Task

TABLE = 'results.md'


def finished_records(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Return the records of all finished steps that are rows of the table.

    Args:
        tasks: The tasks of a run.
    """
    return [record for task in tasks if task.step.report and is_done(task)
            for record in read_records(task.folder / RESULTS)]


def write_results(tasks: Sequence[Task],
                  work_dir: Path) -> list[dict[str, Any]]:
    """Write ``results.json`` and ``results.md`` of what is there.

    Args:
        tasks: The tasks of a run.
        work_dir: Where the files go.

    Returns:
        The records.
    """
    records = finished_records(tasks)
    with atomic_write(work_dir / RECORDS, 'w') as file:
        json.dump(records, file, indent=1, allow_nan=False)
    with atomic_write(work_dir / TABLE, 'w') as file:
        file.write(markdown_table(records) + '\n' if records else '')
    return records
