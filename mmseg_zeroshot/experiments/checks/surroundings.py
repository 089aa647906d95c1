"""What is installed, and what the shell says."""
from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from mmseg_zeroshot._stack import (
    check_overlaps,
    installed_distributions,
    overlapping_distributions,
)
from mmseg_zeroshot.experiments.environment import check_environment

from .finding import Finding, Section
from .subject import Subject


def check_surroundings(subject: Subject,
                       environ: Mapping[str, str] | None = None) -> Section:
    """Look at the installation and the environment variables.

    Args:
        subject: What is checked.
        environ: Environment variables; the process's by default.
    """
    return Section('environment', 'installed packages, ZS_ variables',
                   [*_variables(environ), *_packages(), *_modules(subject)])


def _variables(environ: Mapping[str, str] | None) -> Iterator[Finding]:
    try:
        check_environment(environ)
    except ValueError as error:
        what, _, mend = str(error).partition('. ')
        yield Finding('error', 'environment variables', what, mend)


def _packages() -> Iterator[Finding]:
    try:
        check_overlaps(overlapping_distributions(installed_distributions()))
    except ImportError as error:
        what, _, mend = str(error).partition(':\n')
        yield Finding('error', 'installed packages', what, mend.strip())


def _modules(subject: Subject) -> Iterator[Finding]:
    """Import what the configs import, so that its types are found."""
    for steps, names in subject.parts('custom_imports', 'imports'):
        for name in names:
            try:
                importlib.import_module(name)
            # Anybody's module may raise anything.
            except Exception as error:
                yield Finding(
                    'error', subject.place(steps, 'custom_imports'),
                    f'{name!r} cannot be imported, '
                    f'{type(error).__name__}: {error}',
                    'install it, or name the file beside the experiment')
