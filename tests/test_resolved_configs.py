"""No shipped config changes what it resolves to by accident."""
import json

import pytest

from . import resolved_configs as rc

BEFORE = json.loads(rc.FIXTURE.read_text())
COMMON = BEFORE.pop(rc.COMMON)


def test_every_config_is_held():
    assert sorted(BEFORE) == rc.leaves()


@pytest.mark.parametrize('leaf', rc.leaves())
def test_resolves_as_before(leaf):
    now, changed = rc.hashes(leaf), []
    for name, before in BEFORE[leaf].items():
        base = COMMON if name == rc.DEFAULT else now[rc.DEFAULT]
        found = rc.differences(now[name], base)
        changed += [f'{key} ({name})' for key in sorted(found | before)
                    if found.get(key) != before.get(key)]
    assert now.keys() == BEFORE[leaf].keys()
    assert not changed, (
        f'configs/{leaf} resolves to another config than before, in '
        f'{", ".join(changed)}. If that is meant, write the fixture anew: '
        'python -m tests.resolved_configs')
