"""What a client wishes, read from the headers that weigh names: languages, formats, ways to pack."""

from __future__ import annotations

import math

__all__ = ["wishes"]


def wishes(header: str | None) -> list[str]:
    """Return the names of a weighed list (``Accept`` and its like), the most wished for first, without the refused.

    Parameters
    ----------
    header
        The header's text. What cannot be read as a weight leaves its name out.

    Examples
    --------
    >>> wishes("application/json;q=0.1, text/html, image/png;q=0")
    ['text/html', 'application/json']
    """
    found = []
    for part in (header or "").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        if name and weight > 0 and math.isfinite(weight):
            found.append((weight, name))
    return [name for _, name in sorted(found, key=lambda wish: -wish[0])]
