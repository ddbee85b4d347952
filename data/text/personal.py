"""Whether a column names a person or is a way to one: by its header, or by what stands in it. When in doubt, it is."""

import re
from collections.abc import Iterable

# Names of something else: “Store name” says where somebody shops, “Sales person name” who serves.
OF_THINGS = re.compile(
    r"\b(?:store|shop|branch|city|town|country|state|province|region|district|brand|plan|programme|segment|group|team|advis[eo]r|"
    r"consultant|seller|sales ?(?:person|man|woman|rep|agent)) ?name\b|(?:门店|店铺|城市|省份|地区|品牌|导购|顾问)(?:姓名|名称|名)"
)
HEADERS = re.compile(
    "|".join((
        r"name\b|forename|initials|salutation",
        r"mail|phone|mobile|\btel\b|\bfax\b|whats ?app|we ?chat|weixin|\bqq\b|telegram|instagram|facebook|twitter|handle|login|contact",
        r"address|street|\broad\b|house n|postal|post ?code|\bzip|\bplz\b|latitude|longitude|\blat\b|\blo?ng\b|\bgps\b|\bgeo|\bip\b",
        r"birth|\bdob\b|\bborn\b|passport|\bssn\b|social security|national id|insurance|\btax\b|licen[cs]e|\bplate\b",
        r"id\b(?<!paid)(?<!bid)(?<!grid)|uuid|guid|\bno\b|\bnr\b|number|\bcode\b|\bcard\b|account|iban|cookie|device",
        r"\burl\b|\blink|photo|picture|avatar|\bnotes?\b|comment|remark|message|referr",
        r"姓名|名字|昵称|称呼|^姓|^名$|手机|电话|联系|邮箱|邮件|微信|地址|住址|街道|门牌|邮编|经度|纬度|生日|出生|诞辰",
        r"身份证|证件|护照|卡号|编号|号码|账号|帐号|账户|车牌|头像|链接|备注|留言|推荐人",
    ))
)  # fmt: skip
VALUES = re.compile(
    "|".join((
        r"@|https?://|www\.",
        r"^\+?[\d ().\-/]*\d[\d ().\-/]*$",
        r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}",
        r"\d.*\b(?:street|st|road|rd|avenue|ave|lane|drive|rue|calle|via)\b|stra(?:ß|ss)e\b.*\d",
        r"\b(?:street|road|avenue|rue|calle|via)\b.*\d|[路街巷弄道].*\d+\s*[号弄室栋]",
    )),
    re.IGNORECASE,
)  # fmt: skip
FEWEST_DIALLED = 7  # digits of a telephone number


def header_is_personal(header: str) -> bool:
    """Whether a column with this header holds names, ways to reach somebody, dates of birth, numbers of people or words of theirs."""
    folded = re.sub(r"[\s_\-.]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)).strip().casefold()
    return not OF_THINGS.search(folded) and bool(HEADERS.search(folded))


def any_is_personal(values: Iterable[str]) -> bool:
    """Whether one of the values is an address, a telephone number, a day or a link."""
    return any(map(_is_personal, values))


def _is_personal(value: str) -> bool:
    found = VALUES.search(value)
    if found is None:
        return False
    dialled = re.fullmatch(r"\+?[\d ().\-/]+", value)
    if dialled is None or re.search(r"\d[-/.]\d+[-/.]\d", value):
        return True
    return sum(map(str.isdigit, value)) >= FEWEST_DIALLED and not re.fullmatch(r"\d+ ?[-–] ?\d+", value)
