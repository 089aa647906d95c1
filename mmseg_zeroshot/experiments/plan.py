"""The steps of an experiment, each made once, whoever asks for it."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from mmengine.config import Config

from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.typing_utils import ConfigType, ConfigValue

from .base_config import base_config
from .config_keys import find_missing, value_at
from .derivation import derive
from .experiment import Experiment
from .own_modules import modules_in_use
from .stages import shorter
from .stages.saving import frequent_checkpoints
from .step import REFERENCE, Step, folder_of, replace_texts, value_of

ITERATIONS = 1000
"""Length of a stage on a bank, unless the experiment says another."""
GAMMA = 'model.decode_head.gamma'
_HELD_OUT = 'held-out-'

RUNNER_KEYS = (
    'custom_imports', 'default_scope', 'model', 'train_dataloader',
    'val_dataloader', 'test_dataloader', 'val_evaluator', 'test_evaluator',
    'optim_wrapper', 'param_scheduler', 'train_cfg', 'val_cfg', 'test_cfg',
    'auto_scale_lr', 'default_hooks', 'custom_hooks', 'env_cfg', 'visualizer',
    'log_processor', 'log_level', 'load_from', 'resume', 'randomness',
    'tta_model', 'tta_pipeline', 'sync_bn', 'find_unused_parameters',
    'model_wrapper_cfg', 'compile', 'efficient_conv_bn_eval',
    'activation_checkpointing')
"""Keys of a config that MMEngine's runner or an mmseg tool reads."""
COMMAND_KEYS = ('feature_bank', 'pseudo_labels')
"""Keys that a command of this package reads."""


