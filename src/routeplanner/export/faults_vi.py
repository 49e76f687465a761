"""The faults of requests, files and options in Vietnamese, phrase by phrase: the rules speak English."""

from __future__ import annotations

import re

from routeplanner.sites.faults_vi import in_vietnamese as catalogue_fault

__all__ = ["fault_in_vietnamese", "subject_in_vietnamese"]

_SUBJECTS = {
    "lunar date": "ngày âm lịch",
    "request": "yêu cầu",
    "query": "tham số",
    "plan": "hành trình",
    "output": "tệp ghi ra",
    "itinerary": "hành trình",
    "sites": "điểm đến",
    "site": "điểm đến",
    "format": "định dạng",
    "calendar": "lịch",
    "batch": "nhiều yêu cầu",
    "convert": "chuyển đổi",
    "export": "chuyển đổi",
    "serve": "dịch vụ",
    "settings": "thiết lập",
    "database": "cơ sở dữ liệu",
    "network": "mạng lưới",
    "programme": "chương trình",
    "brief": "đề bài",
    "results": "tệp kết quả",
    "embed": "nhúng trang",
    "catalogue": "danh mục",
    "date": "ngày",
    "best dates": "ngày đi tốt nhất",
    "opening": "giờ mở cửa",
    "standard input": "đầu vào chuẩn",
    "search for sites": "tìm điểm đến",
    "explain": "giải thích",
    "replan": "đổi hành trình",
    "compare": "so sánh",
    "open": "giờ mở cửa",
    "map": "bản đồ",
    "picture": "hình vẽ",
    "river": "sông",
    "roads": "đường bộ",
    "sailings": "lịch tàu thuyền",
    "traffic": "giao thông",
    "schema": "lược đồ",
    "report": "báo cáo",
    "language": "ngôn ngữ",
    "area": "khu vực",
    "corridor": "hành lang",
}

