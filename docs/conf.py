"""How the documentation becomes a site: Markdown in, plain pages out, nothing fetched from elsewhere."""

from rounds import __version__

project = "Rounds"
release = version = __version__
extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["pictures"]
suppress_warnings = ["misc.highlighting_failure"]  # a page may show a kind of file that has no colours

html_theme = "furo"
html_title = f"Rounds {release}"
html_favicon = html_logo = "../web/static/mark.svg"
html_static_path = html_css_files = ["style.css"]
html_copy_source = html_show_copyright = html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#13545e", "color-brand-content": "#13545e"},
    "dark_css_variables": {"color-brand-primary": "#82c8cd", "color-brand-content": "#82c8cd"},
}
