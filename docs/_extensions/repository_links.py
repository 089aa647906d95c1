"""Let links between files of the repository lead to pages of the site.

Pages link to one another by file, so that the links work in any viewer of the
repository. A text that the site includes from elsewhere, such as a method's
README, is the page that includes it (``included_pages`` in ``conf.py``).
"""
from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

# The target of a Markdown link or image that is neither a URL nor an anchor.
_RELATIVE = re.compile(r'(?<=\]\()(?![a-z]+:|[#/])')


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the table of pages, and what reads it."""
    app.add_config_value('included_pages', {}, 'env', [dict])
    app.connect('include-read', keep_links)
    app.add_transform(PageLinks)
    return dict(parallel_read_safe=True, parallel_write_safe=True)


def keep_links(app: Sphinx, path: Path, page: str, text: list[str]) -> None:
    """Make an included file's links begin at the site's root, not at it.

    Args:
        app: Sphinx.
        path: The file, from the site's root.
        page: The page that includes it.
        text: Its text, which is changed in place.
    """
    folder = posixpath.join('/', Path(path).parent.as_posix())
    text[0] = _RELATIVE.sub(folder + '/', text[0])


class PageLinks(SphinxTransform):
    """Replace the file that a link names by the page that includes it."""

    default_priority = 100

    def apply(self) -> None:
        """Go through the links of one page."""
        root = os.path.dirname(self.env.srcdir)
        for node in self.document.findall(addnodes.pending_xref):
            if node.get('refdomain') != 'doc':
                continue
            # MyST names a page outside the source folder by its path without
            # the ending.
            path = os.path.join(self.env.srcdir, node['reftarget'])
            file = os.path.relpath(path, root) + '.md'
            page = self.config.included_pages.get(file)
            if page is not None:
                node['reftarget'] = page
