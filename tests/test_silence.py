"""The stack's harmless line appears in no command, worker or child."""
import os
import subprocess
import sys
import textwrap

import pytest

SCRIPTS = {
    "as mmseg's own tools import": """
        from mmengine.config import Config
        from mmseg.registry import DATASETS
        import mmseg_zeroshot  # a config's custom_imports
        assert DATASETS.get('ZeroShotDataset')
    """,
    'ours first': """
        from mmseg_zeroshot.datasets import ZeroShotDataset
        import mmseg.apis
    """,
    # As a loader's worker or a child of a launcher starts.
    'a process started anew': """
        import multiprocessing
        from mmseg_zeroshot.datasets.turned_images import turned_images
        if __name__ == '__main__':
            with multiprocessing.get_context('spawn').Pool(1) as pool:
                assert pool.apply(turned_images, ([], )) == []
    """,
}


@pytest.mark.parametrize('name', SCRIPTS)
def test_nothing_is_printed(tmp_path, repo_root, name):
    path = tmp_path / 'script.py'
    path.write_text(textwrap.dedent(SCRIPTS[name]) + "print('done')\n")
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True,
        check=True, cwd=repo_root, env=_with_path(repo_root))
    lines = done.stdout.splitlines()
    assert set(lines) == {'done'}, done.stdout
    assert 'OneDL' not in done.stderr


def _with_path(root):
    """The environment, with the repository first among the imports."""
    return dict(os.environ, PYTHONPATH=os.pathsep.join(
        filter(None, [str(root), os.environ.get('PYTHONPATH', '')])))
