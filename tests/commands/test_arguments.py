"""Every command takes names and config keys in the same forms."""
import pytest

from mmseg_zeroshot.commands import (
    build_embeddings,
    build_feature_bank,
    calibrate,
    make_zero_shot_config,
    panels,
    predict,
    pseudo_label,
)

# Option, and the command's module and other arguments.
NAMES = [
    ('--classes', build_embeddings, '--source x --out x.npz'),
    ('--classes', panels, 'CONFIG CHECKPOINT'),
    ('--add-classes', predict, 'CONFIG CHECKPOINT photos'),
    ('--drop-classes', predict, 'CONFIG CHECKPOINT photos'),
    ('--unseen', make_zero_shot_config, 'CONFIG --method spnet'),
    ('--ignored', make_zero_shot_config,
     'CONFIG --method spnet --unseen sheep'),
]
FORMS = [
    ['cat,potted plant'], ['cat, potted plant'], ['cat "potted plant"'],
    ['cat', 'potted plant'], ['cat,', 'potted', 'plant,'], ['FILE'],
]
OPTIONS = [
    (calibrate, 'CONFIG CHECKPOINT'), (panels, 'CONFIG CHECKPOINT'),
    (predict, 'CONFIG CHECKPOINT photos'),
    (build_feature_bank, 'CONFIG CHECKPOINT'),
    (pseudo_label, 'CONFIG CHECKPOINT'),
]


def value(option, args):
    return getattr(args, option.strip('-').replace('-', '_'))


@pytest.mark.parametrize('form', FORMS)
@pytest.mark.parametrize('option, command, others', NAMES)
def test_names(option, command, others, form, tmp_path):
    (tmp_path / 'names.txt').write_text('cat\npotted plant\n')
    given = [text.replace('FILE', str(tmp_path / 'names.txt'))
             for text in form]
    args = command.parse_args([*others.split(), option, *given])
    assert value(option, args) == ['cat', 'potted plant']


@pytest.mark.parametrize('given, message', [
    ('cat,cat', 'duplicate class'), (' ', 'the list of names is empty'),
    ('"cat', 'a quote is not closed'), ('none.txt', 'no such file of names'),
])
@pytest.mark.parametrize('option, command, others', NAMES)
def test_errors_in_names(option, command, others, given, message, capsys):
    with pytest.raises(SystemExit) as error:
        command.parse_args([*others.split(), option, given])
    assert error.value.code == 2
    assert f'argument {option}: {message}' in capsys.readouterr().err


def test_renamed_classes(capsys):
    line = ['CONFIG', 'CHECKPOINT', 'photos', '--rename-classes']
    for form in (['cow=ox', 'potted plant=flower pot'],
                 ['cow=ox, potted plant=flower pot'],
                 ['cow=ox "potted plant=flower pot"']):
        assert predict.parse_args([*line, *form]).rename_classes == {
            'cow': 'ox', 'potted plant': 'flower pot'}
    for wrong in ('cow', 'cow=', '=ox', 'a=b=c'):
        with pytest.raises(SystemExit):
            predict.parse_args([*line, wrong])
        assert 'write OLD=NEW' in capsys.readouterr().err


@pytest.mark.parametrize('command, others', OPTIONS)
def test_config_options(command, others, capsys):
    line = others.split()
    assert command.parse_args(line).cfg_options == {}
    args = command.parse_args([
        *line, '--cfg-options', 'crop=(64, 64)', "a.name='SPNet, ours'",
        '--cfg-options', 'a.list=x,y'])
    assert args.cfg_options == {
        'crop': (64, 64), 'a.name': 'SPNet, ours', 'a.list': ['x', 'y']}
    with pytest.raises(SystemExit):
        command.parse_args([*line, '--cfg-options', 'gamma'])
    error = capsys.readouterr().err
    assert "KEY=VALUE, got 'gamma'" in error
    name = command.__name__.rpartition('.')[2].replace('_', '-')
    assert f'usage: mmseg-zeroshot {name} ' in error
