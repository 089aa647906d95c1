"""Who is ranked with whom, and the papers' numbers beside them."""
import pytest

from mmseg_zeroshot.results import format_table
from mmseg_zeroshot.results.leaderboard import make_boards
from mmseg_zeroshot.results.leaderboard_text import (
    csv_text,
    markdown_page,
    terminal_text,
)
from mmseg_zeroshot.results.published import (
    as_printed,
    published_on,
    published_rows,
    published_splits,
)
from mmseg_zeroshot.utils.tables import score_headings

from .runs import record


def run(hiou, **changes):
    found = record(**changes)
    found['generalised']['hIoU'] = hiou
    return found


def ours(records, setting='generalised'):
    return [board for board in make_boards(records)
            if board.rows and board.setting.startswith(setting)]


def test_runs_are_ranked_by_the_score_of_the_setting():
    records = [run(20., method='a', vanilla=50.),
               run(40., method='b', vanilla=10.),
               run(20., method='c', vanilla=None),
               run(None, method='d', vanilla=60.)]
    board, = ours(records)
    assert [(row['method'], board.rank(i))
            for i, row in enumerate(board.rows)] == [
        ('b', 1), ('a', 2), ('c', 2), ('d', 4)]
    assert 'Vanilla mIoU' not in board.headings
    board, = ours(records, 'vanilla')
    assert [row['method'] for row in board.rows] == ['d', 'a', 'b']
    assert board.headings == ['Vanilla mIoU']


@pytest.mark.parametrize('change', [
    dict(supervision='released'), dict(split='other'), dict(absent='zero'),
    dict(background='ignored')])
def test_unlike_rules_and_labels_never_share_a_board(change):
    records = [record(absent='skip', background='seen'),
               record(**dict(absent='skip', background='seen') | change)]
    boards = ours(records)
    assert [len(board.rows) for board in boards] == [1, 1]
    assert len({(board.title, board.rules) for board in boards}) == 2


def test_data_sets_and_numbers_of_labels_stay_apart():
    few = [record(supervision='few-label', variant=dict(n=n))
           for n in (5, 1, 5)]
    few[2]['seed'] = 1
    boards = ours([*few, dict(record(), dataset='Farm')])
    assert [(b.title, len(b.rows)) for b in boards] == [
        ('Farm, pets, generalised: strict', 1),
        ('Pets, pets, generalised few-label, n = 1: few-label', 1),
        ('Pets, pets, generalised few-label, n = 5: few-label', 1)]
    # p of self-training is chosen by who trains: one board.
    selftraining = [record(supervision='self-training', variant=dict(p=p))
                    for p in (25, 75)]
    assert [len(board.rows) for board in ours(selftraining)] == [2]


def test_published_rows_stand_beside_and_say_what_was_not_run():
    boards = ours([record(split='voc12-spnet', gamma=.6)])
    board, = boards
    assert [row['method'] for row in board.published][:2] == [
        'SPNet', 'SPNet (calibrated)']
    assert board.rank(0) == 1  # published rows take no place
    assert not {'SPNet', 'SPNet (calibrated)'} & {*board.not_run}
    board, = ours([record(split='voc12-zs3-k2', method='ZS3Net')])
    assert 'ZS3Net' not in board.not_run and 'ZS5Net' in board.not_run
    few = [record(split='voc12-spnet', supervision='few-label',
                  variant=dict(n=n))
           for n in (1, 5)]
    one, five = ours(few, 'vanilla')
    assert [row['mean'][-1] for row in one.published] == [71.52, 29.17]
    assert one.not_run == ['fine-tuned']
    assert five.published == five.not_run == []


def test_protocols_without_a_run_are_there_too():
    boards = [b for b in make_boards([record()]) if not b.rows]
    assert {board.split for board in boards} == set(published_splits())
    assert all(board.published and board.not_run for board in boards)
    assert {board.supervision for board in boards} == {'published'}


