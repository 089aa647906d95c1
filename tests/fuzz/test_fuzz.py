"""A few damaged files for each reader; `make fuzz` tries many."""
import itertools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmseg_zeroshot.results.record import from_json
from mmseg_zeroshot.results.record_lines import read_lines
from mmseg_zeroshot.semantics.name_lists import parse_names
from mmseg_zeroshot.utils.cfg_options import parse_options
from mmseg_zeroshot.utils.reading import parse_json

from .campaign import campaign
from .readers import READERS

KEYS = st.sampled_from([
    'method', 'split', 'supervision', 'generalised', 'variant', 'n', 'seed',
    'per_class', 'class', 'shared', 'IoU', 'gamma', 'seen', 'unseen'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5)
    | st.integers() | st.sampled_from([10**400, -10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        KEYS | st.text(max_size=3), inner, max_size=4), max_leaves=12)


@pytest.mark.parametrize('name', READERS)
def test_damaged_files_end_in_a_value_or_a_named_error(name, tmp_path):
    faults = campaign(tmp_path, [name], itertools.islice(
        itertools.count(1), 8), time.monotonic() + 60)
    assert list(faults) == []


@given(VALUES)
def test_any_value_as_a_record(value):
    with pytest.raises(ValueError, match='^place'):
        from_json(value, 'place')


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_any_values_as_lines(values):
    text = '\n'.join(map(json.dumps, values))
    try:
        assert read_lines(text, 'place') == []
    except ValueError as error:
        assert str(error).startswith('place, line ')


@given(st.text())
def test_any_text_as_json(text):
    try:
        value = parse_json(text, 'place')
    except ValueError as error:
        assert str(error).startswith('place is not valid JSON')
    else:
        assert repr(json.loads(text)) == repr(value)


@given(st.text(max_size=40))
def test_any_text_as_names(text):
    try:
        names = parse_names(text)
    except (ValueError, FileNotFoundError) as error:
        assert str(error)
    else:
        assert names and all(name.strip() == name != '' for name in names)


@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_texts_as_options(texts):
    try:
        assert isinstance(parse_options(texts), dict)
    except ValueError as error:
        assert str(error)
