"""The methods: each is registered once, where its steps are made."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.semantics.names import hint

METHODS: dict[str, Method] = {}
"""Methods by the name that the command line takes."""


@dataclass(frozen=True)
class Paper:
    """Where a method was published.

    Attributes:
        reference: As tables cite it, such as ``'Xian et al., CVPR 2019'``.
        title: Its title.
        url: Its address; empty where none is known.
    """

    reference: str
    title: str
    url: str = ''


@dataclass(frozen=True)
class Method:
    """A zero-shot method as a graph of steps.

    Attributes:
        name: What the command line takes.
        title: What pages and the model zoo call it.
        steps: Adds the method's steps to a plan, under a variant, and
            returns the name of the last training.
        summary: What it does, in a sentence.
        variants: Variants by name, each with a sentence.
        default_key: Key of the experiment that names the default variant;
            empty where the first is the default.
        calibrated: Whether its head takes gamma.
        page: Its page below ``configs``, such as ``'spnet/README.md'``; the
            page's folder holds its configs.
        paper: Where it was published.
        rows: What its rows in tables are called; brackets may follow, as in
            ``'SPNet (calibrated)'``.
        mode: How its paper leaves unseen classes out of the training:
            ``'ignore'`` their pixels, or ``'drop'`` images that hold any.
    """

    name: str
    title: str
    steps: Callable[[Plan, str], str]
    summary: str
    variants: Mapping[str, str] = field(default_factory=dict)
    default_key: str = ''
    calibrated: bool = True
    page: str = ''
    paper: Paper | None = None
    rows: Sequence[str] = ()
    mode: str = 'ignore'

    def add_to(self, plan: Plan, variant: str) -> None:
        """Add its steps, and the calibrated row where gamma can be chosen.

        Args:
            plan: Takes the steps.
            variant: As :meth:`canonical` returns it.
        """
        trained = self.steps(plan, variant)
        if not self.calibrated:
            return
        given = [gamma for name, gamma in plan.experiment.gamma.items()
                 if name in self._names(variant, plan.experiment)]
        if given and given[0] is not None:
            plan.calibrated(trained, given[0])
        elif not given and plan.experiment.can_hold_out:
            self.steps(plan.held_out, variant)
            plan.calibrated(trained)

    def canonical(self, variant: str, experiment: Experiment) -> str:
        """Return the one name that a variant has in an experiment's steps.

        Args:
            variant: One of ``variants``, or empty for the default.
            experiment: The experiment.

        Returns:
            The variant; empty for the default, also where that is named.
        """
        return '' if variant == self._default(experiment) else variant

    def _default(self, experiment: Experiment) -> str:
        if self.default_key:
            return getattr(experiment, self.default_key)
        return next(iter(self.variants), '')

    def _names(self, variant: str, experiment: Experiment) -> list[str]:
        """Return what an experiment may call a variant."""
        named = f'{self.name}:{variant or self._default(experiment)}'
        return [named] if variant else [self.name, named]


def register_method(name: str, title: str, summary: str, *,
                    variants: Mapping[str, str] | None = None,
                    default_key: str = '',
                    calibrated: bool = True, page: str = '',
                    paper: Paper | None = None,
                    rows: Sequence[str] = (),
                    mode: str = 'ignore') -> Callable:
    """Register the function that makes a method's steps.

    Args:
        name: What the command line takes.
        title: What pages and the model zoo call it.
        summary: What it does, in a sentence.
        variants: Variants by name, the default first.
        default_key: Key of the experiment that names the default variant.
        calibrated: Whether its head takes gamma.
        page: Its page below ``configs``.
        paper: Where it was published.
        rows: What its rows in tables are called; the title by default.
        mode: How its paper leaves unseen classes out of the training.

    Returns:
        A decorator.

    Raises:
        ValueError: The name is taken.
    """

    def register(steps: Callable[[Plan, str], str]) -> Callable:
        if name in METHODS:
            raise ValueError(f'a method {name!r} is registered already')
        METHODS[name] = Method(
            name=name, title=title, steps=steps, summary=summary,
            variants=variants or {}, default_key=default_key,
            calibrated=calibrated, page=page, paper=paper,
            rows=tuple(rows) or (title, ), mode=mode)
        return steps

    return register


def find_method(text: str) -> tuple[Method, str]:
    """Return a method and its variant.

    Args:
        text: Such as ``'spnet'`` or ``'zs3net:paper'``.

    Returns:
        The variant is empty where none is named; see
        :meth:`Method.canonical`.

    Raises:
        ValueError: The method or the variant is unknown.
    """
    name, _, variant = text.partition(':')
    if name not in METHODS:
        raise ValueError(f'unknown method {name!r}.' + hint(name, METHODS))
    method = METHODS[name]
    if variant and variant not in method.variants:
        known = (hint(variant, method.variants) if method.variants
                 else ' It has none')
        raise ValueError(f'method {name!r} has no variant {variant!r}.'
                         + known)
    return method, variant

