"""The environment variables that configs read, and no others."""
from __future__ import annotations

import os
from collections.abc import Mapping

from mmseg_zeroshot.semantics.names import nearest

PREFIX = 'ZS_'
KNOWN = ('ZS_SPLIT', 'ZS_RECIPE')
"""Which split of a paper's list, and which training variant of ZS3Net."""


def check_environment(environ: Mapping[str, str] | None = None) -> None:
    """Refuse variables that look like ours and that nothing reads.

    A misspelt variable would train the default without a word.

    Args:
        environ: Environment variables; the process's by default.

    Raises:
        ValueError: A variable starts with ``ZS_`` and is unknown.
    """
    given = os.environ if environ is None else environ
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in KNOWN:
            raise ValueError(
                f'unknown variable {name}; known: {", ".join(KNOWN)}'
                f'{_meant(name)}. Unset it: what a config changes beside '
                'these is given by --cfg-options KEY=VALUE')


def _meant(name: str) -> str:
    """Name the known variable that is nearest in spelling, if any is."""
    by_end = {known.removeprefix(PREFIX): known for known in KNOWN}
    end = name.removeprefix(PREFIX)
    near = nearest(end, by_end, count=1) if end.isalpha() else []
    return f'; did you mean {by_end[near[0]]}?' if near else ''
