"""Tables of Markdown pages, rendered from results files."""
import json

import pytest

from mmseg_zeroshot.results import markdown_table
from mmseg_zeroshot.results.marked_tables import render_page
from mmseg_zeroshot.semantics.supervision import SUPERVISIONS

from .runs import record


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / 'docs/results'
    folder.mkdir(parents=True)
    runs = dict(a=[record(), record(22., 1)],
                b=[record(method='ZS3Net', split='voc12-zs3-k2'),
                   record(split='voc12-spnet', gamma=.4)])
    for name, records in runs.items():
        (folder / f'{name}.json').write_text(json.dumps(records), 'utf-8')
    return tmp_path


def test_marked_tables_are_replaced_and_nothing_else(root):
    page = ('# T\n<!-- table: docs/results/a.json -->\nold\n| x |\n'
            '<!-- end -->\ntext\n<!-- end -->\n'
            '<!-- table: docs/results/a.json compact -->\n<!-- end -->\n'
            'See `<!-- table: FILE -->`.\n')
    records = [record(), record(22., 1)]
    wanted = (
        '# T\n<!-- table: docs/results/a.json -->\n'
        f'{markdown_table(records)}\n<!-- end -->\ntext\n<!-- end -->\n'
        '<!-- table: docs/results/a.json compact -->\n'
        f'{markdown_table(records, "compact")}\n<!-- end -->\n'
        'See `<!-- table: FILE -->`.\n')
    assert render_page(page, root) == wanted
    assert render_page(wanted, root) == wanted


def test_several_files_make_one_table(root):
    page = ('<!-- table: docs/results/a.json docs/results/b.json -->\n'
            '<!-- end -->')
    assert len(render_page(page, root).split('\n')) == 7


def paired(hiou, seed, method) -> dict:
    run = record(seed=seed, method=method)
    run['generalised']['hIoU'] = hiou
    return run


def test_differences_to_a_method_are_paired_by_seed(root):
    runs = [paired(20., 0, 'old'), paired(40., 1, 'old'),
            paired(43., 1, 'new (x)'), paired(21., 0, 'new (x)'),
            paired(None, 0, 'none'), paired(40., 1, 'none')]
    path = 'docs/results/p.json'
    (root / path).write_text(json.dumps(runs), 'utf-8')
    text = render_page(f'<!-- paired: {path} against old -->\n'
                       '<!-- end -->', root)
    rows = [[cell.strip() for cell in line.strip('|').split('|')]
            for line in text.split('\n')[1:-1]]
    assert rows[0] == ['Split', 'gamma', 'Seeds', 'new (x) - old',
                       'none - old']
    # 1 and 3 points, with 20 between the seeds.
    assert rows[2] == ['pets', '0', '2', '+2.00 ± 1.41', '-']
    for words, message in (('against', "say 'against' and a method"),
                           ('old', "say 'against' and a method"),
                           ('against other', "no run of 'other'")):
        with pytest.raises(ValueError, match=message):
            render_page(f'<!-- paired: {path} {words} -->\n<!-- end -->',
                        root)


def test_one_baseline_serves_other_labels_and_variants(root):
    other = paired(24., 0, 'old + x')
    other.update(supervision='paper', variant=dict(context=.2))
    own = paired(21.5, 0, 'old + x')
    own.update(variant=dict(context=.2))
    path = 'docs/results/p.json'
    (root / path).write_text(
        json.dumps([paired(20., 0, 'old'), own, other,
                    # Nothing to compare: no row.
                    dict(paired(30., 0, 'old'), gamma=.5)]), 'utf-8')
    lines = render_page(f'<!-- paired: {path} against old -->\n'
                        '<!-- end -->', root).split('\n')
    assert [cell.strip() for cell in lines[1].strip('|').split('|')] == [
        'Split', 'gamma', 'Seeds', 'old + x (context=0.2) - old',
        'old + x (paper, context=0.2) - old']
    assert [cell.strip() for cell in lines[3].strip('|').split('|')] == [
        'pets', '0', '1', '+1.50', '+4.00']
    assert lines[4] == '<!-- end -->'


def test_published_numbers_have_ours_beside_them(root):
    page = '<!-- published: voc12-zs3-k2 voc12-spnet -->\n<!-- end -->'
    rows = [[cell.strip() for cell in line.strip('|').split('|')]
            for line in render_page(page, root).split('\n')[1:-1]]
    assert rows[0] == [
        'Method', 'Split', 'Published in', 'Seen mIoU', 'Unseen mIoU',
        'Overall mIoU', 'hIoU', 'Vanilla mIoU', 'Ours']
    cells = {row[0]: row[1:] for row in rows[2:]}
    assert cells['ZS3Net'] == [
        'voc12-zs3-k2', 'Bucher et al., NeurIPS 2019, Table 1', '72.0',
        '35.4', '68.5', '47.5', '-', '25.0 (strict)']
    assert cells['ZS5Net'][-1] == 'not run'
    assert cells['SPNet'][-1] == 'not run'  # ours is calibrated
    assert cells['SPNet (calibrated)'][-2:] == ['-', '25.0 (strict)']
    assert cells['SPNet, n=1'][-2:] == ['71.52', 'not run']


@pytest.mark.parametrize('marker, message', [
    ('table: docs/results/c.json', 'p.md: .*c.json.*No such file'),
    ('table: docs/results/a.json tiny', "layout must .* got 'tiny'"),
    ('table: docs/results/a.json full compact', 'name one layout'),
    ('table: compact', 'name a results file'),
    ('published: ', 'name the splits'),
    ('supervision: all', 'name one table'),
    ('published: voc', "no published numbers on split 'voc'")])
def test_wrong_markers_are_errors(marker, message, root):
    with pytest.raises(ValueError, match=message):
        render_page(f'<!-- {marker} -->\n<!-- end -->', root, 'p.md')


def test_supervisions_are_rows(root):
    page = render_page('<!-- supervision: meaning -->\n<!-- end -->\n'
                       '<!-- supervision: permits -->\n<!-- end -->', root)
    for entry in SUPERVISIONS.values():
        assert f' | {entry.meaning} |' in page
    assert page.count('| `strict` (default) | ') == 2
    assert '| `paper` | yes | - | - | - | - | `strict`, `paper` |' in page


def test_a_table_without_an_end_is_an_error(root):
    page = ('<!-- table: docs/results/a.json -->\n\ntext\n'
            '<!-- table: docs/results/b.json -->\n<!-- end -->')
    with pytest.raises(ValueError, match='README.md: a marked table is not'):
        render_page(page, root, 'README.md')