_WHOLE_FAULTS = (
    (
        (
            r"^day (\d+): no way by (\S+) from (.+?) to (.+?); "
            r"choose another start, end or overnight place, or another mode"
        ),
        r"ngày \1: không có đường \2 từ \3 đến \4; hãy chọn nơi đi, nơi đến, nơi ngủ hoặc cách đi khác",
    ),
    (
        r"(\S+) does not end in \.parquet, which it will be; name it so",
        r"\1 không kết thúc bằng .parquet, là dạng sẽ ghi; hãy đặt tên như vậy",
    ),
    (
        r"it is one JSON document over many lines; write each request on a line of its own, as an object",
        "đây là một tài liệu JSON nhiều dòng; hãy ghi mỗi yêu cầu trên một dòng, dạng đối tượng",
    ),
    (
        r"(\S+) cannot be listened at \((.*)\); choose another --host or --port",
        r"không thể nghe tại \1 (\2); hãy chọn --host hoặc --port khác",
    ),
    (
        r"is no day of the trip; give numbers from 1 to (\d+)",
        r"không phải ngày của chuyến đi; hãy ghi số từ 1 đến \1",
    ),
    (r"is no list of numbers; give \[1\]", "không phải danh sách số; hãy ghi [1]"),
    (
        r"the trip has no such day; its days are 1 to (\d+)",
        r"chuyến đi không có ngày này; các ngày là 1 đến \1",
    ),
    (
        r"is not two clock times; give two, as 13:00 and 17:30",
        "không phải hai giờ; hãy ghi giờ đi và giờ về, như 13:00 và 17:30",
    ),
    (
        r"(\S+) is not after (\S+); give the earlier time first",
        r"\1 không sau \2; hãy ghi giờ sớm hơn trước",
    ),
    (
        r"goes with a lunch and mode (\S+); leave it out, or choose these",
        r"chỉ đi với bữa trưa và mode \1; hãy bỏ đi, hoặc chọn như vậy",
    ),
    (
        r"(\S+) is none of overnight_from; give one of them, or leave one of the two out",
        r"\1 không có trong overnight_from; hãy chọn một nơi trong đó, hoặc bỏ một trong hai",
    ),
    (
        r"day (\d+) is too short for a lunch; give it a longer span, or leave it out",
        r"ngày \1 quá ngắn để ăn trưa; hãy cho ngày dài hơn, hoặc bỏ đi",
    ),
    (r"(\d+) dates are too many; give at most (\d+)", r"\1 ngày là quá nhiều; hãy ghi nhiều nhất \2"),
    (r"is not two dates; (?:write|give)(?: them as)? (.*)", r"không phải hai ngày; hãy ghi như \1"),
    (r"(\S+) is before (\S+); swap them", r"\1 trước \2; hãy đổi chỗ"),
    (
        r"a trip of (\d+) days from (\S+) ends after (\S+), the calendar's last day; end sooner",
        r"chuyến \1 ngày từ \2 kết thúc sau \3, ngày cuối của lịch; hãy chọn sớm hơn",
    ),
    (
        r"(\d+) further names were not looked at; mend these first",
        r"còn \1 tên chưa xem; hãy sửa các lỗi này trước",
    ),
    (r"(\d+) further fields do not exist; leave them out", r"còn \1 trường không có; hãy bỏ đi"),
    (
        r"year (\S+) is outside the lunar calendar's range; give (\d+) to (\d+)",
        r"năm \1 nằm ngoài lịch âm; hãy ghi từ \2 đến \3",
    ),
    (
        r"(\S+) is outside the calendar; give a date from (\S+) to (\S+)",
        r"\1 nằm ngoài lịch; hãy ghi ngày từ \2 đến \3",
    ),
    (
        (
            r"this catalogue has no (.*?), where trips start unless told otherwise; "
            r"give a start, an id or latitude,longitude as (.*)"
        ),
        (
            r"danh mục này không có \1, nơi xuất phát khi không ghi gì; "
            r"hãy cho nơi xuất phát, là mã điểm hoặc vĩ độ,kinh độ như \2"
        ),
    ),
    (r"no site is called (.*?); did you mean (.*)\?", r"không có điểm nào tên \1; ý bạn là \2?"),
    (
        r"no site is called (.*?); list them with: routeplanner sites WORD",
        r"không có điểm nào tên \1; xem danh sách bằng: routeplanner sites TỪ",
    ),
    (
        r"(\S+) fits (\d+) sites: (.*?)( and (\d+) more)?; give one identifier",
        r"\1 hợp với \2 điểm: \3…; hãy ghi một mã điểm",
    ),
    (
        r"(\S+) is part of (.*?), which is a must-visit as well; keep one of them",
        r"\1 là một phần của \2, cũng là điểm bắt buộc; hãy giữ một",
    ),
    (
        r"(\S+) is a must-visit as well; take it off one of the two lists",
        r"\1 cũng là điểm bắt buộc; hãy bỏ khỏi một trong hai danh sách",
    ),
    (
        r"(\d+) for the (\d+) cities of (\S+); give (\d+) or more, or say in overnight where the nights are spent",
        r"\1 ngày cho \2 thành phố của \3; hãy ghi \4 trở lên, hoặc nêu nơi ngủ trong overnight",
    ),
    (
        r"(\d+) places for (\d+) nights; give one for all nights or one for each",
        r"\1 nơi cho \2 đêm; hãy ghi một nơi cho mọi đêm hoặc mỗi đêm một nơi",
    ),
    (
        r"(\S+) given, but a trip of one day has no night; raise days or leave it out",
        r"có \1, nhưng chuyến một ngày không có đêm; hãy tăng days hoặc bỏ đi",
    ),
    (
        (
            r"^day (\d+): the way from (.+?) to (.+?) takes (\d+) min, but from day_start to day_end there are (\d+); "
            r"give a longer day, nearer places or a faster vehicle"
        ),
        (
            r"ngày \1: đường từ \2 đến \3 mất \4 phút, mà từ day_start đến day_end chỉ có \5 phút; "
            r"hãy cho ngày dài hơn, nơi gần hơn hoặc xe nhanh hơn"
        ),
    ),
    (
        (
            r"^none of the (\d+) candidate sites can be reached from (.*) by (\S+); "
            r"start nearer, choose another mode, or give roads that reach there"
        ),
        r"không tới được điểm nào trong \1 điểm từ \2 bằng \3; hãy đi từ nơi gần hơn hoặc chọn cách đi khác",
    ),
    (
        (
            r"(\d+) does not pay the bare way between the ends of the days, (\d+) VND; "
            r"raise it, or choose nearer places"
        ),
        r"\1 không đủ trả riêng tiền xe giữa hai đầu các ngày, \2 VND; hãy tăng lên, hoặc chọn nơi gần hơn",
    ),
    (
        r"the best trip found shows (\d+) of the (\d+) asked for; ask for fewer, or give more days",
        r"chuyến tốt nhất chỉ có \1 trong \2 yêu cầu; hãy yêu cầu ít hơn, hoặc cho thêm ngày",
    ),
    (
        r"(\S+) is not after day_start (\S+); give a later day_end",
        r"\1 không sau day_start \2; hãy ghi day_end muộn hơn",
    ),
    (r"(\S+) is before lunch\.earliest (\S+); swap them", r"\1 trước lunch.earliest \2; hãy đổi chỗ"),
    (
        r"(\S+) goes with mode (\S+) and a coach or car; choose these, or leave long_way out",
        r"\1 chỉ đi với mode \2 và xe khách hoặc ô tô; hãy chọn như vậy, hoặc bỏ long_way",
    ),
    (
        r"every weight is 0, so that nothing is worth a visit; give one a weight above 0",
        "mọi trọng số đều là 0 nên không nơi nào đáng đến; hãy cho một trọng số trên 0",
    ),
    (
        r"is not a whole minute of Vietnam's clock; leave out seconds and time zone",
        "không phải phút tròn theo giờ Việt Nam; hãy bỏ giây và múi giờ",
    ),
    (
        r"is not west < east and south < north in degrees; check the order \(lon, lat\)",
        "không phải tây < đông và nam < bắc bằng độ; hãy kiểm tra thứ tự (kinh độ, vĩ độ)",
    ),
    (
        r"is not four numbers; give \(west, south, east, north\) in degrees",
        "không phải bốn số; hãy ghi (tây, nam, đông, bắc) bằng độ",
    ),
    (
        r"is not four numbers; write west,south,east,north in degrees",
        "không phải bốn số; hãy ghi tây,nam,đông,bắc bằng độ",
    ),
    (
        r"is no position; write latitude,longitude in degrees, as",
        "không phải vị trí; hãy ghi vĩ độ,kinh độ bằng độ, như",
    ),
    (
        r"is not NAME=WEIGHT with a weight between 0 and 1, as",
        "không có dạng TÊN=TRỌNG SỐ với trọng số từ 0 đến 1, như",
    ),
    (
        r"the itinerary has no day; plan at least one|it has no day; plan at least one",
        "không có ngày nào; hãy lập ít nhất một",
    ),
    (
        r"the file does not exist; check the name and the folder",
        "tệp không tồn tại; hãy kiểm tra tên và thư mục",
    ),
    (r"this is a folder; name a file in it", "đây là thư mục; hãy nêu một tệp trong đó"),
    (
        r"the folder (.*) does not exist; create it or choose another",
        r"thư mục \1 không tồn tại; hãy tạo hoặc chọn thư mục khác",
    ),
    (r" is a folder; give a file name", " là thư mục; hãy ghi tên tệp"),
    (r" is a device; give a file name", " là thiết bị; hãy ghi tên tệp"),
    (r" is asked for twice; give two names", " được ghi hai lần; hãy ghi hai tên"),
    (
        r"cannot write (.*): (.*); check the folder's permissions and space",
        r"không ghi được \1 (\2); hãy kiểm tra quyền và chỗ trống của thư mục",
    ),
    (r"cannot be read: (.*); check its permissions", r"không đọc được (\1); hãy kiểm tra quyền"),
    (
        r"its name does not say the format; end it in one of (.*), or give --to gpx",
        r"tên không cho biết định dạng; hãy đặt đuôi \1, hoặc ghi --to gpx",
    ),
    (r"the name has no suffix that says the format; ", "tên không có đuôi cho biết định dạng; "),
    (r"is no language of this library; choose one of", "không phải ngôn ngữ của thư viện; hãy chọn"),
    (
        r"not JSON: (.*) in line (\d+), column (\d+); write the file anew",
        r"không phải JSON (\1, dòng \2, cột \3); hãy ghi lại tệp",
    ),
    (
        r"not JSON: (.*); pipe in what (.*) writes",
        r"không phải JSON (\1); hãy đưa vào kết quả của \2",
    ),
    (r"not JSON: (.*)", r"không phải JSON (\1)"),
    (
        r"the text is not UTF-8, or holds halves of characters; save it as UTF-8",
        "chữ không phải UTF-8, hoặc có nửa ký tự; hãy lưu ở dạng UTF-8",
    ),
    (
        r"it is nested too deeply; a request is an object of fields",
        "lồng quá sâu; yêu cầu là một đối tượng gồm các trường",
    ),
    (
        r"expected (\S+), found (\S+); give a file that (.*) wrote",
        r"cần \1, gặp \2; hãy cho tệp do \3 ghi",
    ),
    (
        r"the field (\S+) is missing; the file is cut off or was edited",
        r"thiếu trường \1; tệp bị cắt hoặc đã sửa",
    ),
    (r"a field is malformed \((.*)\); the file was edited", r"một trường sai dạng (\1); tệp đã bị sửa"),
    (
        (
            r"it holds (\d+) results of other requests \(.*\); give another name or remove it"
            r"|it holds (\d+) results .*; give another name or remove it"
        ),
        "tệp có kết quả của các yêu cầu khác; hãy ghi tên khác hoặc xóa tệp đó",
    ),
    (
        r"a Parquet file cannot go to standard output; give a file name",
        "tệp Parquet không ghi ra đầu ra chuẩn được; hãy ghi tên tệp",
    ),
    (
        r"does not answer \((.*)\); start one with (.*)",
        r"không trả lời (\1); hãy khởi động bằng \2",
    ),
    (r"(\S+) is not installed; install it with (.*)", r"chưa cài \1; hãy cài bằng \2"),
    (
        r"it cannot be opened \((.*)\); check the file's folder, or that the server runs",
        r"không mở được (\1); hãy kiểm tra thư mục, hoặc máy chủ có chạy không",
    ),
    (r"is no port; give 1 to 65535", "không phải cổng; hãy ghi 1 đến 65535"),
    (r"is no origin; write scheme and host, as", "không phải địa chỉ gốc; hãy ghi giao thức và tên máy, như"),
    (r"is no http\(s\) address; write it as", "không phải địa chỉ http(s); hãy ghi như"),
    (
        r"it has fewer than 16 characters; give a random one, as (.*) does",
        r"ít hơn 16 ký tự; hãy dùng khóa ngẫu nhiên, như \1",
    ),
    (
        r"it holds letters beyond ASCII, which no header carries; give another",
        "có chữ ngoài ASCII, không gửi được; hãy dùng khóa khác",
    ),
    (r"it is empty; give a file or a URL", "để trống; hãy ghi tệp hoặc URL"),
    (
        r"is no number of seconds between 0 and 3600",
        "không phải số giây từ 0 đến 3600",
    ),
    (
        r"goes with one seed; leave out --seeds and --workers",
        "chỉ đi với một seed; hãy bỏ --seeds và --workers",
    ),
    (
        r"needs --near LAT,LON to measure from|needs near=lat,lon to measure from",
        "cần có near (vĩ độ,kinh độ) làm gốc đo",
    ),
    (r"needs a point; give near=\(latitude, longitude\)", "cần một điểm; hãy ghi near=(vĩ độ, kinh độ)"),
    (r"latitude comes first: \((.*?)\)", r"vĩ độ đứng trước: (\1)"),
    (r"is not on the globe", "không nằm trên trái đất"),
    (r"is not a point", "không phải một điểm"),
    (r"give \(latitude, longitude\) in degrees", "hãy ghi (vĩ độ, kinh độ) bằng độ"),
    (r"is not a distance; give km above 0", "không phải khoảng cách; hãy ghi số km trên 0"),
    (
        r"choose another day or mode (\S+)$",
        r"hãy chọn ngày khác hoặc mode \1",
    ),
    (
        r"its forms make (\d+) routes, routes says (\d+); let them agree",
        r"các dạng cộng lại \1 tuyến, routes ghi \2; hãy cho khớp",
    ),
    (r"is not for programmes; give (.*) or (.*)", r"không dùng cho chương trình; hãy ghi \1 hoặc \2"),
)

