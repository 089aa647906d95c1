"""The object-size plot from results files."""
import json

from mmseg_zeroshot.commands import plot_object_sizes

from ..results.runs import record


def write(folder, records):
    folder.mkdir(exist_ok=True)
    (folder / 'results.json').write_text(json.dumps(records))


def rows(score):
    return [{'class': 'cow', 'group': 'unseen', 'pixels': 900, 'regions': 3,
             'IoU': 1., 'accuracy': None, 'vanilla_IoU': score}]


def test_records_of_a_folder_become_a_plot_and_a_table(tmp_path, capsys):
    write(tmp_path / 'runs', [
        record(per_class=rows(60.), seed=0),
        record(per_class=rows(61.), seed=1),
        record(per_class=rows(20.), split='other'),
        record(per_class=rows(30.), method='HVSL')])
    out = tmp_path / 'sizes.png'
    assert plot_object_sizes.main(
        [str(tmp_path / 'runs'), '--split', 'pets', '--out', str(out)]) == 0
    header, _, line, written = capsys.readouterr().out.splitlines()
    assert header.split() == [
        'class', 'mean', 'pixels', 'regions', 'SPNet', 'HVSL']
    assert line.split() == ['cow', '300', '3', '60.5', '30.0']
    assert written == f'written to {out}' and out.exists()
    assert plot_object_sizes.main(
        [str(tmp_path / 'runs'), '--split', 'pets', '--method', 'HVSL',
         '--setting', 'generalised', '--out', str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[2].split() == [
        'cow', '300', '3', '1.0']


def test_shipped_results_of_two_ages(tmp_path, repo_root, capsys):
    """Older records lack regions and the vanilla IoU of single classes."""
    out = tmp_path / 'sizes.png'
    results = repo_root / 'docs/results'
    path = str(results / 'compositions.jsonl')
    assert plot_object_sizes.main(
        [path, '--setting', 'generalised', '--out', str(out)]) == 0
    header = capsys.readouterr().out.splitlines()[0]
    assert 'SPNet' in header and 'ZS3Net' in header
    assert plot_object_sizes.main([path, '--out', str(out)]) == 0
    shown = capsys.readouterr()
    assert 'SPNet' not in shown.out and 'ZS3Net' in shown.out
    assert "skipped: 6 of the records of 'SPNet'" in shown.err
    paths = [str(results / f'voc_animals{end}.jsonl')
             for end in ('', '_zs3net')]
    options = ['--split', 'unseen-cow-cat', '--method', 'SPNet', '--setting',
               'generalised', '--out', str(out)]
    assert plot_object_sizes.main([paths[0], *options]) == 1
    assert "no record has 'regions' for 'cat' of VOC animals" in (
        capsys.readouterr().err)
    # Another file has them, of another method.
    assert plot_object_sizes.main([*paths, *options]) == 0


def test_errors_are_one_line(tmp_path, capsys):
    write(tmp_path / 'runs', [record(per_class=rows(60.))])
    (tmp_path / 'runs/zero_shot_results.json').write_text('{')
    out = str(tmp_path / 'sizes.png')
    assert plot_object_sizes.main(
        [str(tmp_path / 'runs'), '--split', 'birds', '--out', out]) == 1
    error = capsys.readouterr().err
    assert 'skipped: ' in error and 'zero_shot_results.json' in error
    assert 'none of the 1 records is asked for; their splits are pets' in (
        error)
    assert plot_object_sizes.main([str(tmp_path / 'missing')]) == 1
    assert 'missing: no such file' in capsys.readouterr().err
    assert plot_object_sizes.main(
        [str(tmp_path / 'runs'), '--out', str(tmp_path / 'a.jpg')]) == 1
    assert 'a.jpg: pictures are written as' in capsys.readouterr().err
