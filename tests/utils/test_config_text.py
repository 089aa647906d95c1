"""Config values as text."""
import pytest

from mmseg_zeroshot.utils.config_text import Name, assignment, comment


def test_short_values_stay_on_a_line():
    assert assignment('a', dict(type='X', b=(1, ), c=[], d=None)) == (
        "a = dict(type='X', b=(1, ), c=[], d=None)\n")


def test_long_values_are_broken_as_mmseg_breaks_them():
    value = dict(type='FCNHead', norm_cfg=dict(type='BN'), channels=[1, 2],
                 loss_decode=dict(type='CrossEntropyLoss', weight=1.5))
    assert assignment('decode_head', value) == (
        'decode_head = dict(\n'
        "    type='FCNHead',\n"
        "    norm_cfg=dict(type='BN'),\n"
        '    channels=[1, 2],\n'
        "    loss_decode=dict(type='CrossEntropyLoss', weight=1.5))\n")


def test_lists_end_on_their_own_line_and_names_fill_theirs():
    steps = assignment('steps', [dict(type='A' * 40), dict(type='B' * 40)])
    assert steps.splitlines() == [
        'steps = [', f"    dict(type='{'A' * 40}'),",
        f"    dict(type='{'B' * 40}')", ']']
    names = assignment('names', [f'class {i}' for i in range(30)])
    assert max(map(len, names.splitlines())) <= 79
    assert len(names.splitlines()) < 10


def test_closing_brackets_fit_too():
    inner = dict(type='PascalVOCDataset', ann_file='x' * 24)
    text = assignment('a', dict(b=dict(c=dict(d=[1], dataset=inner))))
    assert max(map(len, text.splitlines())) <= 79


@pytest.mark.parametrize('value', [
    {'a.b': 1, 'class': 2}, dict(x=float('inf'), y=-1.5e-6, z=True),
    [(1, 2), ('a', )], dict(a=dict(b=dict(c=['it\'s "long"' * 9]))),
    dict(x=[dict(type='Resize', scale=(2048, 512), keep_ratio=True)] * 3),
    [['a' * 60, 'b' * 60], []], ()])
def test_text_means_the_value(value):
    scope: dict = {}
    exec(assignment('value', value), scope)
    assert scope['value'] == value


def test_names_refer_to_other_variables():
    text = assignment('a', dict(split=Name('split'), to=Name('n + 1')))
    assert text == 'a = dict(split=split, to=n + 1)\n'


def test_what_cannot_be_written_is_named():
    with pytest.raises(ValueError, match=r'model\.heads\[1\]\.type is a type'):
        assignment('model', dict(heads=[{}, dict(type=dict)]))


def test_comments_are_wrapped():
    lines = comment('word ' * 40).splitlines()
    assert len(lines) == 3 and max(map(len, lines)) <= 79
    assert all(line.startswith('# word') for line in lines)