class Plan:
    """Collects steps, in the order of running.

    Args:
        experiment: The experiment.
        final: The plan whose values these steps choose, with validation
            classes held out; by default none.

    Attributes:
        steps: The steps by name.
        final: The plan that is tuned for, or this one.
    """

    def __init__(self, experiment: Experiment,
                 final: Plan | None = None) -> None:
        self.experiment = experiment
        self.final = final or self
        self.steps: dict[str, Step] = {}
        self._prefix = ''
        self._applied: set[str] = set()
        self._kept: dict[str, list[str]] = {}

    @cached_property
    def base(self) -> Config:
        """The config that every step starts from; see `base_config`."""
        return base_config(self.experiment)

    @cached_property
    def held_out(self) -> Plan:
        """The same steps, into this plan, with validation classes held out.

        Their names begin with ``held-out-``. What they choose is chosen once
        for all seeds, and their results are no rows of the table.

        Raises:
            ValueError: The split names no validation classes.
        """
        plan = Plan(self.experiment.held_out(), final=self)
        plan.steps, plan._prefix = self.steps, _HELD_OUT
        plan._kept = self._kept
        return plan

    def name(self, step: str) -> str:
        """Return the full name of a step.

        Args:
            step: Its name in the method.
        """
        return self._prefix + step

    def arguments(self, stage: str) -> ConfigType:
        """Return what the experiment says about a stage.

        Args:
            stage: The stage's name.
        """
        return dict(self.experiment.stages.get(stage, {}))

    def iterations(self, stage: str) -> int:
        """Return the length of a stage on a bank.

        Args:
            stage: The stage's name.
        """
        given = self.experiment.iterations
        if isinstance(given, Mapping):
            given = given.get(stage)
        return int(given or ITERATIONS)

    def train(self, step: str, config: Config, *, report: bool = True,
              seeded: bool = True, load: str = '') -> str:
        """Add a training.

        Args:
            step: Its name in the method.
            config: Its config.
            report: Whether its results are a row of the table.
            seeded: Whether it is run for each seed.
            load: Step whose checkpoint it starts from; by default the
                config's ``load_from`` says.

        Returns:
            The step's full name.
        """
        if load:
            config = derive(config, dict(load_from=f'{{{load}.checkpoint}}'))
        return self.add(step, 'train', config, report=report, seeded=seeded)

    def add(self, step: str, command: str, config: Config | None = None, *,
            load: str = '', arguments: Sequence[str] = (),
            seeded: bool = True, final: bool = False,
            report: bool = False) -> str:
        """Add a step, with what the experiment changes in its config.

        Args:
            step: Its name in the method.
            command: A subcommand of ``mmseg-zeroshot``.
            config: Its config.
            load: Step whose checkpoint it tests or reads.
            arguments: More arguments of the command.
            seeded: Whether it is run for each seed.
            final: Whether it is run after all seeds.
            report: Whether its results are a row of the table.

        Returns:
            The step's full name.

        Raises:
            ValueError: Another step has this name.
        """
        name = self.name(step)
        whole = None if config is None else self._whole(step, config)
        made = Step(
            name, command, whole,
            load=load, arguments=tuple(arguments),
            seeded=seeded and not self._prefix and not final, final=final,
            report=report and not self._prefix,
            modules=modules_in_use(self.experiment.imports,
                                   self.experiment.place, whole))
        if self.steps.setdefault(name, made) != made:
            raise ValueError(f'two different steps are called {name!r}')
        return name

    def calibrated(self, step: str, gamma: float | None = None) -> str:
        """Add the test of a trained step with gamma.

        Args:
            step: Name of the training.
            gamma: The factor; by default a step chooses it on the
                validation classes, from the same training without them.

        Returns:
            Name of the test.
        """
        value: ConfigValue = gamma
        if gamma is None:
            value = value_of(self.calibrate(step), GAMMA)
        config = Config(dict(self.steps[step].config or {}))
        config = derive(config, dict(
            model=dict(decode_head=dict(gamma=value)), load_from=None))
        return self.add(f'{step}-calibrated', 'test', config, load=step,
                        seeded=self.steps[step].seeded, report=True)

    def calibrate(self, step: str) -> str:
        """Add the choice of gamma for a method's last step.

        Args:
            step: Name of the training; its held-out twin is in the plan.

        Returns:
            Name of the step that chooses.
        """
        trial = self.steps[_HELD_OUT + step]
        return self.add(f'gamma-{step}', 'calibrate',
                        Config(dict(trial.config or {})), load=trial.name,
                        arguments=('--out', '{folder}'), seeded=False)

    def check_options(self) -> None:
        """Compare the options of all steps with the steps that there are.

        Raises:
            ValueError: No step has a place for a key.
        """
        for key in self.experiment.options.get('all', {}):
            if key in self._applied:
                continue
            missing = find_missing(self.base, key)
            raise ValueError(
                f'option {key!r}: no step of {", ".join(self.steps)} has a '
                'config with this key'
                + (f': {missing.part!r} is unknown.'
                   + hint(missing.part, missing.known) if missing else ''))

    def notes(self) -> list[str]:
        """Say which options of all steps leave some step as it is."""
        return [f'option {key!r} leaves {", ".join(dict.fromkeys(steps))} as '
                'it is, where an earlier step gives the value; write it under '
                "the step's name in the experiment's options to change that"
                for key, steps in self._kept.items()]

    def _fitting(self, step: str, config: Config) -> ConfigType:
        """Return the options of all steps that this config has a place for.

        A key of the plain network's config, such as one of its images, is
        meant where it is. Another one is new, and needs what is above it.
        What an earlier step leaves or chooses stays, such as gamma.
        """
        fitting = {
            key: value
            for key, value in self.experiment.options.get('all', {}).items()
            if find_missing(config, key) is None
            or (find_missing(self.base, key) and _may_be_new(config, key))}
        self._applied.update(fitting)
        for key in [key for key in fitting if _is_given(config, key)]:
            del fitting[key]
            self._kept.setdefault(key, []).append(self.name(step))
        return fitting

    def _whole(self, step: str, config: Config) -> ConfigType:
        """Apply what the experiment says, and leave out mere variables."""
        experiment = self.experiment
        iterations = experiment.iterations
        number = (iterations.get(step) if isinstance(iterations, Mapping)
                  else iterations)
        length = (config.get('train_cfg') or {}).get('max_iters')
        if number and length and number != length:
            config = derive(config, shorter(
                config, iterations=int(number)))
        # A copy: options of one step must not reach the config that others
        # share.
        config = derive(config, frequent_checkpoints(config))
        config.merge_from_dict(self._fitting(step, config))
        config.merge_from_dict(dict(experiment.options.get(step, {})))
        if experiment.imports:
            # Once: a test's config comes from that of its training.
            config.custom_imports.imports = [*dict.fromkeys(
                [*config.custom_imports.imports, *experiment.imports])]
        kept = {key: value for key, value in config.to_dict().items()
                if key in RUNNER_KEYS + COMMAND_KEYS}
        # What a step makes is no input of it.
        own = folder_of(self.name(step))
        return replace_texts(
            kept, lambda text: text.replace(own, '{folder}'))


def _is_given(config: Config, key: str) -> bool:
    """Whether an earlier step gives the value of a key."""
    value = value_at(config, key)
    return isinstance(value, str) and bool(REFERENCE.search(value))


def _may_be_new(config: Config, key: str) -> bool:
    """Whether a config has a place for a key that it lacks."""
    above, _, _ = key.rpartition('.')
    if not above:
        return key in RUNNER_KEYS + COMMAND_KEYS
    return find_missing(config, above) is None
