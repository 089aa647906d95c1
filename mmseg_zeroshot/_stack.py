"""The OpenMMLab stack below this package: checked once, at import.

Two families of distributions provide the import names `mmcv`, `mmengine` and
`mmseg`. They overwrite each other's files, so one of them is an extra of this
package and not a requirement, and both together are an error.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import runpy
import sys
import warnings
from collections.abc import Callable, Collection, Sequence
from importlib import metadata
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from ._imports import after_import

# Import name -> every distribution that installs it, our default first.
PROVIDERS = {
    'mmcv': ('onedl-mmcv', 'mmcv', 'mmcv-lite'),
    'mmengine': ('onedl-mmengine', 'mmengine', 'mmengine-lite'),
    'mmseg': ('onedl-mmsegmentation', 'mmsegmentation'),
}
STACK = ('torch', *PROVIDERS)
"""Import names of what only networks need."""
# What the continuation prints, twice, where a package of its own is missing.
NOISE = 'Could not import OneDL'
DATASETS = 'mmseg.datasets'
ENGINE = 'mmengine.runner'
INSTALL = "pip install 'mmseg-zeroshot[onedl]'"
UPSTREAM = "pip install 'mmseg-zeroshot[openmmlab]'"
PACKAGE = __package__


class MissingStack(ImportError):
    """Something that only networks need is not installed."""


def missing_modules(
        is_there: Callable[[str], bool] | None = None) -> list[str]:
    """Return which of `torch`, `mmcv`, `mmengine`, `mmseg` are not there."""
    if is_there is None:
        def is_there(name: str) -> bool:
            return importlib.util.find_spec(name) is not None
    return [name for name in STACK if not is_there(name)]


def installed_distributions() -> set[str]:
    """Return the providers in `PROVIDERS` that are installed."""
    found = set()
    for names in PROVIDERS.values():
        for name in names:
            try:
                metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
            found.add(name)
    return found


def overlapping_distributions(
        installed: Collection[str]) -> dict[str, list[str]]:
    """Return import names that more than one installed distribution owns."""
    owners = {
        module: [name for name in names if name in installed]
        for module, names in PROVIDERS.items()
    }
    return {m: names for m, names in owners.items() if len(names) > 1}


def check_overlaps(overlaps: dict[str, list[str]]) -> None:
    """Fail with the command that repairs a doubled installation.

    Args:
        overlaps: Import names with several owners
            (`overlapping_distributions`).

    Raises:
        ImportError: If two stacks are installed.
    """
    if overlaps:
        what = '; '.join(f'{module} comes from {" and ".join(names)}'
                         for module, names in overlaps.items())
        every = ' '.join(name for names in PROVIDERS.values()
                         for name in names)
        raise ImportError(
            'Two OpenMMLab stacks are installed and overwrite each other\'s '
            f'files: {what}. Remove both, then install one:\n'
            f'    pip uninstall -y {every}\n    {INSTALL}')


def missing_stack(used: str, missing: Sequence[str]) -> MissingStack:
    """Return the error of a network's part where the stack is missing.

    Args:
        used: What was touched, such as 'mmseg_zeroshot.models'.
        missing: Import names that are not there.
    """
    return MissingStack(
        f'{used} needs PyTorch and MMSegmentation, but {", ".join(missing)} '
        'cannot be imported. Words, splits and the scoring of files work '
        'without them; networks do not. Install the stack by an extra:\n'
        f'    {INSTALL}\nor, for upstream OpenMMLab:\n    {UPSTREAM}')


def refuse_pickles() -> None:
    """Tell torch never to unpickle, whoever calls it in this process.

    MMEngine unpickles a checkpoint that it cannot read otherwise, and so runs
    what the file says. Torch reads the variable at each loading, and child
    processes inherit it. The opposite one would make every loading an error.
    """
    os.environ['TORCH_FORCE_WEIGHTS_ONLY_LOAD'] = '1'
    after_import(ENGINE, _guard_engine)
    if os.environ.pop('TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD', None):
        warnings.warn(
            'mmseg-zeroshot ignores TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD: it '
            'never runs code from a checkpoint. Write the weights of an old '
            'file that you trust anew: mmseg-zeroshot convert-checkpoint',
            stacklevel=2)


def _guard_engine(engine: ModuleType) -> None:
    """Replace what MMEngine reads a checkpoint with, before anybody can.

    Reading weights alone is not enough: MMEngine admits `getattr`, by which
    a file reaches any function.
    """
    # Its import does it, also where that import is what imports MMEngine.
    importlib.import_module(f'{PACKAGE}.utils.checkpoints')


def prepare_stack() -> None:
    """Check the installation; called at import, so it imports nothing.

    Raises:
        ImportError: See `check_overlaps`; or MMEngine imports the package
            for a config, and the rest of the stack is missing.
    """
    check_overlaps(overlapping_distributions(installed_distributions()))
    refuse_pickles()
    missing = missing_modules()
    if missing and 'mmengine' in sys.modules:
        # A config would only hear that its types are in no registry.
        raise missing_stack('a config with types of mmseg_zeroshot', missing)
    if missing:
        # Words, splits and scores need none of it, so the import goes on.
        sys.meta_path.insert(0, _Explained())
        return
    # mmcv without compiled operators is what the extra installs, and nothing
    # here needs them: its advice to install another mmcv would mislead.
    warnings.filterwarnings(
        'ignore', message='Fail to import ``MultiScaleDeformableAttention``')
    if DATASETS not in sys.modules:
        sys.meta_path.insert(0, _WithoutNoise())


class _Explained(MetaPathFinder):
    """Says of our own modules what to install, where the stack is missing.

    No finder for the names of the stack itself: other packages ask whether
    these are there and must hear that they are not.
    """

    def find_spec(self, fullname: str, path: Sequence[str] | None,
                  target: ModuleType | None = None) -> ModuleSpec | None:
        """Find the module by the other finders; change what runs it."""
        if not fullname.startswith(f'{PACKAGE}.'):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_or_explain(module: ModuleType) -> None:
            try:
                run(module)
            except ModuleNotFoundError as error:
                if (error.name or '').split('.')[0] not in STACK:
                    raise
                raise missing_stack(fullname, missing_modules()) from error

        spec.loader.exec_module = run_or_explain  # type: ignore[method-assign]
        return spec


class _Filtered:
    """A text stream that leaves out the line `NOISE`, and nothing else.

    Args:
        stream: What the other texts go to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._left_out = False

    def write(self, text: str) -> int:
        """Write a text; print gives a line and its end one by one."""
        ends, self._left_out = self._left_out, text == NOISE
        if self._left_out or (ends and text == '\n'):
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  what the stream has
        return getattr(self._stream, name)


