"""The leaderboard's command line: good, bad and repeated files, pages."""
import json

import pytest

from mmseg_zeroshot.commands import leaderboard

from ..results.runs import record


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str)
                    else json.dumps(content), 'utf-8')
    return path


def test_all_formats_are_written_and_bad_files_counted(tmp_path, capsys):
    write(tmp_path / 'runs/0/zero_shot_results.json', record(18.))
    write(tmp_path / 'runs/1/zero_shot_results.json', record(22., 1))
    cut = write(tmp_path / 'runs/2/zero_shot_results.json', '{"meth')
    out = tmp_path / 'out'
    assert leaderboard.main([str(tmp_path / 'runs'), '--out', str(out)]) == 0
    printed, errors = capsys.readouterr()
    assert '20.0 ± 2.8' in printed
    assert '2 results from 3 files, 1 files skipped.' in printed
    assert f'skipped: {cut} is not valid JSON' in errors
    assert sorted(path.name for path in out.iterdir()) == [
        f'leaderboard.{suffix}' for suffix in ('csv', 'html', 'md', 'tex')]
    for path in out.iterdir():
        assert '20.0' in path.read_text('utf-8')
    assert '1 files skipped' in (out / 'leaderboard.html').read_text('utf-8')


def test_no_results_at_all_is_an_error(tmp_path, capsys):
    write(tmp_path / 'runs/scalars.json', '{"lr": 1}\n{"lr": 2}')
    out = tmp_path / 'out'
    assert leaderboard.main([str(tmp_path / 'runs'), '--out', str(out)]) == 1
    errors = capsys.readouterr().err
    assert 'error: no results in' in errors
    assert '(1 files looked at, 1 of them no results files)' in errors
    assert not out.exists()


def test_a_repeated_run_names_both_files(tmp_path, capsys):
    first = write(tmp_path / 'a/zero_shot_results.json', record(18.))
    other = write(tmp_path / 'b/zero_shot_results.json', record(22.))
    write(tmp_path / 'c/zero_shot_results.json', record(22., 1))
    assert leaderboard.main([str(tmp_path), '--out', str(tmp_path)]) == 1
    errors = capsys.readouterr().err
    assert "2 records of 'SPNet'" in errors
    assert f'They are in {first}, {other}\n' in errors


def test_a_missing_path_is_an_error(tmp_path, capsys):
    assert leaderboard.main([str(tmp_path / 'nowhere')]) == 1
    assert 'nowhere: no such file or folder' in capsys.readouterr().err


@pytest.mark.parametrize('argv', [[], ['runs', '--readme', 'README.md']])
def test_either_results_or_pages(argv, capsys):
    with pytest.raises(SystemExit):
        leaderboard.main(argv)
    assert 'name results files or folders, or' in capsys.readouterr().err


def test_pages_of_the_checkout_are_written_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(leaderboard, 'ROOT', tmp_path)
    write(tmp_path / 'docs/results/a.json', [record()])
    marked = '<!-- table: docs/results/a.json compact -->\n<!-- end -->\n'
    pages = [write(tmp_path / name, marked) for name in (
        'README.md', 'docs/deep/x.md', 'configs/spnet/README.md')]
    plain = write(tmp_path / 'docs/plain.md', 'text')
    assert leaderboard.main(['--readme']) == 0
    assert all('| SPNet | pets |' in page.read_text('utf-8') for page in pages)
    assert plain.read_text('utf-8') == 'text'
    assert capsys.readouterr().out.count('tables written') == 3
    assert leaderboard.main(['--readme', str(pages[0])]) == 0
    assert capsys.readouterr().out == ''
    write(pages[0], marked.replace('a.json', 'b.json'))
    write(pages[1], marked)
    assert leaderboard.main(['--readme']) == 1
    assert f'error: {pages[0]}: <!-- table' in capsys.readouterr().err
    assert '| SPNet | pets |' in pages[1].read_text('utf-8')
