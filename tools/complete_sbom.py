"""Give a bill of materials the version of the library, which `pyproject.toml` leaves to a file. Usage: FILE.json."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(path: Path) -> None:
    """Write the version into the component that the bill describes."""
    text = (ROOT / "src/routeplanner/_version.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        sys.exit("src/routeplanner/_version.py names no version")
    bill = json.loads(path.read_text(encoding="utf-8"))
    described = bill["metadata"]["component"]
    described["version"] = found[1]
    described["purl"] = f"pkg:pypi/{described['name']}@{found[1]}"
    path.write_text(json.dumps(bill, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path}: {described['name']} {found[1]} and {len(bill['components'])} libraries\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
