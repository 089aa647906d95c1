from mmseg_zeroshot.utils.project import project_root


def test_the_checkout_is_the_root(repo_root):
    assert project_root() == repo_root
