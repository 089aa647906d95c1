"""What a record says of files that were scored without a run."""
from __future__ import annotations

from typing import TypedDict

RUN, FILES = 'run', 'files'
"""What scores may come from: an evaluation of ours, or saved predictions."""


class ScoredFiles(TypedDict):
    """The files that the scores of a record were made from."""

    kind: str
    """What was read, such as ``'label maps'``."""
    images: int | None
    """How many; None for a confusion matrix, which does not say it."""
    predictions: str
    """SHA-256 over names and contents of the predictions' files."""
    truth: str | None
    """The same of the label maps; None without any."""
    resize: str | None
    """``'nearest'`` where predictions were resized; None where none was."""
    partial: bool
    """Whether images without a prediction were left out."""
    version: str
    """Version of this package that scored them."""


def made_from(files: ScoredFiles | None) -> str:
    """Return what scores were made from, :data:`RUN` or :data:`FILES`.

    Args:
        files: Of a record.
    """
    return RUN if files is None else FILES


def own_rules(files: ScoredFiles | None) -> str:
    """Return by which rules files were scored that runs are not scored by.

    Args:
        files: Of a record.

    Returns:
        Such as ``'partial'``; empty for the rules of runs. Only scores by
        equal rules may be ranked together.
    """
    if files is None:
        return ''
    rules = ['partial'] if files['partial'] else []
    if files['resize']:
        rules.append(f'predictions resized ({files["resize"]})')
    return ', '.join(rules)