_PHRASES = (
    (r"\bsays nothing; ", "không nói gì; "),
    (r" is one text; give a list,", " là một chữ; hãy ghi danh sách,"),
    (r" is not a list of site ids", " không phải danh sách mã điểm"),
    (r" is not a list of dates; (give|write)", " không phải danh sách ngày; hãy ghi"),
    (r" is not a list", " không phải danh sách"),
    (r" is no pair of two different sites; give", " không phải cặp hai điểm khác nhau; hãy ghi"),
    (r" are not opening hours; write", " không phải giờ mở cửa; hãy ghi"),
    (
        r" is not a date; write it as (\S+) \(year-month-day\)",
        r" không phải ngày; hãy ghi như \1 (năm-tháng-ngày)",
    ),
    (r" is not a clock time; write it as", " không phải giờ; hãy ghi như"),
    (
        r"cannot connect: (.*); check host, name, user and password",
        r"không kết nối được (\1); hãy xem lại máy chủ, tên, tài khoản và mật khẩu",
    ),
    (r"missing; give a date such as", "thiếu; hãy ghi ngày như"),
    (r" is too late; give a date before the year 2100", " quá muộn; hãy ghi ngày trước năm 2100"),
    (r"no such field as (.*?); fields are", r"không có trường \1; các trường:"),
    (r"no such field; fields are", "không có trường này; các trường:"),
    (r"no such field", "không có trường này"),
    (
        r"(\S+) leads through (\d+) cities and takes as many days; give three_day 1 or more, or leave the corridor out",
        r"\1 đi qua \2 thành phố và cần từng ấy ngày; hãy ghi three_day từ 1 trở lên, hoặc bỏ hành lang này",
    ),
    (r" is no text; give keys, as ", " không phải chữ; hãy ghi khóa, như "),
    (r" is not for programmes; did you mean (.*)\?", r" không dùng cho chương trình; ý bạn là \1?"),
    (r"no such parameter; known are", "không có tham số này; các tham số:"),
    (r"no such parameter", "không có tham số này"),
    (r"low, mid and high do not rise; order them", "thấp, giữa, cao không tăng dần; hãy xếp lại"),
    (r"stands there twice", "có hai dòng"),
    (r"no such form; forms are", "không có dạng này; các dạng:"),
    (r"no such form", "không có dạng này"),
    (r"; forms are", "; các dạng:"),
    (r" is no kind of site; kinds are", " không phải loại điểm; các loại:"),
    (r" is no kind of site", " không phải loại điểm"),
    (r"; (known|themes|kinds|corridors) are ", "; đang có: "),
    (r"; use one of ", "; hãy dùng một trong: "),
    (r" is no month; give numbers from 1 to 12", " không phải tháng; hãy ghi số từ 1 đến 12"),
    (r" is no number of routes; give 0 or more", " không phải số tuyến; hãy ghi 0 trở lên"),
    (
        r" is no count; give a whole number, (\d+) or more",
        r" không phải số đếm; hãy ghi số nguyên từ \1 trở lên",
    ),
    (r" is no place; give the id of a site", " không phải nơi chốn; hãy ghi mã điểm"),
    (r"give the id of a site", "hãy ghi mã điểm"),
    (r" is no whole number of (\d+) or more", r" không phải số nguyên từ \1 trở lên"),
    (r" is no number above 0", " không phải số trên 0"),
    (
        r" is out of range; give a whole number from (\S+) to (\S+)",
        r" nằm ngoài khoảng; hãy ghi số nguyên từ \1 đến \2",
    ),
    (r" is out of range; give a share from 0 to 1", " nằm ngoài khoảng; hãy ghi tỷ lệ từ 0 đến 1"),
    (r" is out of range; give a number between 0 and 1", " nằm ngoài khoảng; hãy ghi số từ 0 đến 1"),
    (
        r" is out of range; give at most (\d+), or leave it out",
        r" nằm ngoài khoảng; hãy ghi nhiều nhất \1, hoặc bỏ đi",
    ),
    (
        r" is out of range; give (\S+) or more, at most (\S+)",
        r" nằm ngoài khoảng; hãy ghi \1 trở lên, nhiều nhất \2",
    ),
    (r" is out of range; give (\S+) or more", r" nằm ngoài khoảng; hãy ghi \1 trở lên"),
    (r" is out of range; give (\S+) to (\S+) minutes", r" nằm ngoài khoảng; hãy ghi \1 đến \2 phút"),
    (r" is out of range; give (\S+) to (\S+)", r" nằm ngoài khoảng; hãy ghi từ \1 đến \2"),
    (r" is negative; give the limit in VND", " là số âm; hãy ghi mức trần bằng VND"),
    (r": weight (.*?) nằm", r": trọng số \1 nằm"),
    (r" is (\w+); give the name of a theme", r" là \1; hãy ghi tên chủ đề"),
    (r" is not lat,lon in degrees, as", " không phải vĩ độ,kinh độ bằng độ, như"),
    (r" is not LAT,LON in degrees, as", " không phải vĩ độ,kinh độ bằng độ, như"),
    (
        r" is not a number; give metres at the Hà Nội gauge, as",
        " không phải số; hãy ghi số mét ở trạm Hà Nội, như",
    ),
    (r" is not a whole number above 0", " không phải số nguyên trên 0"),
    (r" is not a whole number", " không phải số nguyên"),
    (r" is not a number above 0", " không phải số trên 0"),
    (r" is not a share from 0 to 1", " không phải tỷ lệ từ 0 đến 1"),
    (r" is not NAME=NUMBER", " không có dạng TÊN=SỐ"),
    (r" is not SITE=(\S+), as", r" không có dạng ĐIỂM=\1, như"),
    (r"SITE=DATE, as", "ĐIỂM=NGÀY, như"),
    (r" has no schema; choose one of", " không có lược đồ; hãy chọn"),
    (r"; did you mean (.*?)\?", r"; ý bạn là \1?"),
    (r" is unknown", " không được biết"),
    (r" is not known", " không có trong danh sách"),
    (r" is (\w+); give an object of fields,?", r" là \1; hãy ghi một đối tượng gồm các trường"),
    (r" is (\w+); give True or False", r" là \1; hãy ghi True hoặc False"),
    (r" is (\w+); give a site id or", r" là \1; hãy ghi mã điểm hoặc"),
    (r" is (\w+); give one of", r" là \1; hãy ghi một trong"),
    (r" is (\w+); give an? whole number of minutes", r" là \1; hãy ghi số nguyên phút"),
    (r" is (\w+); give an? whole number of VND", r" là \1; hãy ghi số nguyên VND"),
    (r" is (\w+); give an? whole number", r" là \1; hãy ghi số nguyên"),
    (r" is (\w+); give an? date", r" là \1; hãy ghi ngày"),
    (r" is (\w+); give an? clock time", r" là \1; hãy ghi giờ"),
    (r" is (\w+); give an? list of pairs of site ids", r" là \1; hãy ghi danh sách cặp mã điểm"),
    (r" is (\w+); give an? mapping of theme to weight", r" là \1; hãy ghi bảng chủ đề và trọng số"),
    (r" is (\w+); give an? mapping of kind to number", r" là \1; hãy ghi bảng loại và số"),
    (r" is (\w+); give an? mapping of site to dates", r" là \1; hãy ghi bảng điểm và ngày"),
    (r" is (\w+); give an? mapping of site to opening hours", r" là \1; hãy ghi bảng điểm và giờ mở cửa"),
    (r" is (\w+); give an? mapping of day to two clock times", r" là \1; hãy ghi bảng ngày và hai giờ"),
    (r" is (\w+); give an? mapping of day to site ids", r" là \1; hãy ghi bảng ngày và mã điểm"),
    (r" is (\w+); give an? mapping of keys to values", r" là \1; hãy ghi bảng khóa và giá trị"),
    (r" is (\w+); give an? corridor key", r" là \1; hãy ghi mã tuyến"),
    (r" is (\w+); give an? Lunch", r" là \1; hãy ghi bữa trưa"),
    (r" is (\w+); give \(west, south, east, north\)", r" là \1; hãy ghi (tây, nam, đông, bắc)"),
    (r" is (\w+); give ", r" là \1; hãy ghi "),
    (r"hãy ghi a site id", "hãy ghi mã điểm"),
    ("\ue001 or \ue000", "\ue001 hay \ue000"),
    (r" or None$", " hoặc bỏ trống"),
    (r" là (?:list|tuple);", " là một danh sách;"),
    (r" là dict;", " là một đối tượng;"),
    (r" là str;", " là chữ;"),
    (r" là (?:int|float);", " là số;"),
    (r" là bool;", " là đúng hoặc sai;"),
    (r" là NoneType;", " để trống;"),
    (r"; give ", "; hãy ghi "),
)

