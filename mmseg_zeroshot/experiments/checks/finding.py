"""What a check finds, and the report of all checks."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mmseg_zeroshot.utils.tables import text_table

Severity = Literal['error', 'warning', 'info']
SEVERITIES: tuple[Severity, ...] = ('error', 'warning', 'info')
"""The most urgent first. An error would stop a run, or make it worthless."""

# Of masks, of networks, of images, of the time.
_NOTHING = re.compile('0 of|0 different|none|not known')


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        severity: ``'error'``, ``'warning'`` or ``'info'``.
        place: Where it is: a key of the experiment file, a config key of a
            step, or a file.
        value: The value at this place, as text; empty where it says nothing.
        what: What is wrong, a sentence without a full stop.
        mend: What to do about it, likewise; empty for an info.
    """

    severity: Severity
    place: str
    what: str
    mend: str = ''
    value: str = ''

    def __str__(self) -> str:
        """Return all of it as text."""
        return f'{self.severity}: {self.sentence}'

    @property
    def sentence(self) -> str:
        """All of it as text but how severe it is."""
        where = f'{self.place} = {self.value}' if self.value else self.place
        text = f'{where}: {self.what}.'
        return f'{text} {_sentence(self.mend)}' if self.mend else text


@dataclass(frozen=True)
class Section:
    """What one check looked at, and what it found.

    Attributes:
        name: What was looked at, such as ``'words'``.
        looked_at: How much of it, such as ``'3,131 images to train on'``.
        findings: What was found.
        seconds: How long it took.
    """

    name: str
    looked_at: str
    findings: Sequence[Finding] = ()
    seconds: float = 0.0

    def count(self, severity: Severity) -> int:
        """Return how many findings are so severe.

        Args:
            severity: Of the findings.
        """
        return sum(f.severity == severity for f in self.findings)

    @property
    def result(self) -> str:
        """The result in a few words.

        ``'ok'`` if nothing is to be mended, ``'not looked at'`` if that is
        because there was nothing to look at.
        """
        counts = [(self.count(severity), severity)
                  for severity in SEVERITIES[:2]]
        return ', '.join(f'{count} {name}{"s" if count > 1 else ""}'
                         for count, name in counts if count) or (
                             'not looked at' if _NOTHING.match(self.looked_at)
                             else 'ok')


@dataclass(frozen=True)
class Report:
    """All that was looked at before a run.

    Attributes:
        sections: One for each check, in the order of checking.
    """

    sections: Sequence[Section] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All findings, the most urgent first, else in order of checking."""
        found = [f for section in self.sections for f in section.findings]
        return sorted(found, key=lambda f: SEVERITIES.index(f.severity))

    @property
    def errors(self) -> list[Finding]:
        """The findings that would stop a run."""
        return [f for f in self.findings if f.severity == 'error']

    def raise_on_error(self) -> None:
        """Refuse to go on where something would fail.

        Raises:
            ValueError: There is an error. The message has the first.
        """
        errors = self.errors
        if errors:
            more = len(errors) - 1
            raise ValueError(
                errors[0].sentence
                + (f' ({more} more to mend)' if more else ''))

    def __str__(self) -> str:
        """Return the table, the first thing to mend, and the rest."""
        return '\n'.join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield text_table(
            [['checked', 'looked at', 'result'],
             *([s.name, s.looked_at, s.result] for s in self.sections)],
            left=3)
        found = self.findings
        urgent = bool(found) and found[0].severity != 'info'
        yield (f'\nMend first:\n  {found[0]}' if urgent
               else '\nNothing to mend.')
        rest = found[1:] if urgent else found
        if rest:
            yield '\nAlso:' if urgent else '\nTo know:'
            yield from (f'  {finding}' for finding in rest)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + '.'
