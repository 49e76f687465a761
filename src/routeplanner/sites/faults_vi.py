"""The faults of a catalogue in Vietnamese, phrase by phrase: the rules speak English, this translates them."""

from __future__ import annotations

import re

__all__ = ["in_vietnamese"]

_PLACES = (
    (r", feature (\d+)\b", r", đối tượng \1"),
    (r", row (\d+)\b", r", dòng \1"),
    (r"^row (\d+) has", r"dòng \1 has"),
    (r", site '([^']*)'", r", điểm '\1'"),
    (r", site None", ", điểm không có mã"),
    (r"^collection\b", "bộ dữ liệu"),
    (r"\bfield '([^']*)':", r"trường '\1':"),
    (r"\bfield ([a-z_0-9]+):", r"trường \1:"),
    (r"\bgeometry: ", "tọa độ: "),
    (r"\bfestival (\d+):", r"lễ hội \1:"),
    (r"\bclosure (\d+):", r"kỳ đóng cửa \1:"),
    (r"\bseason (\d+):", r"mùa \1:"),
    (r"\bspecial (\d+):", r"ngày có giờ riêng \1:"),
)

_PHRASES = (
    (
        r"longitude and latitude are swapped in (\[.*?\]); write (\[.*?\])",
        r"kinh độ và vĩ độ bị đảo trong \1; hãy viết \2",
    ),
    (
        r"(\[.*?\]) are metres of a projection \((.*?)\), not degrees; name it with crs: (.*)",
        r"\1 là mét của một hệ tọa độ phẳng, không phải độ; hãy nêu hệ bằng crs: \3",
    ),
    (
        r"(\[.*?\]) are neither degrees nor metres of a projection of Vietnam; give \[lon, lat\] in degrees",
        r"\1 không phải độ, cũng không phải mét của hệ tọa độ Việt Nam; hãy ghi [kinh độ, vĩ độ] bằng độ",
    ),
    (
        r"(\[.*?\]) lies outside Vietnam \(longitude (.*?), latitude (.*?)\); give \[lon, lat\] in degrees.*",
        r"\1 nằm ngoài Việt Nam (kinh độ \2, vĩ độ \3); hãy ghi [kinh độ, vĩ độ] bằng độ (EPSG:4326)",
    ),
    (
        r"coordinates (.*?) are not two numbers; give \[lon, lat\] in degrees",
        r"\1 không phải hai số; hãy ghi [kinh độ, vĩ độ] bằng độ",
    ),
    (
        r"missing; give a Point with coordinates \[lon, lat\]",
        "thiếu; hãy cho một Point có tọa độ [kinh độ, vĩ độ]",
    ),
    (
        r"a (\w+); give a Point with coordinates \[lon, lat\]",
        r"là \1; hãy cho một Point có tọa độ [kinh độ, vĩ độ]",
    ),
    (
        r"(\d+) min do not fit into any opening of the year \((\d+) min at most\); correct it or the hours",
        r"\1 phút không vừa giờ mở cửa nào trong năm (dài nhất \2 phút); hãy sửa lại hoặc sửa giờ mở cửa",
    ),
    (
        r"(\d+) min before closing is before it opens \((\d+) min at most\); correct it or the hours",
        r"\1 phút trước giờ đóng cửa là trước giờ mở cửa (dài nhất \2 phút); hãy sửa lại hoặc sửa giờ mở cửa",
    ),
    (
        (
            r"none of (.*?) lies within the opening hours with its (\d+) min and last admission; "
            r"correct them or the hours"
        ),
        r"không suất nào (\1) trọn \2 phút trong giờ mở cửa và giờ nhận khách; hãy sửa lại hoặc sửa giờ mở cửa",
    ),
    (
        (r"it is never open in a year \(.*\); correct the hours, market days, weekdays, closures or seasons"),
        "không mở ngày nào trong năm; hãy sửa giờ, ngày chợ, ngày nghỉ trong tuần, kỳ đóng cửa hoặc mùa",
    ),
    (
        r"names all seven weekdays, so that it never opens; leave out some",
        "ghi đủ bảy ngày nên không bao giờ mở; hãy bỏ những ngày có mở",
    ),
    (
        r"given though booking_required is not true; set it, or leave the days out",
        "có giá trị dù booking_required không phải true; hãy ghi true, hoặc bỏ số ngày",
    ),
    (
        (
            r"('.*') is replaced by what follows the semicolon; put a comma between two ranges of a day, "
            r"as ('.*'), or take it out"
        ),
        r"\1 bị phần sau dấu chấm phẩy thay thế; hãy đặt dấu phẩy giữa hai khoảng trong ngày, như \2, hoặc bỏ đi",
    ),
    (
        r"missing; give name in Vietnamese, in Unicode's composed form \(NFC\)",
        "thiếu; hãy điền tên tiếng Việt",
    ),
    (r"missing; give name in English", "thiếu; hãy điền tên tiếng Anh"),
    (r"missing; give what it is in the first place", "thiếu; hãy điền loại điểm (xem từ điển dữ liệu)"),
    (r"missing; give usual length of a visit", "thiếu; hãy điền thời gian tham quan thường lệ, bằng phút"),
    (
        r"missing; give how much it means to a visitor: 1 \(local\) to 5 \(a reason to come\)\. A judgement",
        "thiếu; hãy điền mức quan trọng với du khách, từ 1 (trong vùng) đến 5 (đáng đi vì nó)",
    ),
    (r"missing; give (.*?)(; is it '.*?'\?)?$", r"thiếu; hãy điền: \1\2"),
    (
        r"(điểm|site) ('[^']*'): version (\d+) was written by (.*) on (.*), you have no version of it; read it.*",
        r"điểm \2: phiên bản \3 do \4 ghi lúc \5, bản của bạn không có phiên bản; hãy đọc lại, gộp rồi ghi",
    ),
    (
        r"(điểm|site) ('[^']*'): version (\d+) was written by (.*) on (.*), you read version (\d+); read it.*",
        r"điểm \2: phiên bản \3 do \4 ghi lúc \5, bạn đã đọc phiên bản \6; hãy đọc lại, gộp rồi ghi",
    ),
    (
        r"(điểm|site) ('[^']*'): was deleted since you read it \(your version (\d+)\); add it without.*",
        r"điểm \2: đã bị xóa sau khi bạn đọc (phiên bản \3); hãy thêm lại không kèm phiên bản, hoặc bỏ đi",
    ),
    (
        r"editor is empty; say who writes, for the history",
        "chưa có tên người ghi; hãy cho biết ai ghi, để lưu lịch sử",
    ),
    (r"EPSG:5897 is VN-2000", "EPSG:5897 là VN-2000"),
    (r"UTM zone 48N", "UTM múi 48N"),
    (
        r"crs ('.*?') counts in degrees, the points are metres; name a projection, as EPSG:5897 \(.*\)",
        r"crs \1 tính bằng độ mà các điểm là mét; hãy nêu một hệ tọa độ phẳng, như EPSG:5897 (VN-2000 TM-3 105°00')",
    ),
    (r"; is it ('.*?')\?$", r"; có phải là \1?"),
    (r"; is it '(.*?)'\?", r"; có phải là '\1'?"),
    (
        r"a field name must be text in Unicode's composed form \(NFC\)",
        "tên trường phải là chữ Unicode dựng sẵn (NFC)",
    ),
    (r"not a field of the catalogue; did you mean", "không phải trường của danh mục; ý bạn là"),
    (r"did you mean", "ý bạn là"),
    (
        r"NaN is not a value; write null for what is not known",
        "NaN không phải giá trị; hãy ghi null cho điều chưa biết",
    ),
    (r" is not text; write text or null", " không phải chữ; hãy ghi chữ hoặc null"),
    (r" is not text; write text", " không phải chữ; hãy ghi chữ"),
    (
        r" is not text; give a page or the source in words",
        " không phải chữ; hãy ghi trang hoặc nguồn bằng lời",
    ),
    (
        r" is not in Unicode's composed form; save it as NFC",
        " không ở dạng Unicode dựng sẵn; hãy lưu ở dạng NFC",
    ),
    (r" is not text in Unicode's composed form \(NFC\)", " không phải chữ Unicode dựng sẵn (NFC)"),
    (r" is not a site id", " không phải mã điểm"),
    (
        r" is not known; write 'lunar' or 'solar'",
        " không được biết; hãy ghi 'lunar' (âm lịch) hoặc 'solar' (dương lịch)",
    ),
    (r" is not known; known are ", " không có trong danh sách; các từ được dùng: "),
    (r" is not known", " không có trong danh sách"),
    (
        r" is not a whole number( \(.*?\))?; write digits only, without quotes",
        r" không phải số nguyên\1; chỉ ghi chữ số, không có ngoặc kép",
    ),
    (r" is out of range; give (\S+) to (\S+)", r" nằm ngoài khoảng; hãy ghi từ \1 đến \2"),
    (
        r" is neither true nor false; write true, false or null",
        " không phải đúng hay sai; hãy ghi true, false hoặc null",
    ),
    (r" is neither true nor false", " không phải đúng hay sai (true, false)"),
    (r' is not a list; write \["\.\.\."\] or \[\]', ' không phải danh sách; hãy ghi ["..."] hoặc []'),
    (r" is not a list; write \[\] or a list of \w+", " không phải danh sách; hãy ghi [] hoặc một danh sách"),
    (r" stands twice; keep one", " bị lặp; hãy giữ một"),
    (
        r" is not a list of whole numbers; write \[4, 10\] or null",
        " không phải danh sách số nguyên; hãy ghi [4, 10] hoặc null",
    ),
    (r" names a day twice; keep one", " lặp một ngày; hãy giữ một"),
    (
        r' is not a list of clock times; write \["09:00", "15:00"\] or \[\]',
        ' không phải danh sách giờ; hãy ghi ["09:00", "15:00"] hoặc []',
    ),
    (
        r" is not a clock time; write hours and minutes as 09:00, at most 23:59",
        " không phải giờ; hãy ghi giờ và phút như 09:00, nhiều nhất 23:59",
    ),
    (r" names a time twice; keep one", " lặp một giờ; hãy giữ một"),
    (
        r" is not an http or https address; give one, or the source in words",
        " không phải địa chỉ http hay https; hãy ghi địa chỉ, hoặc nguồn bằng lời",
    ),
    (
        r" is not an http or https address; give one or null",
        " không phải địa chỉ http hay https; hãy ghi địa chỉ hoặc null",
    ),
    (r" is not a (festival|closure|season|special)\b", " không phải một kỳ có ngày tháng"),
    (r"\bmonth (.*?) is not 1 to 12", r"tháng \1 không từ 1 đến 12"),
    (
        r"\bday (.*?) does not exist in lunar month (\S+) \(1 to (\d+)\)",
        r"ngày \1 không có trong tháng \2 âm lịch (1 đến \3)",
    ),
    (
        r"\bday (.*?) does not exist in solar month (\S+) \(1 to (\d+)\)",
        r"ngày \1 không có trong tháng \2 dương lịch (1 đến \3)",
    ),
    (
        r"\bday (.*?) does not exist in any month \(1 to (\d+)\)",
        r"ngày \1 không có trong tháng nào (1 đến \2)",
    ),
    (
        r"\bday (.*?) does not exist in month (\S+) \(1 to (\d+)\)",
        r"ngày \1 không có trong tháng \2 (1 đến \3)",
    ),
    (r"\bdays (.*?) is not a length of 1 to (\d+) days", r"số ngày \1 không từ 1 đến \2"),
    (
        r"\byear (.*?) is not 1900 to 2100; leave it out for what comes back each year",
        r"năm \1 không từ 1900 đến 2100; bỏ trống nếu diễn ra hằng năm",
    ),
    (r" is not a table by field; write ", " không phải bảng theo trường; hãy ghi "),
    (r" is not a table; write ", " không phải bảng; hãy ghi "),
    (r" or leave it out", " hoặc bỏ đi"),
    (r"\bseen (.*?) is not a day; write", r"ngày xem \1 không phải ngày; hãy ghi"),
    (r" is not text$", " không phải chữ"),
    (
        r"site_id (.*?) is missing or not an identifier; give one of small letters, digits and hyphens, for example",
        r"mã site_id \1 thiếu hoặc sai; hãy dùng chữ thường không dấu, số và gạch nối, ví dụ",
    ),
    (
        r"site_id (.*?) is also at (.*?); rename or remove one",
        r"mã site_id \1 đã có ở \2; hãy đổi hoặc xóa một",
    ),
    (r" is not a site of this catalogue", " không phải điểm của danh mục này"),
    (r" leads back to (.*?); a part cannot hold its whole", r" dẫn trở lại \1; phần không thể chứa toàn thể"),
    (r"\bhours (?=\S+ are not opening hours)", "giờ "),
    (
        r" are not opening hours; write OpenStreetMap's form, for example ",
        " không phải giờ mở cửa; hãy ghi theo dạng của OpenStreetMap, ví dụ ",
    ),
    (r" are not opening hours", " không phải giờ mở cửa"),
    (r"write minutes too:", "hãy ghi cả phút:"),
    (r"write times with a colon:", "hãy ghi giờ với dấu hai chấm:"),
    (r"put a comma between two ranges:", "hãy đặt dấu phẩy giữa hai khoảng:"),
    (r"name weekdays Mo Tu We Th Fr Sa Su:", "hãy ghi thứ bằng Mo Tu We Th Fr Sa Su:"),
    (r"use a plain hyphen:", "hãy dùng gạch nối thường:"),
    (r"put remarks in quotes:", "hãy để ghi chú trong ngoặc kép:"),
    (r"a clock time ends at 24:00 and has minutes up to 59", "giờ chỉ đến 24:00, phút đến 59"),
    (
        r"a clock time ends at 24:00; write a night as '18:00-02:00'",
        "giờ trong ngày chỉ đến 24:00; giờ đêm hãy ghi như '18:00-02:00'",
    ),
    (
        (
            r"(\d+:\d\d\s*-\s*\d+:\d\d) closes before it opens; swap the two times "
            r"\(only a night of less than twelve hours may cross midnight, as 18:00-02:00\)"
        ),
        (
            r"\1 đóng cửa trước khi mở; hãy đổi chỗ hai giờ (chỉ giờ đêm dưới mười hai tiếng mới được qua nửa đêm, "
            r"như 18:00-02:00)"
        ),
    ),
    (r"(giờ mở cửa; hãy ghi .*'), not '", r"\1, không phải '"),
    (
        r"not understood from character (\d+) on; write OpenStreetMap's form, for example",
        r"không hiểu được từ ký tự \1; hãy ghi theo dạng của OpenStreetMap, ví dụ",
    ),
    (
        r"not understood; write OpenStreetMap's form, for example",
        "không hiểu được; hãy ghi theo dạng của OpenStreetMap, ví dụ",
    ),
    (r" from character (\d+) on", r" từ ký tự \1"),
    (
        r"no geometry; give a point geometry or columns lon and lat in degrees",
        "không có tọa độ; hãy cho hình học điểm hoặc cột lon và lat bằng độ",
    ),
    (
        r"no coordinate system; call set_crs\('EPSG:4326'\) where the points are degrees",
        "không có hệ tọa độ; hãy gọi set_crs('EPSG:4326') nếu điểm ghi bằng độ",
    ),
    (r"crs (.*?) is not known; give one as", r"hệ tọa độ \1 không được biết; hãy ghi như"),
    (
        r"not JSON at line (\d+), column (\d+): (.*); mend it there",
        r"không phải JSON ở dòng \1, cột \2 (\3); hãy sửa ở đó",
    ),
    (
        r" is not a GeoJSON FeatureCollection; give one with a list of features",
        " không phải FeatureCollection của GeoJSON; hãy cho tệp có danh sách features",
    ),
    (
        r"not a GeoJSON Feature with properties; see the data dictionary",
        "không phải Feature của GeoJSON có properties; xem từ điển dữ liệu",
    ),
    (r"nested too deeply to be a catalogue", "lồng quá sâu, không phải danh mục"),
    (
        r"no \*\.geojson file in this folder; name another folder or a file",
        "không có tệp *.geojson trong thư mục này; hãy nêu thư mục khác hoặc một tệp",
    ),
    (
        r"the file does not exist; check the name and the folder",
        "tệp không tồn tại; hãy kiểm tra tên và thư mục",
    ),
    (
        r"not UTF-8 text \(byte (\d+)\), and neither Windows-1258 nor TCVN3 makes sense of it; save it as UTF-8",
        r"không phải UTF-8 (byte \1), cũng không đọc được theo Windows-1258 hay TCVN3; hãy lưu ở dạng UTF-8",
    ),
    (r"not UTF-8 text \(byte (\d+)\); save it as UTF-8", r"không phải UTF-8 (byte \1); hãy lưu ở dạng UTF-8"),
    (
        r"marked as (\S+), but byte (\d+) is none of it; save it as UTF-8",
        r"ghi là \1 nhưng byte \2 không đúng; hãy lưu ở dạng UTF-8",
    ),
    (r"holds zero bytes; this is no text file", "có byte 0; đây không phải tệp chữ"),
    (
        r"holds no rows; give a header and one row a site",
        "không có dòng nào; hãy cho dòng tiêu đề và mỗi điểm một dòng",
    ),
    (r"not CSV: (.*); close each quoted cell", r"không phải CSV (\1); hãy đóng ngoặc kép từng ô"),
    (
        r"row (\d+) has (\d+) cells, the header (\d+); put cells that hold the delimiter in quotes",
        r"dòng \1 có \2 ô, tiêu đề có \3; hãy để ô chứa dấu phân cách trong ngoặc kép",
    ),
    (
        r"dòng (\d+) has (\d+) cells, the header (\d+); put cells that hold the delimiter in quotes",
        r"dòng \1 có \2 ô, tiêu đề có \3; hãy để ô chứa dấu phân cách trong ngoặc kép",
    ),
    (
        r"openpyxl cannot read it \((.*)\); save it as \.xlsx or CSV",
        r"không đọc được tệp Excel (\1); hãy lưu ở dạng .xlsx hoặc CSV",
    ),
    (
        r"no sheet has a header with site_id or names, and longitude and latitude; see the data dictionary",
        "không trang nào có tiêu đề với site_id hoặc tên, kinh độ và vĩ độ; xem từ điển dữ liệu",
    ),
    (
        r"geopandas cannot read it \((.*)\); give GeoJSON, GeoPackage, GeoParquet, CSV or Excel",
        r"không đọc được (\1); hãy cho GeoJSON, GeoPackage, GeoParquet, CSV hoặc Excel",
    ),
    (r"; see the data dictionary", "; xem từ điển dữ liệu"),
)
_COMPILED = tuple((re.compile(english), vietnamese) for english, vietnamese in (*_PLACES, *_PHRASES))


def in_vietnamese(fault: str) -> str:
    """Return a fault of `validate_sites` in Vietnamese; names, fields and values stay as they are.

    Examples
    --------
    >>> in_vietnamese("a.csv, row 3, site 'x': field visit_min: 6000 is out of range; give 1 to 600 (min)")
    "a.csv, dòng 3, điểm 'x': trường visit_min: 6000 nằm ngoài khoảng; hãy ghi từ 1 đến 600 (min)"
    """
    for english, vietnamese in _COMPILED:
        fault = english.sub(vietnamese, fault)
    return fault
