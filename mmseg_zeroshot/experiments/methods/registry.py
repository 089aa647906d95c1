"""The methods: each is registered once, where its steps are made."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
        variants: Variants by name, each with a sentence; the first is the
            default.
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
    calibrated: bool = True
    page: str = ''
    paper: Paper | None = None
    rows: Sequence[str] = ()
    mode: str = 'ignore'

    def add_to(self, plan: Plan, variant: str) -> None:
        """Add its steps, and the calibrated row where gamma can be chosen.

        Args:
            plan: Takes the steps.
            variant: One of ``variants``; empty for the default.
        """
        trained = self.steps(plan, variant)
        if not self.calibrated:
            return
        known = plan.experiment.gamma
        key = f'{self.name}:{variant}' if variant else self.name
        if key in known and known[key] is not None:
            plan.calibrated(trained, known[key])
        elif key not in known and plan.experiment.can_hold_out:
            self.steps(plan.held_out, variant)
            plan.calibrated(trained)


def register_method(name: str, title: str, summary: str, *,
                    variants: Mapping[str, str] | None = None,
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
            variants=variants or {}, calibrated=calibrated, page=page,
            paper=paper, rows=tuple(rows) or (title, ), mode=mode)
        return steps

    return register


def find_method(text: str) -> tuple[Method, str]:
    """Return a method and its variant.

    Args:
        text: Such as ``'spnet'`` or ``'zs3net:paper'``.

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
    default = next(iter(method.variants), '')
    return method, '' if variant == default else variant

