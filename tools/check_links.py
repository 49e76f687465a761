"""Every link inside of the built documentation leads to a page, and to a place on it. Usage: FOLDER."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links and the named places of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - inherited
        """Keep addresses and names."""
        found = {name: value for name, value in attrs if value}
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.places.add(found.get("id", ""))


def faults(folder: Path) -> list[str]:
    """Return a line for each link that leads nowhere; files to download have a place of their own elsewhere."""
    files = [file.resolve() for file in sorted(folder.rglob("*.html")) if "_downloads" not in file.parts]
    pages = {file: Page(file.read_text(encoding="utf-8")) for file in files}
    return [
        f"{file.relative_to(folder.resolve())}: {link} leads nowhere"
        for file, page in pages.items()
        for link in dict.fromkeys(page.links)
        if not _leads(file, link, pages)
    ]


def _leads(file: Path, link: str, pages: dict[Path, Page]) -> bool:
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return True
    target = (file.parent / unquote(address.path)).resolve() if address.path else file
    place = unquote(address.fragment)
    return target.exists() and (not place or target not in pages or place in pages[target].places)


if __name__ == "__main__":
    if not Path(sys.argv[1], "index.html").is_file():
        sys.exit(f"{sys.argv[1]}: no documentation is built here; run make docs")
    sys.exit("\n".join(faults(Path(sys.argv[1]))) or 0)
