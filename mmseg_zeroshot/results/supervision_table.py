"""What every supervision means and permits, as tables for Markdown pages."""
from __future__ import annotations

from collections.abc import Sequence

from mmseg_zeroshot.semantics.supervision import (
    DEFAULT,
    SUPERVISIONS,
    Supervision,
)
from mmseg_zeroshot.utils.tables import markdown_rows

COLUMNS = ('meaning', 'permits')
"""Which tables there are."""
_PERMITS = {
    'true_layouts': 'True layouts',
    'unseen_masks': 'Unseen masks',
    'few_labels': 'Few labels',
    'unlabelled_images': 'Unlabelled images',
    'chooses_by_unseen': 'Choice by unseen scores',
}


def supervision_table(words: Sequence[str]) -> str:
    """Return a Markdown table with a row for every supervision.

    Args:
        words: ``'meaning'``, what was used, or ``'permits'``, what training
            may show, and whose checkpoints it may start from.

    Raises:
        ValueError: The words name neither table.
    """
    if list(words) == ['meaning']:
        rows = [['Supervision', 'What was used']]
        rows += [[_name(entry), entry.meaning]
                 for entry in SUPERVISIONS.values()]
        return markdown_rows(rows, left=2)
    if list(words) == ['permits']:
        rows = [['Supervision', *_PERMITS.values(), 'Starts from']]
        rows += [[_name(entry), *_answers(entry), _loads(entry)]
                 for entry in SUPERVISIONS.values()]
        return markdown_rows(rows, left=len(rows[0]))
    raise ValueError(f'name one table, one of {COLUMNS}')


def _name(entry: Supervision) -> str:
    default = ' (default)' if entry.name == DEFAULT else ''
    return f'`{entry.name}`{default}'


def _answers(entry: Supervision) -> list[str]:
    return ['yes' if getattr(entry, answer) else '-' for answer in _PERMITS]


def _loads(entry: Supervision) -> str:
    if entry.loads is None:
        return 'any'
    return ', '.join(f'`{name}`' for name in entry.loads)
