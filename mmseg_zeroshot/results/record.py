"""The record of one evaluation: the schema of results files.

``ZeroShotResultsHook`` writes it and everything that shows results reads it.
Which keys there are, of which types, and what a record means that lacks one is
said here and nowhere else.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, cast

from mmseg_zeroshot.semantics.supervision import current_keys
from mmseg_zeroshot.utils.json_values import short
from mmseg_zeroshot.utils.scores import ClassScores, Scores
from mmseg_zeroshot.utils.tables import SCORE_COLUMNS
from mmseg_zeroshot.utils.typing_utils import JSONObject

from .scored_files import ScoredFiles

RESULTS_FILE = 'zero_shot_results.json'
"""The file that every evaluation leaves in its work dir."""

_LARGEST = 2**63
# The largest score; a mean may exceed 100 by its rounding.
_PERCENT = 100 + 1e-6

Variant = dict[str, str | int | float]
"""What sets a run apart from others of its method, by letter."""


class Record(TypedDict):
    """One evaluation of one run.

    A file may lack a key that has a default below, because an older version
    wrote it; a record that was read has every key. Runs differ in the seed
    only, and may be averaged, where all keys from ``method`` to
    ``embeddings``, the variant, and whether gamma is 0 agree.
    """

    method: str
    dataset: str
    """Default: empty."""
    split: str
    supervision: str
    """Name of what the run might see, such as ``'strict'``."""
    background: str | None
    """Group that the background is scored in. Default: None, not stated."""
    absent: str | None
    """``'skip'`` or ``'zero'``. Default: None, not stated."""
    embeddings: str | None
    """Fingerprint of the class vectors. Default: None, as without any."""
    seed: int | None
    """Default: None, not known."""
    checkpoint: str | None
    """Default: None, not known."""
    gamma: float
    """Calibration. Default: 0."""
    variant: Variant
    """What else sets the run apart, such as ``{'n': 5}``. Default: empty."""
    inductive: bool
    """Whether no unlabelled image took part. Default: True."""
    generalised: Scores
    vanilla: Scores | None
    """Unseen classes alone. Default: None, not computed."""
    vanilla_rule: str
    """Default: empty."""
    per_class: list[ClassScores]
    """Default: empty."""
    scored_files: ScoredFiles | None
    """What was scored, where that was files. Default: None, a run."""


def from_json(content: object, place: str) -> Record:
    """Check what a results file holds, and fill in what it lacks.

    Args:
        content: An entry of a results file, as ``json`` reads it.
        place: File and position of the entry, for messages.

    Returns:
        A record with all keys; keys that are not in the schema are left out.

    Raises:
        ValueError: A key is missing or of the wrong type; the message names
            place, key and value.
    """
    given = current_keys(_mapping(content, place, 'a results record'))
    for key in _REQUIRED:
        if key not in given:
            raise ValueError(
                f'{place} has no {key!r}; it must be what ZeroShotResultsHook '
                'writes')
    found = {}
    for key, (check, default) in _KEYS.items():
        value = given.get(key)
        if value is None and key not in _REQUIRED:
            found[key] = default()
        else:
            found[key] = check(value, f'{place}: {key!r}')
    return cast(Record, found)


def to_json(record: Record) -> JSONObject:
    """Return a record as a results file holds it, checked like one.

    Args:
        record: The record.

    Raises:
        ValueError: See :func:`from_json`.
    """
    return {**from_json(record, 'the record')}


def score_values(record: Record) -> list[float | None]:
    """Return the scores of a record in the papers' order.

    Args:
        record: The record.

    Returns:
        PA, MA and mIoU of seen, unseen and all classes, hIoU, and the
        vanilla mIoU of the unseen classes, in percent; None where undefined.
        They belong under ``score_headings``.
    """
    scores, vanilla = record['generalised'], record['vanilla']
    groups = cast(Mapping[str, Mapping[str, 'float | None']], scores)
    return [*(groups[group][key] for group, key in SCORE_COLUMNS),
            scores['hIoU'], vanilla and vanilla['unseen']['mIoU']]


def _mapping(value: object, place: str, what: str = 'an object') -> Mapping:
    if not isinstance(value, Mapping):
        raise _wrong(value, place, what)
    return value


def _wrong(value: object, place: str, what: str) -> ValueError:
    return ValueError(f'{place} is {short(value)} instead of {what}')


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(value, place, 'a text')
    return value


def _flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, place, 'true or false')
    return value


def _number(value: object, place: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong(value, place, 'a number')
    # JSON allows more digits than a float has room for; NaN is not below.
    if not abs(value) < _LARGEST:
        raise _wrong(value, place, 'a finite number')
    return value


def _whole(value: object, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(value, place, 'a whole number')
    return int(_number(value, place))


def _score(value: object, place: str) -> float | None:
    if value is None:
        return None
    if not 0 <= _number(value, place) <= _PERCENT:
        raise _wrong(value, place, 'a percentage')
    return cast(float, value)


def _variant(value: object, place: str) -> Variant:
    return {key: _letter(key, entry, f'{place}, {key!r}')
            for key, entry in _mapping(value, place).items()}


def _letter(key: str, value: object, place: str) -> str | int | float:
    """Check a value of a variant; n, which leaderboards sort by, is whole."""
    if key == 'n':
        return _whole(value, place)
    return value if isinstance(value, str) else _number(value, place)


def _scores(value: object, place: str) -> Scores:
    given = _mapping(value, place)
    groups: dict[str, dict[str, float | None]] = {}
    for group, key in SCORE_COLUMNS:
        scores = _mapping(_entry(given, group, place), f'{place}, {group!r}')
        groups.setdefault(group, {})[key] = _score(
            _entry(scores, key, f'{place}, {group!r}'),
            f'{place}, {group!r}, {key!r}')
    hiou = _score(_entry(given, 'hIoU', place), f"{place}, 'hIoU'")
    return cast(Scores, dict(groups, hIoU=hiou))


def _entry(given: Mapping, key: str, place: str) -> object:
    if key not in given:
        raise ValueError(f'{place} has no {key!r}')
    return given[key]


def _classes(value: object, place: str) -> list[ClassScores]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _wrong(value, place, 'a list')
    return [_class(row, f'{place}, entry {number}')
            for number, row in enumerate(value, 1)]


def _class(value: object, place: str) -> ClassScores:
    given = _mapping(value, place)
    row = {key: check(_entry(given, key, place), f'{place}, {key!r}')
           for key, check in _CLASS_KEYS.items()}
    row |= {key: check(given[key], f'{place}, {key!r}')
            for key, check in _UNSEEN_KEYS.items() if key in given}
    return cast(ClassScores, row)


def _scored_files(value: object, place: str) -> ScoredFiles:
    given = _mapping(value, place)
    found = {}
    for key, check in _FILES_KEYS.items():
        entry = _entry(given, key, place)
        optional = key in ('images', 'truth', 'resize')
        found[key] = None if optional and entry is None else check(
            entry, f'{place}, {key!r}')
    return cast(ScoredFiles, found)


_Check = Callable[[object, str], object]
_FILES_KEYS: dict[str, _Check] = dict(
    kind=_text, images=_whole, predictions=_text, truth=_text, resize=_text,
    partial=_flag, version=_text)
_CLASS_KEYS: dict[str, _Check] = {
    'class': _text, 'group': _text, 'IoU': _score, 'accuracy': _score,
    'pixels': _whole}
_UNSEEN_KEYS: dict[str, _Check] = dict(vanilla_IoU=_score, regions=_whole)


def _nothing() -> None:
    """The default of what need not be known."""


# In the order of a file: how a key is checked and what it is by default.
_KEYS: dict[str, tuple[_Check, Callable[[], object]]] = dict(
    method=(_text, _nothing),
    dataset=(_text, str),
    split=(_text, _nothing),
    supervision=(_text, _nothing),
    background=(_text, _nothing),
    absent=(_text, _nothing),
    embeddings=(_text, _nothing),
    seed=(_whole, _nothing),
    checkpoint=(_text, _nothing),
    gamma=(_number, float),
    variant=(_variant, dict),
    inductive=(_flag, lambda: True),
    generalised=(_scores, _nothing),
    vanilla=(_scores, _nothing),
    vanilla_rule=(_text, str),
    per_class=(_classes, list),
    scored_files=(_scored_files, _nothing))
_REQUIRED = ('method', 'split', 'supervision', 'generalised')
