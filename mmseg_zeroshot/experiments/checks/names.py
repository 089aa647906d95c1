"""Names of steps, stages and methods that nothing of an experiment reads."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.methods import METHODS
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.semantics.names import hint

from .finding import Finding, Section
from .subject import text_of


class _Listening(Plan):
    """A plan that remembers which stages its experiment is asked about.

    Args:
        experiment: The experiment.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.asked: set[str] = set()

    def arguments(self, stage: str) -> dict:
        """Remember the stage."""
        self.asked.add(stage)
        return super().arguments(stage)

    def iterations(self, stage: str) -> int:
        """Remember the stage."""
        self.asked.add(stage)
        return super().iterations(stage)


def check_names(experiment: Experiment) -> Section:
    """Look for names that would change nothing, such as misspelt steps.

    They are compared with the steps of all registered methods, since an
    experiment may serve more of them than a run has.

    Args:
        experiment: The experiment.
    """
    plan, whole = _all_methods(experiment)
    steps = {*plan.steps, *(f'{name}-calibrated' for name in plan.steps),
             *(f'gamma-{name}' for name in plan.steps)}
    methods = {*METHODS, *(f'{name}:{variant}' for name, method
                           in METHODS.items() for variant in method.variants)}
    iterations = experiment.iterations
    given: list[tuple[str, Mapping, Iterable[str]]] = [
        ('options', experiment.options, {'all', *steps}),
        ('stages', experiment.stages, plan.asked),
        ('iterations', iterations if isinstance(iterations, Mapping) else {},
         steps | plan.asked),
        ('gamma', experiment.gamma, methods),
    ]
    findings = [finding for key, names, known in given
                for finding in _unknown(key, names, known, whole)]
    return Section('names', ', '.join(key for key, *_ in given), findings)


def _all_methods(experiment: Experiment) -> tuple[_Listening, bool]:
    """Plan every method, and say whether that was possible."""
    plan, whole = _Listening(experiment), True
    for method in METHODS.values():
        for variant in {method.canonical(name, experiment): None
                        for name in ('', *method.variants)}:
            try:
                method.steps(plan, variant)
            # Not every method fits every experiment; only those that are
            # asked for must, and they are planned elsewhere.
            except Exception:
                whole = False
    return plan, whole


def _unknown(key: str, names: Mapping, known: Iterable[str],
             whole: bool) -> Iterator[Finding]:
    for name, value in names.items():
        if name not in known:
            yield Finding(
                'error' if whole else 'warning', f'{key}[{name!r}]',
                f'nothing is called {name!r}, so this changes nothing',
                _mend(key, str(name), known), text_of(value))


def _mend(key: str, name: str, known: Iterable[str]) -> str:
    """Say what to write in the place of a name."""
    if key == 'options' and '.' in name:
        return "write it under 'all', or under the name of a step"
    # One order, whatever that of the set; an ellipsis keeps its dots.
    return hint(name, sorted(known)).strip().removesuffix('.')
