"""Tests of the bank's builder: what it chooses and what it survives."""

import errno
import hashlib
import json
import random
import subprocess
import sys
import time
import tracemalloc
from functools import partial

import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets.feature_bank import (
    builder,
    merge,
    shards,
    workers,
)
from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.datasets.feature_bank.shards import ShardPlan

from . import fakes
from .fakes import SPLIT, STRIDE, Counting, FakeDataset


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / 'net.pth'
    path.write_bytes(b'weights')
    return path


@pytest.fixture
def build(tmp_path, checkpoint, monkeypatch):
    """Build a bank of 70 images in shards of 8."""
    monkeypatch.setattr(builder, 'SHARD_IMAGES', 8)
    lines = []

    def run(name='bank', **changes):
        lines.clear()
        arguments = dict(
            make_dataset=FakeDataset, make_extract=fakes.make_extract,
            checkpoint=checkpoint, config=dict(depth=3), max_vectors=5,
            seed=3, batch_size=3, report=lines.append)
        bank = build_feature_bank(tmp_path / name, **{**arguments, **changes})
        assert not (tmp_path / f'{name}.shards').exists()
        return bank
    run.lines = lines
    return run


def files(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def natural_counts(views=1):
    counts = np.zeros(6, np.int64)
    for i in range(70):
        small = FakeDataset().labels(i)[::STRIDE, ::STRIDE]
        counts += np.bincount(small[small < 6], minlength=6)
    return counts * views


def test_rows_are_pixels_of_their_class_and_image(build):
    bank = build()
    ids = np.repeat(np.arange(6), bank.vectors)
    assert bank.features.dtype == np.float16
    np.testing.assert_array_equal(bank.features[:, 0], ids)
    np.testing.assert_array_equal(bank.features[:, 1], bank.images)
    # No pixel twice: class, image and place decide about it.
    places = np.stack([ids, bank.images, bank.features[:, 3]])
    assert len(np.unique(places, axis=1).T) == len(ids)
    # Five of each class that an image has; three have two dog pixels only.
    assert bank.vectors.tolist() == [350, 350, 26, 0, 0, 0]
    for class_id in (0, 1):
        images = bank.images[ids == class_id]
        assert (np.bincount(images, minlength=70) == 5).all()


def test_natural_frequencies_are_kept(build):
    bank = build()
    np.testing.assert_array_equal(bank.pixel_counts, natural_counts())
    share = bank.frequency([0, 1, 2])
    np.testing.assert_allclose(
        share, bank.pixel_counts[:3] / bank.pixel_counts.sum(), rtol=1e-6)


def test_stamp_says_what_it_is_made_from(build, tmp_path):
    build()
    stamp = json.loads((tmp_path / 'bank/stamp.json').read_text())
    assert stamp['checkpoint'] == hashlib.sha256(b'weights').hexdigest()
    assert stamp['split'] == SPLIT.to_dict()
    assert (stamp['images'], stamp['views'], stamp['max_vectors'],
            stamp['seed'], stamp['feature_dim']) == (70, 1, 5, 3, 4)
    assert stamp['offsets'] == [0, 350, 700, 726, 726, 726, 726]
    assert stamp['files']['features.npy'] == 128 + 726 * 8


def test_neighbours_come_from_many_images(build):
    bank = build()
    runs = [len(np.unique(bank.images[i:i + 20])) for i in range(0, 340, 20)]
    # 20 of 350 rows, five of each image, without order: 17.7 on average.
    assert 16 < np.mean(runs) < 19


@pytest.mark.parametrize('changes', [dict(workers=2), dict(batch_size=4)])
def test_the_number_of_processes_changes_nothing(build, tmp_path, changes):
    build('one')
    build('two', **changes)
    assert files(tmp_path / 'one') == files(tmp_path / 'two')


def test_seed_decides(build):
    one, two = build('one'), build('two', seed=4)
    assert one.vectors.tolist() == two.vectors.tolist()
    assert not np.array_equal(np.sort(one.features[:350, 3]),
                              np.sort(two.features[:350, 3]))


def test_views_are_augmented_differently(build):
    bank = build(views=2, max_vectors=1000)
    np.testing.assert_array_equal(bank.pixel_counts, natural_counts(2))
    noise = {}
    for row, image in zip(bank.features[:350], bank.images):
        noise.setdefault((image, float(row[3])), set()).add(float(row[2]))
    # The same pixel of an image has other noise in its other view.
    assert max(map(len, noise.values())) == 2


def test_random_states_are_left_alone(build):
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    wanted = random.random(), np.random.rand(), float(torch.rand(1))
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    build()
    assert (random.random(), np.random.rand(), float(torch.rand(1))) == wanted


KILLED = """
import sys
from pathlib import Path
from tests.datasets.feature_bank import fakes
from mmseg_zeroshot.datasets.feature_bank import builder
from mmseg_zeroshot.datasets.feature_bank import build_feature_bank
if __name__ == '__main__':
    builder.SHARD_IMAGES = 8
    build_feature_bank(
        Path(sys.argv[1]) / 'bank', make_dataset=fakes.FakeDataset,
        make_extract=fakes.make_slow_extract,
        checkpoint=Path(sys.argv[1]) / 'net.pth', config=dict(depth=3),
        max_vectors=5, seed=3, batch_size=3, workers=int(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize('workers', ['0', '2'])
def test_a_killed_build_goes_on(build, tmp_path, repo_root, workers):
    script = tmp_path / 'build.py'
    script.write_text(KILLED)
    process = subprocess.Popen(
        [sys.executable, script, tmp_path, workers], cwd=repo_root,
        env={'PYTHONPATH': str(repo_root), 'PATH': '/usr/bin'})
    folder = tmp_path / 'bank.shards'
    try:
        while len(list(folder.glob('shard-*.npz'))) < 2:
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    if workers == '2':
        time.sleep(1)  # The processes notice that their parent is gone.
    finished = len(list(folder.glob('shard-*.npz')))
    assert finished < 9
    assert not (tmp_path / 'bank').exists()
    counting = Counting()
    build(make_extract=lambda device: counting)
    assert f'going on: {finished} of 9 shards are finished' in build.lines
    assert len(counting.images) in (70 - 8 * finished, 64 - 8 * (finished - 1))
    build('whole')
    assert files(tmp_path / 'bank') == files(tmp_path / 'whole')


def fail(*args):
    raise RuntimeError('killed')


@pytest.fixture
def stopped(build, tmp_path):
    """Shards of a build that failed at image 33, and their folder."""
    with pytest.raises(ValueError, match='NaN'):
        build(make_extract=fakes.make_nan_extract)
    folder = tmp_path / 'bank.shards'
    assert list(folder.glob('shard-*.npz'))
    return folder


def test_half_written_shards_are_never_read(build, stopped, tmp_path):
    shard = min(stopped.glob('shard-*.npz'))
    shard.write_bytes(shard.read_bytes()[:500])
    half = stopped / '.shard-000008.npz.abc.part'
    half.write_bytes(b'PK')
    build()
    assert any('discarded 1 stale shard(s)' in line and 'unreadable' in line
               for line in build.lines)
    build('whole')
    assert files(tmp_path / 'bank') == files(tmp_path / 'whole')


@pytest.mark.parametrize('graphs', [None, {}])
def test_a_damaged_shard_is_removed_by_name(build, stopped, tmp_path, graphs):
    build('whole', graphs=graphs)
    (tmp_path / 'bank.shards').mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, 'merge_shards', fail)
        with pytest.raises(RuntimeError):
            build(graphs=graphs)
    shard = sorted(stopped.glob('shard-*.npz'))[4]
    data = bytearray(shard.read_bytes())
    place = data.index(b'features.npy') + 200
    data[place:place + 20] = bytes(20)
    shard.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=(
            f'{shard.name} is damaged .*run the same command again')):
        build(graphs=graphs)
    build(graphs=graphs)
    assert 'going on: 8 of 9 shards are finished' in build.lines
    assert files(tmp_path / 'bank') == files(tmp_path / 'whole')


@pytest.mark.parametrize('kind', ['img_path', 'seg_map_path'])
def test_a_bank_of_changed_files_is_not_up_to_date(build, tmp_path, kind):
    paths = {key: tmp_path / f'{key}.png'
             for key in ('img_path', 'seg_map_path')}
    for path in paths.values():
        path.write_bytes(b'first')

    class OnDisk(FakeDataset):
        def get_data_info(self, index):
            return {key: str(path) for key, path in paths.items()}

    build(make_dataset=OnDisk)
    build(make_dataset=OnDisk)
    assert 'up to date' in build.lines[0]
    paths[kind].write_bytes(b'other')
    with pytest.raises(ValueError, match='something else: data is'):
        build(make_dataset=OnDisk)


def test_shards_of_another_build_are_discarded(build, stopped, checkpoint):
    count = len(list(stopped.glob('shard-*.npz')))
    checkpoint.write_bytes(b'other weights')
    counting = Counting()
    build(make_extract=lambda device: counting)
    assert sorted(counting.images) == list(range(70))
    assert f'discarded {count} stale shard(s)' in build.lines[0]
    assert 'checkpoint is' in build.lines[0]


def test_a_full_disk_keeps_the_shards(build, tmp_path, monkeypatch):
    calls = []

    def savez(file, **arrays):
        calls.append(1)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, 'No space left on device')
        np.savez_compressed(file, **arrays)
    monkeypatch.setattr(shards.np, 'savez', savez)
    with pytest.raises(OSError, match='disk is full.*run the same command'):
        build()
    monkeypatch.undo()
    names = sorted(p.name for p in (tmp_path / 'bank.shards').iterdir())
    assert names == ['.lock', 'shard-000000.npz', 'shard-000001.npz']
    # The fixture's smaller shards were undone, too.
    monkeypatch.setattr(builder, 'SHARD_IMAGES', 8)
    build()
    assert 'going on: 2 of 9 shards are finished' in build.lines


@pytest.mark.parametrize('early', [True, False])
def test_a_full_disk_at_the_end(build, tmp_path, monkeypatch, early):
    with monkeypatch.context() as patch:
        if early:
            patch.setattr(merge.shutil, 'disk_usage',
                          lambda path: type('Usage', (), dict(free=100)))
        else:
            def fail(*args):
                raise OSError(errno.ENOSPC, 'No space left on device')
            patch.setattr(merge, '_replace', fail)
        with pytest.raises(OSError, match='disk is full') as caught:
            build()
    assert caught.value.errno == errno.ENOSPC
    assert not (tmp_path / 'bank').exists()
    assert not (tmp_path / 'bank.shards/bank.part').exists()
    counting = Counting()
    build(make_extract=lambda device: counting)
    assert counting.images == []


def test_nan_names_the_image(build):
    with pytest.raises(ValueError, match=r'033\.jpg \(image 33\).*NaN'):
        build(make_extract=fakes.make_nan_extract)
    with pytest.raises(ValueError, match=r'033\.jpg \(image 33\).*NaN'):
        build(make_extract=fakes.make_nan_extract, workers=1)


def test_features_beyond_float16_are_refused(build):
    with pytest.raises(ValueError, match=r'\.jpg.*exceed float16'):
        build(make_extract=lambda d: lambda x: 1e6 * fakes.plain_extract(x))


@pytest.mark.parametrize('label, what', [
    (3, "unseen or ignored class 'cow'"), (4, "unseen or ignored class 'mud'"),
    (77, 'id 77, which no class has')])
def test_hidden_labels_never_reach_the_bank(build, label, what):
    make = partial(FakeDataset, extra={41: label})
    with pytest.raises(ValueError, match=rf'041\.jpg.*{what}'):
        build(make_dataset=make)


def test_a_data_set_that_shows_unseen_labels_is_refused(build):
    with pytest.raises(ValueError, match="mode='ignore' or 'drop', got 'keep"):
        build(make_dataset=partial(FakeDataset, mode='keep'))


def test_a_finished_bank_is_left_alone(build):
    build()
    counting = Counting()
    build(make_extract=lambda device: counting)
    assert counting.images == []
    assert 'up to date' in build.lines[0]


@pytest.mark.parametrize('changes, what', [
    (dict(seed=4), 'seed is 3 instead of 4'),
    (dict(views=2), 'views is 1 instead of 2'),
    (dict(config=dict(depth=4)), 'config is'),
    (dict(make_dataset=partial(FakeDataset, 69)), 'images is 70 instead'),
])
def test_another_bank_is_replaced_on_demand_only(build, tmp_path, changes,
                                                 what):
    build()
    before = files(tmp_path / 'bank')
    with pytest.raises(ValueError, match=f'{what}.*--overwrite'):
        build(**changes)
    assert files(tmp_path / 'bank') == before
    build(**changes, overwrite=True)
    assert files(tmp_path / 'bank') != before


def test_a_truncated_bank_is_noticed(build, tmp_path):
    build()
    features = tmp_path / 'bank/features.npy'
    whole = features.read_bytes()
    features.write_bytes(whole[:-1])
    with pytest.raises(ValueError, match=r'truncated: features\.npy'):
        build()
    build(overwrite=True)
    assert features.read_bytes() == whole


def test_a_users_folder_is_never_overwritten(build, tmp_path):
    (tmp_path / 'bank').mkdir()
    (tmp_path / 'bank/thesis.txt').write_text('mine')
    with pytest.raises(ValueError, match='is not a feature bank'):
        build(overwrite=True)
    assert (tmp_path / 'bank/thesis.txt').read_text() == 'mine'


def test_a_dead_worker_is_explained(build, tmp_path):
    with pytest.raises(RuntimeError, match='worker process died.*fewer'):
        build(make_extract=fakes.make_dying_extract, workers=1)
    build()


def test_two_builds_at_once(build, tmp_path):
    with (builder._locked(tmp_path / 'bank.shards'),
          pytest.raises(RuntimeError, match='another process builds')):
        build()


def test_an_up_to_date_bank_leaves_a_running_build_alone(build, tmp_path):
    """The other one replaces this bank and has begun."""
    build()
    shard = tmp_path / 'bank.shards/shard-000000.npz'
    with builder._locked(shard.parent):
        shard.write_bytes(b'its work')
        with pytest.raises(AssertionError):  # the fixture's: shards are gone
            build()
        assert 'up to date' in build.lines[0]
        assert shard.read_bytes() == b'its work'
    build()  # what a killed build left goes


def test_the_merge_holds_little_in_memory(tmp_path, monkeypatch):
    """20 MB of shards in groups of 1 MB."""
    monkeypatch.setattr(merge, 'GROUP_BYTES', 1 << 20)
    stamp = dict(images=40, shard_images=1, seed=0, split=SPLIT.to_dict())
    plan = ShardPlan(tmp_path / 's', stamp, 1)
    plan.folder.mkdir()
    for i in range(40):
        np.savez(plan.path(i), features=np.full((1000, 256), i, np.float16),
                 class_ids=np.repeat([0, 1], 500).astype(np.uint8),
                 images=np.full(1000, i, np.int32),
                 pixel_counts=np.full(6, i))
    tracemalloc.start()
    merged = merge.merge_shards(plan, tmp_path / 'bank')
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert merged['files']['features.npy'] > 20e6
    assert peak < 5e6
    rows = np.load(tmp_path / 'bank/features.npy', mmap_mode='r')
    np.testing.assert_array_equal(np.bincount(rows[:20000, 7].astype(int)),
                                  np.full(40, 500))


def test_no_labelled_pixel_at_all(build):
    empty = partial(_Unlabelled, 70)
    with pytest.raises(ValueError, match='no image has a labelled pixel'):
        build(make_dataset=empty)


class _Unlabelled(FakeDataset):
    def labels(self, index):
        return np.full((24, 40), 255, np.uint8)


def test_progress_and_missing_classes_are_told(build):
    build()
    assert '70/70 images' in build.lines[-3]
    assert 'images/s, 0:00 left' in build.lines[-3]
    assert 'no pixel of car' in build.lines[-1]


@pytest.mark.parametrize('key, value', [
    ('views', 0), ('max_vectors', 0), ('seed', -1), ('batch_size', 0.5),
    ('workers', -1)])
def test_bad_numbers(build, key, value):
    with pytest.raises(ValueError, match=f'{key} must be a whole number'):
        build(**{key: value})


def test_an_extractor_that_does_not_fit(build):
    with pytest.raises(ValueError, match=r'expected \(3, C, h, w\)'):
        build(make_extract=lambda d: lambda x: torch.zeros(1, 4))


def test_a_missing_checkpoint(build, tmp_path):
    with pytest.raises(FileNotFoundError):
        build(checkpoint=tmp_path / 'none.pth')


def test_opened_bank_is_read_only(build):
    bank = build()
    assert isinstance(bank, FeatureBank)
    with pytest.raises(ValueError, match='read-only'):
        bank.features[0] = 0


def test_time_left_leaves_out_the_start_up(tmp_path, monkeypatch):
    """60 s until the first shard, 1 s for each other one."""
    clock = iter([0, 60, 61, 62, 63])
    monkeypatch.setattr(time, 'monotonic',
                        lambda: next(clock))
    stamp = dict(images=1000, shard_images=10)
    lines = []
    progress = workers.Progress(
        ShardPlan(tmp_path, stamp, 1), range(100), lines.append)
    for _ in range(4):
        progress(10_000_000)
    assert lines == [
        '10/1000 images, 0.2 images/s, 1:39:00 left, bank of about 1.0 GB',
        '30/1000 images, 10.0 images/s, 1:37 left, bank of about 1.0 GB']
