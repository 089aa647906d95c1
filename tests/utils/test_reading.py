"""Text and JSON of strangers: what is wrong is said, with the file's name."""
import pytest

from mmseg_zeroshot.utils.reading import parse_json, read_json, read_text


def test_what_is_right_is_read(tmp_path):
    path = tmp_path / 'a.json'
    path.write_text('{"a": [1, 2.5, null], "ü": {}}', 'utf-8-sig')
    assert read_json(path) == {'a': [1, 2.5, None], 'ü': {}}
    assert read_text(path).startswith('{')


@pytest.mark.parametrize('text, message', [
    (b'', 'is not valid JSON: Expecting value'),
    (b'{"a": 1', 'is not valid JSON'),
    (b'[' * 200_000 + b']' * 200_000, 'nested too deeply'),
    (b'{"a":' * 200_000 + b'1' + b'}' * 200_000, 'nested too deeply'),
    (b'1' * 5000, 'is not valid JSON: Exceeds the limit'),
    (b'{"a": {"b": 1, "c": 2, "b": 3}}', "the key 'b' is there twice"),
    (b'\xff\xfe{}', 'is not a UTF-8 text file'),
    (b' ' * 2000, r'larger than 1,000 bytes'),
])
def test_what_is_wrong_is_named(tmp_path, text, message):
    path = tmp_path / 'a.json'
    path.write_bytes(text)
    largest = 1000 if text.isspace() else 1 << 21
    with pytest.raises(ValueError, match=rf'a\.json.*{message}'):
        read_json(path, largest)


def test_a_place_that_is_no_file(tmp_path):
    with pytest.raises(ValueError, match='line 3 of x is not valid JSON'):
        parse_json('{', 'line 3 of x')
    with pytest.raises(OSError, match='none'):
        read_json(tmp_path / 'none')
