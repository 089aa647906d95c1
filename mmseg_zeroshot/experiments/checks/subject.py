"""What is checked: an experiment, its steps, and what a run will have."""
from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.step import REFERENCE, Step, replace_texts
from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.utils.json_values import short
from mmseg_zeroshot.utils.typing_utils import ConfigType, ConfigValue


@dataclass(frozen=True)
class Resources:
    """What the machine has left.

    Attributes:
        disk: Free bytes where the work dir is or will be.
        memory: Free bytes of main memory; None if nobody can say.
    """

    disk: int
    memory: int | None

    @classmethod
    def measure(cls, work_dir: Path) -> Resources:
        """Look at this machine.

        Args:
            work_dir: The folder of the run, which need not exist.
        """
        place = work_dir.absolute()
        while not place.exists():
            place = place.parent
        return cls(shutil.disk_usage(place).free, free_memory())


def free_memory() -> int | None:
    """Return the bytes that programs can still have, caches included.

    Returns:
        None where the system does not say so, as outside Linux.
    """
    try:
        text = Path('/proc/meminfo').read_text('utf-8')
    except OSError:
        return None
    found = re.search(r'^MemAvailable:\s+(\d+) kB', text, re.MULTILINE)
    return 1024 * int(found[1]) if found else None


@dataclass(frozen=True)
class Subject:
    """What all checks look at.

    Attributes:
        experiment: The experiment.
        steps: The steps by name, in the order of running.
        seeds: Seeds of the run.
        work_dir: Folder of the run.
        resources: What the machine has left.
        all_masks: Whether all masks are read, and not a sample.
        done: Names of steps that have nothing left to do.
    """

    experiment: Experiment
    steps: Mapping[str, Step]
    seeds: Sequence[int]
    work_dir: Path
    resources: Resources
    all_masks: bool = False
    done: Collection[str] = field(default_factory=tuple)

    @cached_property
    def split(self) -> ClassSplit:
        """The experiment's split."""
        return self.experiment.classes

    @cached_property
    def configs(self) -> dict[str, ConfigType]:
        """The configs of the steps that have one, ready to be built.

        A value that an earlier step will choose is 0, as gamma is by default.
        """
        def fill(text: str) -> ConfigValue:
            if text == '{seed}':
                return self.seeds[0] if self.seeds else 0
            found = REFERENCE.fullmatch(text)
            return 0.0 if found and found[2].startswith('value:') else text

        return {name: replace_texts(dict(step.config), fill)
                for name, step in self.steps.items()
                if step.config is not None}

    def parts(self, *keys: str) -> Iterator[
            tuple[tuple[str, ...], ConfigValue]]:
        """Yield each different value at a config key, with its steps.

        Args:
            keys: The key, level by level, such as ``'model'``,
                ``'decode_head'``. Configs without it are left out.
        """
        found: dict[str, tuple[list[str], ConfigValue]] = {}
        for name, config in self.configs.items():
            value = at(config, keys)
            if value is not None:
                found.setdefault(repr(value), ([], value))[0].append(name)
        for names, value in found.values():
            yield tuple(names), value

    def runs_of(self, step: str) -> int:
        """Return how often a step will run: once, or for each seed.

        Args:
            step: Its name.
        """
        if step in self.done:
            return 0
        return len(self.seeds) if self.steps[step].seeded else 1

    def place(self, steps: Sequence[str], key: str) -> str:
        """Return a config key of steps as text, or what sets it in the file.

        Args:
            steps: Names of the steps.
            key: The key in their configs.
        """
        options = self.experiment.options
        # A held-out step takes the options of the step that it tunes for.
        names = [name.removeprefix('held-out-') for name in steps]
        for name in ('all', *names):
            for given in options.get(name, ()):
                if given == key or key.startswith(f'{given}.'):
                    return f"options['{name}']['{given}'] in {_of(steps)}"
        return f'{key} in {_of(steps)}'


def at(config: ConfigValue, keys: Sequence[str]) -> ConfigValue:
    """Return the value at a nested key, None if there is none.

    Args:
        config: Nested dicts.
        keys: Level by level.
    """
    for key in keys:
        if not isinstance(config, Mapping):
            return None
        config = config.get(key)
    return config


def number_at(config: ConfigValue, keys: Sequence[str], default: int) -> int:
    """Return the whole number at a nested key.

    Args:
        config: Nested dicts.
        keys: Level by level.
        default: What counts where there is no whole number; that it is
            wrong, who builds the part says.
    """
    value = at(config, keys)
    return (value if isinstance(value, int) and not isinstance(value, bool)
            else default)


def data_split(dataset: ConfigValue) -> ClassSplit | None:
    """Return the split of a data set's config, None if it has none.

    Args:
        dataset: Config of a data set.
    """
    given = at(dataset, ['split'])
    return None if given is None else build_split(given)


def text_of(value: object) -> str:
    """Return a config value for a finding.

    Args:
        value: Anything.
    """
    return '' if value is None else short(value)


def _of(steps: Sequence[str]) -> str:
    listed = ', '.join(steps[:3]) + (', ...' if steps[3:] else '')
    return f'step {listed}' if len(steps) == 1 else f'steps {listed}'
