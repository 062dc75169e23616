"""The pages of the documentation and the blocks of code in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "README.md", ROOT / "config/README.md", *(ROOT / "docs").glob("*.md"))
    if path.name != "settings.md"  # made from the schema when the site is built
)


def blocks(page, *languages):
    """The blocks of a page that are marked with one of the languages, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    marked = "|".join(languages)
    return re.findall(rf"^```(?:{marked})\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
