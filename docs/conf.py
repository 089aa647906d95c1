"""Settings of the documentation site; `make docs` builds it."""
from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / 'docs' / '_extensions')]

from mmseg_zeroshot.version import __version__  # noqa: E402

project = 'mmseg_zeroshot'
author = 'the mmseg_zeroshot contributors'
copyright = author
version = release = __version__
html_title = f'mmseg_zeroshot {version}'
language = 'en'

extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    # Ours, in _extensions.
    'room_pages',
    'repository_links',
]
exclude_patterns = ['_build']
# The texts that other pages link to by their place in the repository.
included_pages = {
    'README.md': 'index',
    'CHANGELOG.md': 'changelog',
    'CONTRIBUTING.md': 'contributing',
    'configs/backbones/README.md': 'methods/backbones',
    'configs/devise/README.md': 'methods/devise',
    'configs/few_label/README.md': 'methods/few_label',
    'configs/spnet/README.md': 'methods/spnet',
    'configs/zs3net/README.md': 'methods/zs3net',
    'configs/zs3net/GRAPH_CONTEXT.md': 'methods/graph_context',
    'configs/zs5net/README.md': 'methods/zs5net',
    'configs/zs_mmd/README.md': 'methods/zs_mmd',
}

myst_heading_anchors = 4
myst_enable_extensions = ['colon_fence', 'dollarmath']

# Every link and term of a page must lead somewhere. Docstrings name types as
# one reads them, without their modules, and many are torch's or MMEngine's.
nitpicky = True
nitpick_ignore_regex = [('py:.*', '.*')]

autodoc_typehints = 'description'
autodoc_typehints_format = 'short'
autodoc_member_order = 'groupwise'
autodoc_default_options = {'show-inheritance': True}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
# A data class's attributes are documented once.
napoleon_use_ivar = True

html_theme = 'furo'
html_copy_source = False
html_show_sphinx = False
