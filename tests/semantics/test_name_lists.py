"""One way to write lists of names."""
import pytest

from mmseg_zeroshot.semantics.name_lists import (
    GivenNames,
    names_among,
    parse_names,
    read_names,
)


@pytest.mark.parametrize('given, names', [
    ('cat', ['cat']),
    ('cat,dog', ['cat', 'dog']),
    ('cat dog', ['cat', 'dog']),
    (' cat ,  dog, ', ['cat', 'dog']),
    ('cat\ndog', ['cat', 'dog']),
    ('cat, potted plant, dog', ['cat', 'potted plant', 'dog']),
    ('"potted plant" cat', ['potted plant', 'cat']),
    ("cat 'potted plant'", ['cat', 'potted plant']),
    ('"sky, clouds",cat', ['sky, clouds', 'cat']),
    ('"potted plant"', ['potted plant']),
    ("driver's_seat dog", ["driver's_seat", 'dog']),
    ("driver's seat, dog", ["driver's seat", 'dog']),
    # As a shell hands them over.
    (['cat', 'dog'], ['cat', 'dog']),
    (['cat', 'potted plant'], ['cat', 'potted plant']),
    (['cat,dog', 'cow'], ['cat', 'dog', 'cow']),
    (['cat,', 'potted', 'plant,', 'dog'], ['cat', 'potted plant', 'dog']),
    (['cat', '"potted plant"'], ['cat', 'potted plant']),
    (['cat dog'], ['cat', 'dog']),
    # A name with a slash is no path.
    (['door/window', 'wall'], ['door/window', 'wall']),
])
def test_forms(given, names):
    assert parse_names(given) == names


@pytest.mark.parametrize('given, names', [
    (['traffic light'], ['traffic light']),
    ('Traffic Light', ['Traffic Light']),
    (['traffic light', 'car'], ['traffic light', 'car']),
    (['car traffic'], ['car', 'traffic']),
    (['sky, clouds'], ['sky, clouds']),
    (['car', 'sky, clouds'], ['car', 'sky, clouds']),
    (['car,', 'traffic', 'light'], ['car', 'traffic light']),
])
def test_a_text_that_is_a_known_name_is_not_split(given, names):
    known = ['car', 'traffic light', 'sky, clouds']
    assert parse_names(given, known) == names
    assert names_among(GivenNames(given), known) == names


def test_names_that_were_not_given_as_text_stay():
    assert names_among(('traffic', 'light'), ['traffic light']) == [
        'traffic', 'light']


@pytest.mark.parametrize('given', ['', '  ', ',', [], ['', ' ']])
def test_no_names(given):
    with pytest.raises(ValueError, match='the list of names is empty'):
        parse_names(given)


@pytest.mark.parametrize('given', [
    'cat,dog,cat', 'tv tvmonitor', ['potted plant', 'pottedplant']])
def test_a_class_twice(given):
    with pytest.raises(ValueError, match='duplicate class in the list of'):
        parse_names(given)


@pytest.mark.parametrize('given', [
    '"potted plant', 'cat, "potted plant', "cat 'dog", ['"cat', 'dog']])
def test_unclosed_quotes(given):
    with pytest.raises(ValueError, match='a quote is not closed'):
        parse_names(given)


@pytest.fixture
def written(tmp_path):
    def write(text: str, name: str = 'classes.txt') -> str:
        (tmp_path / name).write_bytes(text.encode())
        return str(tmp_path / name)
    return write


@pytest.mark.parametrize('text, names', [
    ('cat\npotted plant\n', ['cat', 'potted plant']),
    ('# mine\ncat\n\ndog  # a comment\r\n', ['cat', 'dog']),
    ('\ufeffcat\ndog\n', ['cat', 'dog']),
    ('0 background\n1 potted plant\n', ['background', 'potted plant']),
    ('0: background\n1: cat\n', ['background', 'cat']),
    ('background 0\npotted plant\t1\n', ['background', 'potted plant']),
    # Numbers that belong to the names.
    ('lane 1\nlane 2\n', ['lane 1', 'lane 2']),
    ('0 cat\ndog\n', ['0 cat', 'dog']),
])
def test_files(written, text, names):
    path = written(text)
    assert read_names(path) == names
    assert parse_names(path) == names
    assert parse_names([path, 'zebra']) == [*names, 'zebra']


def test_a_file_by_its_path_s_start(written, monkeypatch, tmp_path):
    written('cat\ndog', 'classes')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('HOME', str(tmp_path))
    for path in ('./classes', '~/classes', str(tmp_path / 'classes')):
        assert parse_names(path) == ['cat', 'dog']
    assert parse_names('classes') == ['classes']


@pytest.mark.parametrize('text, message', [
    ('# nothing\n', 'holds no name'),
    ('cat\ndog\ncat\n', r'duplicate class in .*classes\.txt'),
    ('1 cat\n2 dog\n', r'must be 0, 1, 2 … in this order, got 1, 2'),
])
def test_files_with_errors(written, text, message):
    with pytest.raises(ValueError, match=message):
        parse_names(written(text))


def test_what_is_no_text(tmp_path):
    (tmp_path / 'x.txt').write_bytes(b'\xff\xfe\x00')
    with pytest.raises(ValueError, match='not a UTF-8 text file'):
        parse_names(str(tmp_path / 'x.txt'))


@pytest.mark.parametrize('path', ['none.txt', './none', '/no/such'])
def test_a_file_that_is_not_there(path):
    with pytest.raises(FileNotFoundError, match='no such file of names: '):
        parse_names(path)


def test_a_home_of_nobody_is_no_file():
    with pytest.raises(FileNotFoundError, match='no such file of names: ~0'):
        parse_names('~0')
