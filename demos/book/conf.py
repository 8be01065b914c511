"""Sphinx's configuration of the book; `python -m tinygrad_neuron book` builds it."""

from pathlib import Path

from tinygrad_neuron.interface import say

project = "tinygrad_neuron"
html_title = "Neurons, number by number"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "tinygrad_neuron.course.linking",
]
exclude_patterns = ["files"]
html_extra_path = ["files"]  # at addresses that stay: notebooks, programs, data, the package
copyright = "the tinygrad_neuron authors · text: CC BY 4.0 · programs: MIT licence"

# Lessons: every cell is run, and a cell that fails stops the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = False  # files of a teacher's are read where the pages are gathered
nb_execution_timeout = 600  # seconds for a cell, on a machine that has other work too
nb_merge_streams = True
nb_code_prompt_show = say("show code")
nb_code_prompt_hide = say("hide code")
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist", "attrs_block"]
myst_heading_anchors = 3

# Nothing on a page comes from the network.
html_math_renderer = "mathml"
nb_ipywidgets_js = {}
html_search_scorer = str(Path(__file__).with_name("scorer.js"))  # made with the book
html_show_search_summary = False  # it would fetch each page found, which file:// forbids

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": False}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

# The reference.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
toc_object_entries = False
