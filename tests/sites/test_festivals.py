"""Festivals on the dates on which the press of their years reports them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner.errors import RequestError
from routeplanner.sites.catalog import load_sites
from routeplanner.sites.festivals import COLUMNS, festival_calendar
from routeplanner.sites.lunar import solar_of, to_lunar
from routeplanner.sites.spans import Span, occurrences, span_on

if TYPE_CHECKING:
    import pandas as pd

# (site or national day, date of a past year within it, whether that is its first day, where it is reported)
PUBLISHED = [
    ("perfume-pagoda-complex", "2011-02-08", True, "en.vietnamplus.vn/huong-pagoda-festival-opens/26095.vnp"),
    (
        "perfume-pagoda-complex",
        "2020-01-30",
        True,
        "vovworld.vn/fr-CH/actualites/bienvenue-a-la-fete-de-la-pagode-des-parfums-822601.vov",
    ),
    (
        "perfume-pagoda-complex",
        "2020-04-22",
        False,
        "e.vnexpress.net/news/life/culture/pilgrim-horde-descends-on-hanoi-s-perfume-pagoda-4047503.html",
    ),
    (
        "perfume-pagoda-complex",
        "2023-01-27",
        True,
        "m-kienthucnet.epicdn.me/xa-hoi/hang-chuc-nghin-du-khach-doi-mua-ret-tray-hoi-chua-huong-ngay-dau-nam-1801619.html",
    ),
    ("perfume-pagoda-complex", "2026-02-22", True, "www.vietnamplus.vn/region/tp-ha-noi/96.vnp"),
    (
        "phu-dong",
        "2011-05-09",
        True,
        "gotravelinvietnam.blogspot.com/2011/05/giong-festival-at-phu-dong-temple.html",
    ),
    (
        "phu-dong",
        "2011-05-11",
        False,
        "en.vietnamplus.vn/saint-giong-festival-displays-strength-and-solidarity-post28428.vnp",
    ),
    ("phu-dong", "2017-05-02", True, "www.viettravelmagazine.com/2017/05/giong-festival-2017-kick-off.html"),
    (
        "den-soc",
        "2016-02-13",
        True,
        "www.hanoitours.info/news-events/hanoi-strengthen-management-in-soc-temple-festival.html",
    ),
    (
        "den-soc",
        "2016-02-15",
        False,
        "www.hanoitours.info/news-events/hanoi-strengthen-management-in-soc-temple-festival.html",
    ),
    (
        "lang-lim-quan-ho",
        "2013-02-22",
        False,
        "vietnamtravelblogs.com/sculture-food/lim-festival-bac-ninh.php",
    ),
    (
        "lang-lim-quan-ho",
        "2014-02-12",
        False,
        "vietnamtravelblogs.com/sculture-food/lim-festival-bac-ninh.php",
    ),
    (
        "lang-lim-quan-ho",
        "2015-03-03",
        False,
        "vietnamtravelblogs.com/sculture-food/lim-festival-bac-ninh.php",
    ),
    (
        "lang-lim-quan-ho",
        "2016-02-20",
        False,
        "vietnamtravelblogs.com/sculture-food/lim-festival-bac-ninh.php",
    ),
    ("lang-lim-quan-ho", "2024-02-21", True, "vietnam.vn/en/du-khach-no-nuc-tray-hoi-lim"),
    (
        "go-dong-da",
        "2010-02-18",
        True,
        "en.sggp.org.vn/hanoi-festival-fetes-historic-victory-over-invaders-post44356.html",
    ),
    (
        "go-dong-da",
        "2023-01-26",
        True,
        "en.vietnamplus.vn/festival-marks-234th-anniversary-of-ngoc-hoidong-da-victory/247443.vnp",
    ),
    (
        "go-dong-da",
        "2025-02-02",
        True,
        "hanoitimes.vn/dong-da-mound-festival-celebration-of-heroic-tradition.642180.html",
    ),
    (
        "go-dong-da",
        "2025-02-04",
        False,
        "hanoitimes.vn/dong-da-mound-festival-celebration-of-heroic-tradition.642180.html",
    ),
    ("go-dong-da", "2026-02-21", True, "travelviet.net/en/event/hanoi/go-dong-da-festival-4016"),
    ("go-dong-da", "2026-02-23", False, "travelviet.net/en/event/hanoi/go-dong-da-festival-4016"),
    (
        "thay-pagoda",
        "2021-04-16",
        True,
        "Quốc Oai district's notice for 2021: 16 to 18 April, 5th to 7th of the third lunar month",
    ),
    ("thay-pagoda", "2021-04-18", False, "Quốc Oai district's notice for 2021"),
    (
        "thay-pagoda",
        "2023-04-24",
        True,
        "vietexplorer.com/entertainment/festival-at-hanois-thousand-year-old-pagoda-opens/",
    ),
    (
        "den-tran-nam-dinh",
        "2012-02-05",
        True,
        "en.vietnamplus.vn/pilgrims-flock-to-tran-temples-seal-opening-ceremony-post34240.vnp",
    ),
    (
        "den-tran-nam-dinh",
        "2019-02-18",
        True,
        "religion.vn/domestic-news/seal-opening-ceremony-to-be-included-in-tran-temple-festival-2019-post3vaZdoznNG.html",
    ),
    (
        "den-tran-nam-dinh",
        "2023-02-04",
        True,
        "en.qdnd.vn/photos/tran-temple-seal-opening-festival-2023-organized-in-nam-dinh-province-549116",
    ),
    ("chua-keo", "2016-10-10", True, "vietnamtourism.vn/en/index.php/news/items/11596"),
    ("chua-keo", "2016-10-15", False, "en.vietnamplus.vn/autumn-keo-pagoda-festival-kicks-off/100308.vnp"),
    ("chua-keo", "2020-10-26", True, "moitruongdulich.vn/en/index.php/item/9448"),
    ("chua-keo", "2020-10-31", False, "moitruongdulich.vn/en/index.php/item/9448"),
    (
        "chua-keo",
        "2024-10-12",
        True,
        "en.nhandan.vn/keo-pagoda-autumn-festival-opens-in-thai-binh-post140197.html",
    ),
    ("den-tran-thai-binh", "2014-02-12", True, "vietnamtourism.vn/fn/index.php/news/items/7309"),
    ("den-tran-thai-binh", "2014-02-17", False, "vietnamtourism.vn/fn/index.php/news/items/7309"),
    ("co-loa", "2013-02-15", True, "giaoducthoidai.vn/tung-bung-khai-hoi-co-loa-post480431.html"),
    (
        "ba-duong-noi-kites",
        "2023-05-03",
        True,
        "dantri.com.vn/van-hoa/le-hoi-thi-tha-dieu-ngan-nam-tuoi-o-lang-ba-duong-noi-mo-rong-quy-mo-20230429132111062.htm",
    ),
    ("bat-trang", "2024-03-23", True, "nongthonvaphattrien.vn, Hà Nội: Người dân nô nức trẩy hội, 2024"),
    ("bat-trang", "2024-03-25", False, "nongthonvaphattrien.vn, Hà Nội: Người dân nô nức trẩy hội, 2024"),
    ("chua-but-thap", "2026-05-09", True, "sansohome.travelviet.net, event 3186: 9 to 10 May 2026"),
    (
        "chua-lang",
        "2023-04-26",
        True,
        "hanoitimes.vn/lang-pagoda-festival-unique-heritage-in-hanoi-323564.html",
    ),
    (
        "den-da-hoa",
        "2016-03-18",
        True,
        "en.hungyentourism.com.vn, Chu Dong Tu – Tien Dung Festival 2016: March 18th – 20th",
    ),
    ("den-da-trach", "2016-03-20", False, "en.hungyentourism.com.vn, Chu Dong Tu – Tien Dung Festival 2016"),
    ("den-do", "2008-04-19", True, "blogrerk.blogspot.com/2008/09/den-do-festival.html: April 19-21"),
    ("den-do", "2008-04-21", False, "blogrerk.blogspot.com/2008/09/den-do-festival.html: April 19-21"),
    ("den-do", "2017-04-11", False, "religion.vn/photo-galerry/do-temple-festival-2017-postwmax0wNar1.html"),
    (
        "den-do",
        "2024-04-23",
        False,
        "bacninh.gov.vn/en/web/english/news/-/details/4790216/do-temple-festival-giap-thin-spring-2024-opens-67259234",
    ),
    ("doi-tam", "2013-02-14", True, "vietnamtourism.vn/index.php/news/items/8579"),
    ("doi-tam", "2013-02-16", False, "vietnamtourism.vn/index.php/news/items/8579"),
    (
        "doi-tam",
        "2017-02-03",
        False,
        "vov.vn/chinh-tri/hinh-anh-chu-tich-nuoc-tran-dai-quang-lai-may-cay-o-le-hoi-tich-dien-590415.vov",
    ),
    (
        "dong-ky",
        "2025-02-01",
        True,
        "vietnamnews.vn/life-style/1691506/festivals-delight-crowds-on-4th-day-of-the-lunar-new-year.html",
    ),
    (
        "Giỗ Tổ Hùng Vương",
        "2016-04-16",
        True,
        "baodanang.vn/english/society/201604/viet-nam-announces-seven-days-off-for-national-holidays-next-month-2478489",
    ),
    ("Giỗ Tổ Hùng Vương", "2018-04-25", True, "baocongthuong.com.vn/nguoi-dan-no-nuc-ngay-le-den-hung.media"),
    (
        "Giỗ Tổ Hùng Vương",
        "2022-04-10",
        True,
        "en.sggp.org.vn/calendar-of-public-holidays-in-april-may-post94148.html",
    ),
    ("Giỗ Tổ Hùng Vương", "2024-04-18", True, "moitruong.net.vn/le-hoi-den-hung-ptag.html"),
    (
        "Giỗ Tổ Hùng Vương",
        "2025-04-07",
        True,
        "lawnet.vn, What is the date of Hung Kings Commemoration Day in 2025 in Vietnam",
    ),
    (
        "Giỗ Tổ Hùng Vương",
        "2026-04-26",
        True,
        "excelnotes.com/holidays/category/people/leader/day/2026-04-26",
    ),
    (
        "Tết Trung thu",
        "2019-09-13",
        True,
        "tetnguoiviet.com/tet-trung-thu-2019-la-ngay-nao-duong-lich-va-am-lich/",
    ),
    ("Tết Trung thu", "2021-09-21", True, "www.newsbreak.com/news/2368406464206"),
    ("Tết Trung thu", "2022-09-10", True, "www.dblenses.com/af/news/happy-mid-autumn-festival"),
    ("Tết Đoan ngọ", "2010-06-16", True, "asiatravellegend.com/facts/vietnam-festivals-in-may"),
    ("Tết Đoan ngọ", "2011-06-06", True, "asiatravellegend.com/facts/vietnam-festivals-in-may"),
    ("Tết Đoan ngọ", "2012-06-23", True, "asiatravellegend.com/facts/vietnam-festivals-in-may"),
    (
        "Vu Lan",
        "2011-08-14",
        True,
        "www.vietnamtourism.org.vn/news/festivals-coming-up-in-august-part-i.html",
    ),
    (
        "Vu Lan",
        "2022-08-12",
        True,
        "www.vietnam.travel/things-to-do/festival-event/keo-pagoda-festival",
    ),
    (
        "trieu-khuc-weaving",
        "2026-02-25",
        True,
        "znews.vn/mua-con-di-danh-bong-o-hoi-lang-tai-ha-noi-post1630303.html",
    ),
    (
        "den-hai-ba-trung",
        "2019-02-10",
        False,
        "vtv.vn/trong-nuoc/le-hoi-den-hai-ba-trung-me-linh-20190210043419356.htm",
    ),
    ("chua-dau", "2008-05-12", True, "amp.cand.com.vn, Le hoi chua Dau (Thuan Thanh - Bac Ninh), i61036"),
    ("den-bach-ma", "2010-03-27", True, "hanoimoi.vn/print/234717.html"),
    (
        "den-bach-ma",
        "2017-03-09",
        True,
        "hotovietnam.org, Thong bao To chuc Le hoi truyen thong Den Bach Ma nam 2017",
    ),
    (
        "den-bach-ma",
        "2017-03-10",
        False,
        "hotovietnam.org, Thong bao To chuc Le hoi truyen thong Den Bach Ma nam 2017",
    ),
    ("tay-thien", "2015-04-03", True, "vietnamtourism.vn/index.php/news/items/14020"),
    ("tay-thien", "2024-03-24", True, "thuathienhue.gov.vn, Le hoi Tay Thien xuan Giap Thin nam 2024"),
    ("tay-thien", "2024-03-26", False, "thuathienhue.gov.vn, Le hoi Tay Thien xuan Giap Thin nam 2024"),
    ("den-tien-la", "2025-04-07", True, "baotravinh.vn/le-hoi-tien-la-13266/tag.html"),
    ("con-son", "2018-03-01", True, "vinhphuctv.vn, Le hoi truyen thong mua Xuan Con Son Kiep Bac 2018"),
    ("con-son", "2018-03-10", False, "vinhphuctv.vn, Le hoi truyen thong mua Xuan Con Son Kiep Bac 2018"),
    ("kiep-bac", "2024-09-12", True, "dulichvietnam.com.vn/le-hoi-mua-thu-con-son-kiep-bac.html"),
    ("kiep-bac", "2024-09-22", False, "dulichvietnam.com.vn/le-hoi-mua-thu-con-son-kiep-bac.html"),
    (
        "den-mau-pho-hien",
        "2014-04-09",
        True,
        "tuyengiao.hungyen.dcs.vn/khai-mac-le-hoi-den-mau-thanh-pho-hung-yen-c2447.html",
    ),
    (
        "den-mau-pho-hien",
        "2024-04-18",
        True,
        "vietnamplus.vn/hung-yen-tung-bung-khai-mac-le-hoi-truyen-thong-den-mau-post940956.vnp",
    ),
    (
        "den-mau-pho-hien",
        "2024-04-23",
        False,
        "vietnamplus.vn/hung-yen-tung-bung-khai-mac-le-hoi-truyen-thong-den-mau-post940956.vnp",
    ),
    (
        "den-tran-vu-long-bien",
        "2023-04-22",
        True,
        "didulich.net/tin-tuc-su-kien/le-hoi-truyen-thong-den-tran-vu-2023-29148",
    ),
    (
        "den-tran-vu-long-bien",
        "2025-03-31",
        True,
        "amp.cand.com.vn, tung bung thuc hanh keo co ngoi tai le hoi den Tran Vu",
    ),
    ("chua-hung-long-dong-my", "2025-04-11", True, "tracuuquyhoach.com, le hoi tong Nam Phu, 51955818"),
    ("chua-hung-long-dong-my", "2025-04-13", False, "tracuuquyhoach.com, le hoi tong Nam Phu, 51955818"),
    (
        "dao-thuc",
        "2022-03-26",
        True,
        "hanoimoi.vn/ky-niem-290-nam-ngay-mat-ong-to-nghe-roi-nuoc-dao-thuc-459282.html",
    ),
]

# The lantern nights of Hội An, the 14th of each lunar month, as announced for three years (2023 has a leap month):
# hoiannow.com/hoi-an-guide/festivals-in-vietnam/full-moon-lantern-festival-calendar,
# for 2024 also rove.me/to/vietnam/hoi-an-lantern-full-moon-festival
LANTERN_NIGHTS = {
    2022: "16/1 14/2 16/3 14/4 14/5 12/6 12/7 11/8 9/9 9/10 7/11 7/12",
    2023: "5/1 4/2 5/3 4/4 3/5 1/6 1/7 31/7 29/8 28/9 28/10 26/11 26/12",
    2024: "24/1 23/2 23/3 22/4 21/5 19/6 19/7 17/8 16/9 16/10 14/11 14/12",
}

LUNAR_SPANS = st.builds(
    Span,
    name_vi=st.just("Hội"),
    calendar=st.just("lunar"),
    month=st.integers(1, 12),
    day=st.integers(1, 30),
    days=st.integers(1, 90),
)


@cache
def of_year(year: int) -> pd.DataFrame:
    return festival_calendar(year)


@pytest.mark.parametrize(("who", "text", "opens", "_source"), PUBLISHED)
def test_a_festival_falls_where_it_was_reported(who: str, text: str, opens: bool, _source: str) -> None:  # noqa: FBT001
    day = date.fromisoformat(text)
    calendar = of_year(day.year)
    own = calendar[(calendar["site_id"] == who) | (calendar["festival_vi"] == who)]
    if opens:
        assert day in set(own["start"])
    else:
        assert ((own["start"] <= day) & (day <= own["end"])).any()


def test_eighty_published_dates_of_three_dozen_festivals_are_held() -> None:
    assert len({(who, text) for who, text, _, _ in PUBLISHED}) >= 80
    assert len({who for who, _, _, _ in PUBLISHED}) >= 34
    assert all("." in source or " " in source for _, _, _, source in PUBLISHED)


@pytest.mark.parametrize(
    "year", [1900, 1947, 1995, 2007, 2027, 2100]
)  # 1947: the 10th of the third is 30 April
def test_the_national_days_are_there_in_any_year(year: int) -> None:
    calendar = of_year(year)
    for name, (month, day) in {
        "Tết Nguyên đán": (1, 1),
        "Rằm tháng Giêng": (1, 15),
        "Giỗ Tổ Hùng Vương": (3, 10),
        "Vu Lan": (7, 15),
        "Tết Trung thu": (8, 15),
    }.items():
        (first,) = calendar.loc[calendar["festival_vi"] == name, "start"].head(1)
        assert first == solar_of(day, month, year)


@pytest.mark.parametrize("year", LANTERN_NIGHTS)
def test_the_fourteenth_of_each_lunar_month_is_the_lantern_night(year: int) -> None:
    nights = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    ours = [f"{night.day}/{night.month}" for night in nights if to_lunar(night).day == 14]
    assert ours == LANTERN_NIGHTS[year].split()


def test_thay_pagoda_2024_is_within_the_weeks_announced() -> None:
    # announced together with the district's tourism week, 12 to 16 April 2024
    own = of_year(2024)
    own = own[own["site_id"] == "thay-pagoda"].iloc[0]
    assert date(2024, 4, 12) <= own["start"] <= own["end"] <= date(2024, 4, 16)


def test_a_calendar_has_its_columns_and_is_sorted() -> None:
    calendar = of_year(2027)
    assert list(calendar.columns) == list(COLUMNS)
    assert calendar["start"].is_monotonic_increasing
    assert (calendar["start"] <= calendar["end"]).all()
    assert calendar[calendar["kind"] != "festival"]["site_id"].isna().all()
    assert set(calendar["festival_vi"]) >= {
        *("Tết Nguyên đán", "Giỗ Tổ Hùng Vương", "Tết Trung thu", "Vu Lan"),
        *("Rằm tháng Giêng", "Quốc khánh"),
    }


def test_what_was_held_once_appears_in_its_year_only() -> None:
    assert "Lễ hội Thiết kế sáng tạo Hà Nội 2024" in set(of_year(2024)["festival_vi"])
    for year in (2023, 2025, 2027):
        assert "Lễ hội Thiết kế sáng tạo Hà Nội 2024" not in set(of_year(year)["festival_vi"])


@pytest.mark.parametrize("year", [1899, 2101])
def test_the_range_of_years_is_stated(year: int) -> None:
    with pytest.raises(RequestError, match="give 1900 to 2100"):
        festival_calendar(year)


@given(LUNAR_SPANS, st.integers(1901, 2099))
def test_a_lunar_festival_keeps_its_day_and_never_falls_into_a_leap_month(span: Span, year: int) -> None:
    for first, last in occurrences(span, year):
        lunar = to_lunar(first)
        assert (lunar.month, lunar.leap) == (span.month, False)
        if lunar.day != span.day:  # the 30th of a short month
            assert (span.day, lunar.day) == (30, 29)
            with pytest.raises(RequestError):
                solar_of(30, span.month, lunar.year)
        assert (last - first).days == span.days - 1
        assert span_on([span], first) == (span, first, last)
        assert span_on([span], last) is not None
        assert span_on([span], first - timedelta(days=1)) is None or span.days > 300


@given(LUNAR_SPANS)
def test_each_lunar_year_has_its_festival_once(span: Span) -> None:
    starts = {first for year in range(1950, 2000) for first, _ in occurrences(span, year)}
    assert len({to_lunar(first).year for first in starts}) == len(starts)


def test_a_leap_month_does_not_repeat_a_festival() -> None:
    second = Span(name_vi="Hội", calendar="lunar", month=2, day=15, days=1)  # 2023 has two second months
    assert occurrences(second, 2023) == [(date(2023, 3, 6), date(2023, 3, 6))]


def test_a_solar_span_may_cross_the_new_year_and_29_february() -> None:
    winter = Span(name_vi="Mùa", calendar="solar", month=12, day=20, days=20)
    assert span_on([winter], date(2027, 1, 5)) == (winter, date(2026, 12, 20), date(2027, 1, 8))
    leap = Span(name_vi="Ngày", calendar="solar", month=2, day=29, days=1)
    assert occurrences(leap, 2027) == [(date(2027, 2, 28), date(2027, 2, 28))]


def test_what_has_no_source_says_so() -> None:
    calendar = of_year(2027)
    own = calendar[calendar["kind"] == "festival"]
    assert (own["certain"] == own["source"].notna()).all()
    sites = load_sites()
    for site_id in own[~own["certain"]]["site_id"]:
        assert "festivals" in sites.loc[site_id, "unverified"]
