"""The project's addresses and its README as a package index shows them: hatchling runs this when it builds.

A relative picture or link works beside the README and nowhere else. With ``ROUTEPLANNER_URL`` (the address of the
repository, such as ``https://host/owner/routeplanner``) they become addresses of the tagged version, and the metadata
get the project's URLs; without it pictures are left out and links become plain text: nothing broken is uploaded.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PICTURE = re.compile(r"!\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")


def for_an_index(readme: str, url: str, version: str) -> str:
    """Return the README with addresses that hold anywhere, or without what would lead nowhere."""
    if not url:
        return LINK.sub(r"\1", re.sub(rf"{PICTURE.pattern}\n\n?", "", readme))
    at = f"{url.rstrip('/')}/{{}}/v{version}"
    pictures = PICTURE.sub(rf"![\1]({at.format('raw')}/\2)", readme)
    return LINK.sub(rf"[\1]({at.format('blob')}/\2)", pictures)


def addresses(url: str, version: str) -> dict[str, str]:
    """Return the project's URLs, by the names that package indexes know."""
    url = url.rstrip("/")
    return {
        "Homepage": url,
        "Documentation": f"{url}/blob/v{version}/docs/index.md",
        "Source": url,
        "Issues": f"{url}/issues",
        "Changelog": f"{url}/blob/v{version}/CHANGELOG.md",
    }


class ReadmeHook(MetadataHookInterface):
    """Fill in the README and, where the repository's address is known, the URLs."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``readme`` and ``urls``."""
        root, url = Path(self.root), os.environ.get("ROUTEPLANNER_URL", "")
        code = (root / "src/routeplanner/_version.py").read_text(encoding="utf-8")
        version = re.search(r'^__version__ = "([^"]+)"$', code, flags=re.MULTILINE)[1]
        text = for_an_index((root / "README.md").read_text(encoding="utf-8"), url, version)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        if url:
            metadata["urls"] = addresses(url, version)
