"""Which columns of a members file name a person or are a way to one."""

import pytest

from data.text.personal import any_is_personal, header_is_personal

PERSONAL = """
Name, first_name, FirstName, Surname, Nickname, E-mail, email address, Mobile, phone, Tel, WeChat, Date of birth, birthday, Birth year,
DOB, ID, customer_id, memberId, userid, Card number, card no, Address, Street, House number, Zip code, postcode, IP, Passport,
referred by, Notes, 姓名, 昵称, 手机, 邮箱, 生日, 身份证号, 会员卡号, 地址, 备注
"""
FILTERS = """
Age, Age band, City, Country, Sales person, Sales person name, Store name, Gender, Income, Language, Household size, Children, Segment,
Paid plan, Opt in, 性别, 年龄段, 城市, 导购, 导购姓名, 职业
"""


def listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


@pytest.mark.parametrize("header", listed(PERSONAL))
def test_a_header_that_names_or_reaches_a_person(header: str) -> None:
    assert header_is_personal(header)


@pytest.mark.parametrize("header", listed(FILTERS))
def test_a_header_that_does_not(header: str) -> None:
    assert not header_is_personal(header)


@pytest.mark.parametrize(
    "value",
    ["a@b.c", "https://x.y", "+49 171 2345678", "13812345678", "021-5566-7788", "192.168.0.1", "2024-01-31", "1990/2/3", "31.12.1990",
     "12 Main Street", "Hauptstraße 5", "rue de la Paix 3", "南京东路100号"],
)  # fmt: skip
def test_a_value_that_reaches_a_person(value: str) -> None:
    assert any_is_personal(["East", value])


@pytest.mark.parametrize(
    "value",
    ["", "18-24", "25 - 34", "<18", "65+", "100000-200000", "5", "1.5", "2024", "Level 2", "St. Petersburg", "上海"],
)
def test_a_value_that_does_not(value: str) -> None:
    assert not any_is_personal([value])
