"""The methods: each is registered once, where its steps are made."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mmseg_zeroshot.semantics.names import hint

from ..plan import Plan

METHODS: dict[str, Method] = {}
"""Methods by the name that the command line takes."""


@dataclass(frozen=True)
class Method:
    """A zero-shot method as a graph of steps.

    Attributes:
        name: What the command line takes.
        title: Its name in tables.
        steps: Adds the method's steps to a plan, under a variant, and
            returns the name of the last training.
        summary: What it does, in a sentence.
        variants: Variants by name, each with a sentence; the first is the
            default.
        calibrated: Whether its head takes gamma.
        readme: Its page below ``configs``.
    """

    name: str
    title: str
    steps: Callable[[Plan, str], str]
    summary: str
    variants: Mapping[str, str] = field(default_factory=dict)
    calibrated: bool = True
    readme: str = ''

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
                    calibrated: bool = True,
                    readme: str = '') -> Callable:
    """Register the function that makes a method's steps.

    Args:
        name: What the command line takes.
        title: Its name in tables.
        summary: What it does, in a sentence.
        variants: Variants by name, the default first.
        calibrated: Whether its head takes gamma.
        readme: Its page below ``configs``.

    Returns:
        A decorator.

    Raises:
        ValueError: The name is taken.
    """

    def register(steps: Callable[[Plan, str], str]) -> Callable:
        if name in METHODS:
            raise ValueError(f'a method {name!r} is registered already')
        METHODS[name] = Method(name, title, steps, summary, variants or {},
                               calibrated, readme)
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

