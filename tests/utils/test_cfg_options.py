"""Values of --cfg-options: Python's literals, and MMEngine's own forms."""
import argparse

import pytest
from mmengine.config import Config, DictAction

from mmseg_zeroshot.utils.cfg_options import parse_options, parse_value


@pytest.mark.parametrize('text, value', [
    ('3', 3), ('-1e-3', -1e-3), ('None', None), ('True', True),
    ('(64, 64)', (64, 64)), ('(64,)', (64, )), ('()', ()),
    ('[[1, 2], [3]]', [[1, 2], [3]]), ('[(1, 2), None]', [(1, 2), None]),
    ('dict', 'dict'), ("{'type': 'SGD', 'lr': 0.1}",
                       dict(type='SGD', lr=.1)),
    ("'SPNet, with comma and blanks'", 'SPNet, with comma and blanks'),
    ('"3"', '3'), ("'a','b, c'", ['a', 'b, c']), ("['a, b', 'c']",
                                                  ['a, b', 'c']),
    ("[x, 'a, b']", ['x', 'a, b']), ('', ''),
    ('two words', 'two words'), ("don't, do", ["don't", 'do']),
    ('{step.value:KEY}', '{step.value:KEY}'), ('a=b', 'a=b'),
    ('/data/a b/(1).txt', '/data/a b/(1).txt'),
])
def test_values(text, value):
    found = parse_value(text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize('text', [
    '3', '0.5', '1e-3', 'true', 'False', 'None', 'text', 'a.b/c_1.pth',
    'a,b', '1,2', '[1,2]', '[a,b]', '(1,2)', '(a,b)', '[(1,2),[a,b],c]',
    '[[1,2],[3]]', '[]', '[true,None]', '1,a,', 'inf', '007',
])
def test_what_mmengine_takes_means_the_same(text):
    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    theirs = parser.parse_args(['--cfg-options', f'key={text}']).cfg_options
    ours = parse_options([f'key={text}'])
    assert ours == theirs and type(ours['key']) is type(theirs['key'])


def test_nested_keys_reach_a_config():
    config = Config(dict(model=dict(head=dict(gamma=0.), size=(1, 1)),
                         steps=[dict(a=1)]))
    config.merge_from_dict(parse_options([
        'model.head.gamma=0.4', 'model.size=(2, 3)', 'steps.0.a=2',
        "model.name='a, b'"]))
    assert config.model == dict(head=dict(gamma=.4), size=(2, 3),
                                name='a, b')
    assert type(config.model.size) is tuple
    assert config.steps == [dict(a=2)]


@pytest.mark.parametrize('text, message', [
    ('gamma', "KEY=VALUE, got 'gamma'"),
    ('=3', "'=3' names no config key"),
    ('model..x=3', 'names no config key'),
    ('model.=3', 'names no config key'),
    ('key=[1, 2', r"config key 'key': '\]' is missing"),
    ('key=(a, b', r"config key 'key': '\)' is missing"),
    ("key='SPNet", "config key 'key': a quote is not closed"),
])
def test_errors(text, message):
    with pytest.raises(ValueError, match=message):
        parse_options([text])
