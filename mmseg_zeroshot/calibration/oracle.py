"""Config lines that label results as an oracle's."""
from __future__ import annotations

from pprint import pformat

from mmengine.config import Config

from mmseg_zeroshot.utils.typing_utils import ConfigValue


def oracle_lines(cfg: Config) -> str:
    """Return config lines that label the run's results as an oracle's.

    Args:
        cfg: With ``ZeroShotResultsHook`` among its default or custom hooks;
            there are no lines without it.
    """
    lines = ''
    for key, hook in (cfg.get('default_hooks') or {}).items():
        if _is_results_hook(hook):
            lines += (f'default_hooks = dict({key}=dict('
                      "supervision='oracle'))\n")
    custom = cfg.get('custom_hooks') or []
    if any(map(_is_results_hook, custom)):
        # A list in a config replaces the inherited one, so it is written out.
        hooks = [
            {**hook.to_dict(), **(
                {'supervision': 'oracle'} if _is_results_hook(hook) else {})}
            for hook in custom]
        lines += 'custom_hooks = ' + pformat(hooks, sort_dicts=False) + '\n'
    return lines


def _is_results_hook(hook: ConfigValue) -> bool:
    kind = hook.get('type') if isinstance(hook, dict) else None
    name = getattr(kind, '__name__', str(kind))
    return name.split('.')[-1] == 'ZeroShotResultsHook'
