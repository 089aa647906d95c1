"""Disk, memory and time that the steps of a run will take."""
import json
from pathlib import Path

import pytest
from torch import nn

from mmseg_zeroshot.experiments.checks import Resources, duration
from mmseg_zeroshot.experiments.checks.finding import Finding, Section
from mmseg_zeroshot.experiments.checks.space import (
    checkpoint_bytes,
    checkpoints_kept,
    in_units,
)

from .farm import check, farm, only_error

MEASURE = duration.measure


def test_too_little_disk(tmp_path: Path) -> None:
    report = check(farm(tmp_path), 'zs3net', work_dir=tmp_path / 'work',
                   resources=Resources(disk=5_000_000, memory=None))
    error = only_error(report)
    assert '5.0 MB are free' in error.what
    assert error.value.endswith('work')


def test_more_seeds_need_more_disk(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    room = Resources(disk=250_000_000, memory=None)
    assert check(experiment, 'spnet', resources=room).errors == []
    error = only_error(check(experiment, 'spnet', resources=room,
                             seeds=list(range(20))))
    assert error.place == 'work dir'


def test_too_little_memory_is_a_warning(tmp_path: Path) -> None:
    report = check(farm(tmp_path), resources=Resources(10**12, memory=1000))
    assert report.errors == []
    assert report.findings[0].place == 'memory'


def test_what_checkpoints_take() -> None:
    model = nn.Linear(9, 10)  # 100 numbers of 4 bytes
    adam = dict(optim_wrapper=dict(optimizer=dict(type='Adam')))
    assert checkpoint_bytes(adam, model) == 1200
    hook = dict(interval=10, by_epoch=False, save_optimizer=False)
    config = dict(adam, default_hooks=dict(checkpoint=hook),
                  train_cfg=dict(max_iters=35))
    assert checkpoint_bytes(config, model) == 400
    assert checkpoints_kept(config) == 4
    hook.update(max_keep_ckpts=2, save_best='seen_mIoU')
    assert checkpoints_kept(config) == 3


@pytest.mark.parametrize('size, text', [
    (0, '0 B'), (999, '999 B'), (1500, '1.5 kB'), (82_400_000_000, '82 GB'),
    (3 * 10**15, '3000 TB')])
def test_sizes_are_read_by_people(size: int, text: str) -> None:
    assert in_units(size) == text


def test_time_of_an_earlier_run_is_taken(tmp_path: Path,
                                         monkeypatch) -> None:
    monkeypatch.setattr(duration, 'measure', lambda subject: pytest.fail(
        'measured what is known'))
    for number, (seconds, resumed) in enumerate(
            [(50, False), (600, False), (9000, True)]):
        folder = tmp_path / f'work/shared/seen-{number}'
        folder.mkdir(parents=True)
        (folder / 'done.json').write_text(json.dumps(dict(
            step='seen', seconds=seconds, resumed=resumed)))
    report = check(farm(tmp_path), work_dir=tmp_path / 'work')
    assert 'about 10 minutes' in str(report)
    assert '1 step of an earlier run' in str(report)


def test_time_is_measured_where_nothing_is_known(
        tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(duration, 'measure', MEASURE)
    # However busy the machine is.
    monkeypatch.setattr(duration, 'LIMIT', float('inf'))
    report = check(farm(tmp_path), 'zs-mmd', work_dir=tmp_path / 'work')
    said = [f.what for f in report.findings if f.place == 'time']
    assert 'the median of 3 iterations at 64x64, batch 2' in said[0]
    assert 'rough' in said[0]


def test_big_networks_are_timed_on_small_crops(
        tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(duration, 'measure', MEASURE)
    monkeypatch.setattr(duration, 'LIMIT', 0.0)
    text = str(check(farm(tmp_path, "data['crop'] = 256"), 'seen'))
    assert 'iterations at 128x128, batch 2' in text
    assert 'scaled to 256x256' in text


def test_stages_on_a_bank_are_timed_by_their_phase(
        tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(duration, '_iterate', lambda *_: 1.0)
    monkeypatch.setattr(duration, '_iterate_on_bank', lambda _: 0.5)
    monkeypatch.setattr(duration, 'measure', MEASURE)
    # 1000 iterations of generator and classifier; 8 images are extracted
    # and 4 scored twice at a sixth of a second each; 1000 of the network.
    text = str(check(farm(tmp_path), 'zs3net'))
    assert 'about 30 minutes' in text


@pytest.mark.parametrize('seconds, text', [
    (0, 'less than a minute'), (70, 'about 1 minute'),
    (1234, 'about 20 minutes'), (3000, 'about 50 minutes'),
    (3500, 'about 1 hour'),
    (10_000, 'about 3 hours'), (200_000, 'about 2 days'),
    (90_000, 'about 1 day'), (2_000_000, 'about 20 days')])
def test_times_are_rough(seconds: float, text: str) -> None:
    assert duration.in_time(seconds) == text


def test_time_that_others_use_does_not_count(monkeypatch) -> None:
    now = dict(wall=0.0, used=0.0)
    monkeypatch.setattr(duration.time, 'perf_counter', lambda: now['wall'])
    monkeypatch.setattr(duration.time, 'process_time', lambda: now['used'])
    monkeypatch.setattr(duration.torch, 'get_num_threads', lambda: 2)
    clock = duration._Clock()
    now.update(wall=9.0, used=4.0)
    assert clock.seconds() == 2.0
    now.update(wall=1.5)
    assert clock.seconds() == 1.5


@pytest.mark.parametrize('looked_at, result', [
    ('0 of 0', 'not looked at'), ('0 different', 'not looked at'),
    ('none', 'not looked at'), ('10 of 10', 'ok'), ('10 different', 'ok')])
def test_what_was_not_looked_at_is_not_ok(looked_at: str,
                                          result: str) -> None:
    assert Section('masks', looked_at).result == result
    finding = Finding('error', 'data', 'nothing is there')
    assert Section('masks', looked_at, [finding]).result == '1 error'