class _WithoutNoise(MetaPathFinder):
    """Leaves the line `NOISE` out while `DATASETS` is imported."""

    def find_spec(self, fullname: str, path: Sequence[str] | None,
                  target: ModuleType | None = None) -> ModuleSpec | None:
        """Find the module by the other finders; change what runs it."""
        if fullname != DATASETS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_filtered(module: ModuleType) -> None:
            with contextlib.redirect_stdout(_Filtered(sys.stdout)):
                run(module)

        spec.loader.exec_module = run_filtered  # type: ignore[method-assign]
        return spec


def mmseg_tool(name: str, root: Path | None = None) -> Path:
    """Return the path of one of mmseg's own command line tools.

    Args:
        name: File name, such as 'train.py'.
        root: Folder of the `mmseg` package. Defaults to the installed one.

    Raises:
        FileNotFoundError: If the installed mmseg ships no tools.
    """
    if root is None:
        import mmseg
        root = Path(mmseg.__file__).parent
    # In a wheel a copy, in an editable installation a link.
    path = root / '.mim' / 'tools' / name
    if path.is_file():
        return path
    raise FileNotFoundError(
        f'the installed mmseg ({root}) ships no tools/{name}: its '
        f'.mim/tools folder is missing. Reinstall it from a wheel: {INSTALL}')


def run_mmseg_tool(name: str, argv: Sequence[str] | None = None) -> int:
    """Run one of mmseg's own tools, unchanged.

    Args:
        name: File name, such as 'train.py'.
        argv: Its arguments; the process's by default.

    Returns:
        The exit code: 0; an error is the tool's own.
    """
    path = str(mmseg_tool(name))
    sys.argv[:] = [path, *(sys.argv[1:] if argv is None else argv)]
    runpy.run_path(path, run_name='__main__')
    return 0
