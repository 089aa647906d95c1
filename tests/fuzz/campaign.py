"""One input after the other, each in a folder as it was."""
from __future__ import annotations

import random
import resource
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from .damage import damaged
from .readers import READERS, Reader

SECONDS = 10.
"""That reading one small file may take."""
MEMORY = 512 << 10
"""KiB that it may add to the memory of the process."""


class Target:
    """A reader with its file.

    Args:
        name: Of the reader.
        folder: An empty folder for the file.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.reader = name, READERS[name]
        folder.mkdir(parents=True)
        self.path = self.reader.make(folder)
        self.right = self.path.read_bytes()

    def fault(self, seed: int) -> str:
        """Read one damaged file; return what is wrong with the outcome.

        Args:
            seed: Of the damage.

        Returns:
            Empty where the outcome is a value, or an error that is
            documented and names the file.
        """
        self.path.write_bytes(damaged(self.right, random.Random(seed)))
        start, before = time.monotonic(), _peak()
        fault = _fault(self.reader, self.path)
        if time.monotonic() - start > SECONDS:
            fault += f'\ntook {time.monotonic() - start:.0f} s'
        if _peak() - before > MEMORY:
            fault += f'\ntook {(_peak() - before) >> 10} MiB of memory'
        return fault and f'{self.name}, seed {seed}: {fault}'


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _fault(reader: Reader, path: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            reader.read(path)
    except (ValueError, OSError) as error:
        # Of a folder's readers, some name the folder.
        named = str(path.parent) in str(error)
        return '' if named else f'the file is not named: {error!r}'
    except Exception:
        return traceback.format_exc()
    return ''


def campaign(folder: Path, names: Sequence[str], seeds: Iterator[int],
             until: float) -> Iterator[str]:
    """Yield the faults of readers, which take turns.

    Args:
        folder: An empty folder.
        names: The readers.
        seeds: A seed for each turn.
        until: When to stop, of ``time.monotonic``.
    """
    targets = [Target(name, folder / str(number))
               for number, name in enumerate(names)]
    for seed in seeds:
        for target in targets:
            if time.monotonic() > until:
                return
            if fault := target.fault(seed):
                yield fault