def test_published_numbers_are_the_papers():
    """Some cells of each table, and the harmonic means of all rows."""
    def scores(split, method):
        row = next(row for row in published_on([split])
                   if row['method'] == method)
        return dict(zip(score_headings(), row['mean']))

    zs3 = scores('voc12-zs3-k2', 'ZS3Net')
    assert [zs3[key] for key in ('Seen PA', 'Unseen MA', 'hIoU')] == [
        93.6, 53.7, 47.5]
    assert scores('voc12-zs3-k10', 'ZS3Net')['Vanilla mIoU'] == 46.2
    assert scores('context-zs3-k2', 'ZS3Net + GC')['hIoU'] == 34.8
    assert scores('voc12-zs3-k2', 'ZS5Net')['hIoU'] == 75.7
    assert scores('context-recursive-k4', 'ZS-MMD')['Overall MA'] == 49.8
    assert scores('voc12-spnet', 'SPNet (calibrated)')['hIoU'] == 42.45
    assert scores('cocostuff-spnet', 'HVSL')['Vanilla mIoU'] == 31.8
    assert len(published_rows()) >= 76
    for row in published_rows():
        values = dict(zip(score_headings(), row['mean']))
        seen, unseen = values['Seen mIoU'], values['Unseen mIoU']
        # The recursive paper's own cells for K = 6 contradict each other.
        if row['note'].startswith('printed') or None in (
                seen, unseen, values['hIoU']):
            continue
        assert values['hIoU'] == pytest.approx(
            2 * seen * unseen / (seen + unseen), abs=.11)


def test_published_scores_keep_their_digits():
    assert [as_printed(v) for v in (72., 42.45, None)] == ['72.0', '42.45',
                                                           '-']
    with pytest.raises(ValueError, match="no published .* 'k2'; there are"):
        published_on(['k2'])


def classes(**groups):
    return [dict({'class': name, 'IoU': 1., 'accuracy': 1., 'pixels': 9},
                 group=group)
            for group, names in groups.items() for name in names.split()]


def test_other_classes_under_one_name_are_another_board():
    """As where a split of one's own ignores what it did not before."""
    two = classes(seen='cat dog', unseen='cow')
    records = [
        record(per_class=two), record(per_class=two[::-1], seed=1),
        record(per_class=classes(seen='cat', unseen='cow', ignored='dog'),
               seed=2),
        record(per_class=classes(seen='cat hen', unseen='cow'), seed=3)]
    boards = [board for board in make_boards(records)
              if board.rows and board.setting == 'generalised']
    said = [(board.rules.split('; ')[-1].split(' (')[0],
             board.rows[0]['runs']) for board in boards]
    assert sorted(said) == [
        ('classes: 1 seen, 1 unseen, 1 ignored, 27 pixels', 1),
        ('classes: 2 seen, 1 unseen, 27 pixels', 1),
        ('classes: 2 seen, 1 unseen, 27 pixels', 2)]
    assert len({board.rules for board in boards}) == 3
    assert '1 seen, 1 unseen, 1 ignored' in format_table(records)


def test_boards_of_one_list_of_classes_do_not_say_so():
    """A record that says nothing of classes stands with the others."""
    board = make_boards([record(seed=1), record(
        per_class=classes(seen='cat', unseen='cow'))])[0]
    assert board.rows[0]['runs'] == 2 and board.classes == ''


def of_files(**more):
    return dict(dict(kind='label maps', images=3, predictions='a', truth='b',
                     resize=None, partial=False, version='1'), **more)


def test_rows_of_files_say_so_beside_runs():
    same = classes(seen='cat', unseen='cow')
    records = [record(per_class=same), record(
        unseen=30., method='theirs', seed=None, per_class=same,
        scored_files=of_files())]
    board, *_ = make_boards(records)
    assert [(row['method'], row['made_from']) for row in board.rows] == [
        ('SPNet', 'run'), ('theirs', 'files')]
    for text in (terminal_text([board]), markdown_page([board])):
        assert 'Scored from' in text and 'files' in text
    assert 'Scored from' not in terminal_text(make_boards(records[:1])[:1])
    assert ',files,' in csv_text([board])


def test_a_run_and_its_files_are_no_two_seeds():
    board, *_ = make_boards([record(), record(
        unseen=30., seed=0, scored_files=of_files())])
    assert [row['runs'] for row in board.rows] == [1, 1]


@pytest.mark.parametrize('rule, said', [
    (dict(partial=True), 'partial'),
    (dict(resize='nearest'), 'predictions resized (nearest)')])
def test_files_by_other_rules_are_another_board(rule, said):
    boards = ours([record(), record(
        method='theirs', scored_files=of_files(**rule))])
    assert len(boards) == 2
    assert [said in board.rules for board in boards].count(True) == 1


def test_other_pixels_are_another_board():
    """The same classes, on other label maps."""
    one = classes(seen='cat', unseen='cow')
    other = [dict(row, pixels=7) for row in one]
    boards = ours([record(per_class=one), record(
        per_class=other, scored_files=of_files(), method='theirs')])
    assert [len(board.rows) for board in boards] == [1, 1]
    assert {board.classes.split(' pixels')[0] for board in boards} == {
        '1 seen, 1 unseen, 18', '1 seen, 1 unseen, 14'}