_SERVICE = (
    (r"^a key is asked for; send it in the header X-API-Key", "cần khóa; hãy gửi trong tiêu đề X-API-Key"),
    (r"^too many searches wait; come again later", "quá nhiều yêu cầu đang chờ; hãy quay lại sau"),
    (
        r"^the planner failed over this request; it is in the service's log",
        "lỗi khi lập hành trình này; đã ghi vào nhật ký của dịch vụ",
    ),
    (r"^the service failed over this; it is in its log", "dịch vụ gặp lỗi; đã ghi vào nhật ký"),
    (r"^no process could plan this; come again later", "chưa lập được hành trình này; hãy quay lại sau"),
    (
        r"^send JSON, with the header Content-Type: application/json, and uncompressed",
        "hãy gửi JSON, với tiêu đề Content-Type: application/json, không nén",
    ),
    (r"^there is no such page; leave the suffix out", "không có trang này; hãy bỏ phần đuôi"),
    (
        r"^only JSON and XML are spoken here; ask for format=json or format=xml",
        "chỉ có JSON và XML; hãy ghi format=json hoặc format=xml",
    ),
    (r"^this is no /embed page of this service", "đây không phải trang /embed của dịch vụ này"),
    (
        r"^there is no schema of this name; ask for request or itinerary",
        "không có lược đồ tên này; hãy hỏi request hoặc itinerary",
    ),
    (
        r"^there is no plan of this id; ask for it with POST /plans",
        "không có hành trình mã này; hãy lập bằng POST /plans",
    ),
    (r"^the planning processes are starting", "các tiến trình lập hành trình đang khởi động"),
    (r"^the database does not answer", "cơ sở dữ liệu không trả lời"),
    (
        r"^the body is larger than (\d+) bytes; ask for less in one request",
        r"nội dung lớn hơn \1 byte; hãy gửi ít hơn trong một lần",
    ),
    (
        r"^the body did not arrive within (\S+) s; send it at once",
        r"nội dung không đến trong \1 giây; hãy gửi liền một lần",
    ),
    (
        r"^the search was ended after (\S+) s; ask for fewer days or a smaller area",
        r"đã dừng tìm sau \1 giây; hãy yêu cầu ít ngày hơn hoặc vùng nhỏ hơn",
    ),
    (
        r"^there is nothing at this address; GET / says what there is",
        "không có địa chỉ này; GET / cho biết có gì",
    ),
    (
        r"^the body is empty; send a request as JSON",
        "thân yêu cầu trống; hãy gửi yêu cầu dạng JSON",
    ),
    (
        r"^format: the address asks for both (\S+) and (\S+); keep one",
        r"format: địa chỉ hỏi cả \1 và \2; hãy giữ một",
    ),
    (
        r"^this address is not asked with (\S+); ask it with (.*)",
        r"địa chỉ này không nhận \1; hãy gọi bằng \2",
    ),
    (r"(\S+) stands twice in one object; keep one", r"\1 bị lặp trong một đối tượng; hãy giữ một"),
)

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`")
_HELD = re.compile("\ue000(\\d+)\ue001")
_COMPILED = tuple(
    (re.compile(english), vietnamese) for english, vietnamese in (*_WHOLE_FAULTS, *_SERVICE, *_PHRASES)
)
_HOURS = re.compile(r"^hours\[.*(not opening hours|give the id)")
_TYPED_HOURS = re.compile(r"(\S+) are not opening hours; write(?= ')")


def fault_in_vietnamese(fault: str) -> str:
    """Return a fault in Vietnamese; names, fields and whatever stands in quotes remain as they are.

    A fault that brings its own Vietnamese words, as those of plans that cannot be kept, gives these.

    Examples
    --------
    >>> fault_in_vietnamese("corridor: 'souht' is unknown; did you mean 'south'?")
    "corridor: 'souht' không được biết; ý bạn là 'south'?"
    """
    own = getattr(fault, "vi", None)
    if own:
        return str(own)
    if _HOURS.match(fault):  # its rules are those of a catalogue, which quote within quotes
        return catalogue_fault(_TYPED_HOURS.sub(r"\1 không phải giờ mở cửa; hãy ghi", fault))
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\ue000{len(held) - 1}\ue001"

    text = _QUOTED.sub(hold, str(fault).replace("\ue000", "").replace("\ue001", ""))
    for english, vietnamese in _COMPILED:
        text = english.sub(vietnamese, text)
    return _HELD.sub(lambda found: held[int(found[1])], text)


def subject_in_vietnamese(subject: str) -> str:
    """Return what a list of faults is about, in Vietnamese where there is a word for it.

    Examples
    --------
    >>> subject_in_vietnamese("request"), subject_in_vietnamese("a.json")
    ('yêu cầu', 'a.json')
    """
    return _SUBJECTS.get(subject, subject)
