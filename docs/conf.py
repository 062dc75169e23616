"""How Sphinx makes the site: `make docs` writes build/site/.

The source folder is the root of the repository, so that links between pages, the reference of the
configuration and the benchmarks are the same on the site and where the files are read as they are.
"""

import re
import sys
from pathlib import Path

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "docs")]

import settings_reference

import ikmeanfield

project = "ikmeanfield"
author = "The ikmeanfield authors"
version = release = ikmeanfield.__version__

root_doc = "docs/index"
include_patterns = ["docs/**", "config/README.md", "benchmarks/README.md"]
exclude_patterns = [
    ".*", "build", "dist", "envs", "logs", "profiles", "results", "src", "tests", "workflow",
    "**/*.ipynb",
]  # fmt: skip
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
# A page may be listed before it is there; one that is there and not listed is still a warning.
suppress_warnings = ["toc.not_readable"]

autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # the docstrings say types in words, with shapes and units
autodoc_default_options = {
    "members": True,
    "imported-members": True,
    "exclude-members": "model_config, LATER_FIELDS",  # machinery of the validated models
}
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes of dataclasses are members already

html_theme = "furo"
html_title = "ikmeanfield"
html_math_renderer = "mathml"
html_additional_pages = {"index": "start.html"}
templates_path = ["templates"]
html_show_sphinx = html_show_copyright = False
html_static_path = ["style"]
html_css_files = ["site.css"]
html_copy_source = False


def _inline(self, node):
    self.body.append(convert(node.astext(), display="inline"))
    raise SkipNode


def _block(self, node):
    self.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise SkipNode


def _escape_bars(app, what, name, obj, options, lines):
    """The bars of an absolute value in a docstring are no substitution of reStructuredText."""
    lines[:] = [re.sub(r"``.*?``|`[^`]*`|\|", _escaped, line) for line in lines]


def _escaped(match):
    return r"\|" if match[0] == "|" else match[0]


def setup(app):
    """Equations become MathML, which browsers draw without scripts; write the generated page."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("autodoc-process-docstring", _escape_bars)
    settings_reference.write(ROOT / "docs/settings.md")
    return {"parallel_read_safe": True}
