"""What would stop an experiment is found before anything is trained."""
from pathlib import Path

import pytest
import torch
from mmengine.visualization import Visualizer

from mmseg_zeroshot.experiments.checks import Finding, Report, Section

from .farm import check, farm, only_error


def test_a_clean_experiment_has_no_error(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = Visualizer.check_instance_created('visualizer')
    report = check(farm(tmp_path), 'seen', 'spnet', 'zs3net', calibrate=True)
    assert report.errors == [], str(report)
    assert 'Nothing to mend.' in str(report)
    assert all(section.looked_at for section in report.sections)
    # Nothing is left behind.
    assert sorted(p.name for p in tmp_path.iterdir()) == ['data', 'farm.py']
    assert Visualizer.check_instance_created('visualizer') == before


def test_all_methods_are_clean(tmp_path: Path) -> None:
    experiment = farm(tmp_path, "stages = {'few-label': dict(numbers=[1])}")
    report = check(experiment, 'devise', 'ale', 'hvsl', 'zs3net:paper',
                   'zs3net:gan', 'zs-mmd', 'zs3net-gc', 'zs5net', 'few-label')
    assert report.errors == [], str(report)


def test_first_to_mend_stands_alone_and_errors_come_first() -> None:
    report = Report([
        Section('one', 'files', [Finding('info', 'a', 'said'),
                                 Finding('warning', 'b', 'doubtful')]),
        Section('two', 'words', [Finding('error', 'words', 'wrong', 'mend it',
                                         "'x'")])])
    text = str(report)
    assert 'Mend first:\n  error: words = \'x\': wrong. Mend it.\n' in text
    assert text.index('Also:') < text.index('doubtful') < text.index('said')
    assert [section.result for section in report.sections] == [
        '1 warning', '1 error']
    with pytest.raises(ValueError, match='words'):
        report.raise_on_error()


def test_steps_that_cannot_be_made_leave_files_to_check(
        tmp_path: Path) -> None:
    experiment = farm(tmp_path, 'stages = dict(zs5net=dict(p=400))')
    (tmp_path / 'data/ImageSets/Segmentation/val.txt').unlink()
    report = check(experiment, 'zs5net')
    first, second = report.errors
    assert '400' in first.what and first.place.endswith('farm.py')
    assert second.place == "data['val']" and 'val.txt' in second.what


def test_checks_leave_random_numbers_alone(tmp_path: Path) -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    check(farm(tmp_path))
    assert torch.equal(torch.rand(3), expected)


def test_unknown_variable(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv('ZS_UNSEN', 'cow')
    # Configs refuse it too, where they are read.
    report = check(farm(tmp_path))
    assert any('ZS_UNSEN' in f.what and f.place == 'environment variables'
               for f in report.errors)


def test_module_that_is_not_there(tmp_path: Path) -> None:
    experiment = farm(tmp_path, seen={
        'custom_imports.imports': ['mmseg_zeroshot', 'no_such_module']})
    error = only_error(check(experiment))
    assert 'no_such_module' in error.what


@pytest.mark.parametrize('text, place, meant', [
    ("options['zs3nett'] = {'load_from': None}", "options['zs3nett']",
     'zs3net'),
    ('stages = dict(generater=dict(num_vectors=3))', "stages['generater']",
     'generator'),
    ('iterations = dict(seeen=3)', "iterations['seeen']", 'seen'),
    ("options['model.backbone'] = {'depth': 3}", "options['model.backbone']",
     "write it under 'all'"),
    ("gamma = {'spent': 0.1}", "gamma['spent']", 'spnet'),
])
def test_names_that_nothing_reads(tmp_path: Path, text: str, place: str,
                                  meant: str) -> None:
    error = only_error(check(farm(tmp_path, text)))
    assert error.place == place
    assert meant in error.mend


def test_names_of_other_methods_are_known(tmp_path: Path) -> None:
    experiment = farm(tmp_path, """
stages = {'few-label-spnet': dict(learning_rate=0.1)}
iterations = {'devise': 10, 'joint': 5, 'zs3net-gan': 3}
gamma = {'zs3net:paper': None}
options['spnet-calibrated'] = {'resume': False}
""")
    assert check(experiment).errors == []
