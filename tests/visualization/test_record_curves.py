"""Curves out of records: what makes a line, what makes a point."""
import json

import pytest

from mmseg_zeroshot.visualization.record_curves import (
    gamma_curves,
    record_curves,
)

from ..results.runs import record


def few(n, unseen, seed=0, method='SPNet', **more):
    return record(unseen, seed, method, supervision='few-label',
                  variant=dict(n=n, **more))


def test_lines_are_methods_and_points_are_seeds():
    records = [few(1, 20.), few(1, 24., 1), few(5, 30.), few(5, 30.),
               few(1, 10., method='plain'), record(0.)]
    assert record_curves(records, 'n', ['Unseen mIoU']) == {
        'SPNet': {1: [20, 24], 5: [30]}, 'plain': {1: [10]}}


def test_names_tell_what_differs():
    records = [few(1, 20., p=25), few(1, 21., p=75),
               dict(few(1, 22., p=75), gamma=.5)]
    assert list(record_curves(records, 'n', ['hIoU'])) == [
        'p=25', 'p=75', 'p=75, calibrated']
    assert record_curves([few(1, 20.)], 'n', ['hIoU']) == {
        'hIoU': {1: [25.04]}}
    assert list(record_curves([few(1, 20.)], 'n', ['hIoU', 'Seen mIoU'])) == [
        'hIoU', 'Seen mIoU']


def test_names_do_not_say_twice_what_differs():
    records = [few(1, 20.), dict(few(1, 21.), dataset='farm', split='cows',
                                 embeddings='abc')]
    names = list(record_curves(records, 'n', ['hIoU']))
    assert names[1] == 'farm'
    assert len(names) == 2


def test_gamma_is_a_parameter_too():
    records = [record(20., gamma=.2), record(30., gamma=.4)]
    assert record_curves(records, 'gamma', ['Unseen mIoU']) == {
        'Unseen mIoU': {.2: [20], .4: [30]}}


@pytest.mark.parametrize('records, x, score, message', [
    ([few(1, 20.)], 'p', 'hIoU', "no run has a number 'p'; .* gamma, n"),
    ([few(1, 20., tau='all')], 'tau', 'hIoU', "no run has a number 'tau'"),
    ([few(1, 20.)], 'n', 'mIoU', "no score 'mIoU'; there are Seen PA"),
    ([few(1, 20.), few(1, 21.)], 'n', 'hIoU', 'n = 1 have seed 0 and unlike')])
def test_what_makes_no_curve_is_an_error(records, x, score, message):
    with pytest.raises(ValueError, match=message):
        record_curves(records, x, [score])


def gamma_file(path, unseen, **changes):
    table = [dict(gamma=g, seen=dict(mIoU=50.), unseen=dict(mIoU=u),
                  hIoU=None if u is None else 9.)
             for g, u in zip((0, .5), unseen)]
    path.write_text(json.dumps(
        dict(split='pets', role='validation', table=table) | changes))
    return path


def test_gamma_curves_of_seeds_are_joined(tmp_path):
    files = [gamma_file(tmp_path / 'a.json', (1., 2.)),
             gamma_file(tmp_path / 'b.json', (3., None))]
    assert gamma_curves(files) == {
        'seen mIoU': {0: [50, 50], .5: [50, 50]},
        'unseen mIoU': {0: [1, 3], .5: [2, None]},
        'hIoU': {0: [9, 9], .5: [9, None]}}


@pytest.mark.parametrize('changes, message', [
    (dict(split='other'), "b.json is of split and role .'other'"),
    (dict(table=[dict(gamma=0)]), "b.json is no gamma_curve.json .*'seen'"),
    (dict(table=None), 'b.json is no gamma_curve.json')])
def test_other_files_are_errors(changes, message, tmp_path):
    files = [gamma_file(tmp_path / 'a.json', (1., 2.)),
             gamma_file(tmp_path / 'b.json', (1., 2.), **changes)]
    with pytest.raises(ValueError, match=message):
        gamma_curves(files)
