"""A dozen places in the south: craft villages, a pagoda, a temple."""

from __future__ import annotations

SOUTH = (
    "ha-thai-lacquer",
    "chuon-ngo-mother-of-pearl",
    "quat-dong-embroidery",
    "nhi-khe-wood-turning",
    "lang-cuu",
    "chua-dau-thuong-tin",
    "thuy-ung-horn",
    "hong-van-bonsai",
    "trieu-khuc-weaving",
    "van-tu-tailoring",
    "nguyen-trai-temple",
    "tranh-khuc-banh-chung",
)
