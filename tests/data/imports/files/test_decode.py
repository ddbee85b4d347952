"""Traps 1 and 2: encodings, and files that are cut or are no tables."""

import codecs
import gzip
import io
import zipfile
from pathlib import Path

import pytest

from data.imports import NamedBytes, Undecided, stage
from tests.data.imports.exports import orders, receipt_of, refusal, staged_rows, taobao

TEXT = "Order ID,Customer ID,Order Date,Amount,Region\nA1,王芳,2026-01-02,10.50,北京\nA2,李𠮷,2026-01-03,20,上海\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "UTF-8"),
        (TEXT.encode("gb18030"), "GB18030"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "UTF-16 LE"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16 BE"),
        (TEXT.replace(",", "\t").encode("utf-16"), "UTF-16 LE"),
    ],
    ids=["utf-8", "bom", "gb18030", "utf-16-le", "utf-16-be", "utf-16 tabs"],
)
def test_each_encoding_gives_the_same_rows(data: bytes, encoding: str) -> None:
    file = NamedBytes("export.csv", data)
    rows = staged_rows([file], profile="orders")
    assert [(row["order_id"], row["customer_id"], row["amount"], row["region"]) for row in rows] == [
        ("A1", "王芳", 10.5, "北京"),
        ("A2", "李𠮷", 20.0, "上海"),
    ]
    assert receipt_of(file, profile="orders").files[0].encoding == encoding


def test_utf_16_without_a_mark_is_seen_by_its_zeros() -> None:
    data = "Order ID,Order Date,Amount\nA1,2026-01-02,10.50\n".encode("utf-16-le")
    assert receipt_of(NamedBytes("a.csv", data), profile="orders").files[0].encoding == "UTF-16 LE"


def test_second_byte_of_a_gbk_character_is_no_delimiter() -> None:
    names = "誠|丂\\乗"  # 誠 ends in the byte of |, 丂 and 乗 in those of @ and \
    data = f"Order ID|Customer ID|Order Date|Amount\nA1|{names.replace('|', '')}|2026-01-02|3\n".encode("gb18030")
    (row,) = staged_rows([NamedBytes("a.csv", data)], profile="orders", values={"encoding": "gbk"})
    assert row["customer_id"] == "誠丂\\乗"


WESTERN = "Order ID,Customer ID,Order Date,Amount,Region\nA1,C1,2026-01-02,10,Málaga, \nA2,C2,2026-01-03,9,Größe\n"


def test_windows_1252_is_read_only_when_it_is_said() -> None:
    data = WESTERN.replace(", \n", "\n").encode("cp1252")
    with pytest.raises(Undecided) as caught:
        stage([NamedBytes("a.csv", data)], store=None, profile="orders")
    assert (caught.value.option, caught.value.remedy) == ("encoding", "Say --value encoding=windows-1252.")
    rows = staged_rows([NamedBytes("a.csv", data)], profile="orders", values={"encoding": "windows-1252"})
    assert [row["region"] for row in rows] == ["Málaga", "Größe"]


ORDER = "Order ID,Customer ID,Order Date,Amount,Region\n"
OTHERS = [
    ("big5", "A1,陳小明,2026-01-02,10,台北\nA2,林美麗,2026-01-03,9,高雄旗艦店\n", "cp950"),
    ("shift-jis", "A1,田中太郎,2026-01-02,10,東京\nA2,佐藤花子,2026-01-03,9,大阪\n", "cp932"),
    ("euc-kr", "A1,김철수,2026-01-02,10,서울\nA2,이영희,2026-01-03,9,부산\n", "cp949"),
    ("windows-1251", "A1,Ольга,2026-01-02,10,МОСКВА\nA2,Иван,2026-01-03,9,Тула\n", "cp1251"),
    ("koi8-r", "A1,Ольга,2026-01-02,10,МОСКВА\nA2,Иван,2026-01-03,9,Тула\n", "koi8-r"),
    ("windows-1250", "A1,Łukasz,2026-01-02,10,Kraków\nA2,Żaneta,2026-01-03,9,Wiśniew\n", "cp1250"),
    ("windows-1252", "A1,C1,2026-01-02,10,€10\nA2,C2,2026-01-03,9,Größe\n", "cp1252"),
]


@pytest.mark.parametrize(("name", "rows", "codec"), OTHERS, ids=[name for name, _, _ in OTHERS])
def test_other_encodings_are_asked_for_with_the_cells_under_each(name: str, rows: str, codec: str) -> None:
    file = NamedBytes("a.csv", (ORDER + rows).encode(codec))
    with pytest.raises(Undecided) as caught:
        stage([file], store=None, profile="orders")
    asked = caught.value
    assert (asked.option, asked.answers[0]) == ("encoding", name)
    shown = asked.previews[0].split(" · ")
    assert shown
    assert all(cell in rows for cell in shown)
    assert asked.previews[0] in str(asked)
    for answer in asked.answers:  # none of them comes back to the same question
        with stage([file], store=None, profile="orders", values={"encoding": answer}) as staged:
            assert staged.receipt.orders == 2
    told = staged_rows([file], profile="orders", values={"encoding": name})
    assert [row["region"] for row in told] == [line.split(",")[4] for line in rows.splitlines()]


def test_a_byte_that_an_encoding_lacks_refuses_the_file_and_asks_no_more() -> None:
    file = NamedBytes("a.csv", ORDER.encode() + b"A1,C1,2026-01-02,10,\x81\n")
    sentence = refusal(file, profile="orders", values={"encoding": "windows-1252"})
    assert sentence.startswith("a.csv, line 2: a byte that is no text in Windows-1252. Download it again in full")
    assert receipt_of(file, profile="orders", values={"encoding": "latin-1"}).orders == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_cut_in_the_middle_of_a_character_is_refused_with_its_line(encoding: str) -> None:
    data = TEXT.encode(encoding)[: -len("\n".encode("utf-16-le")) if encoding == "utf-16" else -1][:-1]
    sentence = refusal(NamedBytes("export.csv", data), profile="orders")
    assert sentence.startswith("export.csv, line 3: the file ends in the middle of a character")


def test_a_taobao_report_cut_inside_a_four_byte_character() -> None:
    whole = taobao({"订单编号": '="1"'}, {"订单编号": '="2"'})
    cut = whole[: whole.rindex("𠮷".encode("gb18030")) + 2]
    assert refusal(NamedBytes("t.csv", cut)).startswith(
        "t.csv, line 3: the file ends in the middle of a character (GB18030)"
    )


def test_damage_inside_a_utf_8_file_is_not_read_as_chinese() -> None:
    data = (TEXT * 3).encode()
    broken = data[:150] + b"\xff" + data[150:]
    assert "a byte that is no text in UTF-8" in refusal(NamedBytes("a.csv", broken), profile="orders")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "a.csv is empty. Export it again and load the new file."),
        (b" \r\n\r\n", "a.csv is empty. Export it again and load the new file."),
        (codecs.BOM_UTF8, "a.csv is empty. Export it again and load the new file."),
        (b"Order ID,Order Date,Amount\n", "a.csv has a header and no rows."),
        (b"Order ID,Order Date,Amount\n,,\n", "a.csv has a header and no rows."),
        (b"a,b\n1,2\n3,\x004\n", "a.csv, line 3: a NUL byte (0x00) where text should be. Export the file again."),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "a.csv is a web page, not a table"),
        (b"\n <html><table><tr><td>1</td></tr></table>", "a.csv is a web page, not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.csv is an old Excel workbook (.xls)."),
        (b'Order ID,Order Date,Amount\nA1,"2026-01-01,3\nA2,2026-01-01,4\n', "a.csv, line 2: a quote is opened"),
    ],
    ids=["empty", "blank", "bom only", "header only", "empty rows", "nul", "html", "html table", "xls", "open quote"],
)
def test_what_is_no_table_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    assert refusal(NamedBytes("a.csv", data), profile="orders").startswith(sentence)


def test_packed_files_are_unpacked_whatever_they_are_called() -> None:
    plain = orders("A1,C1,2026-01-02,10")
    packed = NamedBytes("orders.csv", gzip.compress(plain.data))
    assert staged_rows([packed], profile="orders") == staged_rows([plain], profile="orders")


def zipped(**members: bytes) -> NamedBytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return NamedBytes("export.zip", out.getvalue())


def test_zip_of_several_files_is_one_import_and_names_in_it_touch_no_path(tmp_path: Path) -> None:
    one, two = orders("A1,C1,2026-01-02,10"), orders("A2,C1,2026-01-03,10")
    outside = tmp_path / "escaped.csv"
    file = zipped(**{f"../../../../{outside}": one.data, "b/orders.csv": two.data, "__MACOSX/._b": b"\0\0"})
    assert sorted(row["order_id"] for row in staged_rows([file], profile="orders")) == ["A1", "A2"]
    assert not outside.exists()


def test_an_archive_that_blows_up_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_UPLOAD_LIMIT_MIB", "1")
    bomb = bytes(3 << 20)
    assert "unpacks to more than is allowed" in refusal(NamedBytes("a.csv.gz", gzip.compress(bomb)))
    assert "unpacks to more than is allowed" in refusal(zipped(**{"a.csv": bomb}))


def test_a_high_ratio_is_refused_below_the_size_limit() -> None:
    assert "200 times its size" in refusal(NamedBytes("a.csv.gz", gzip.compress(b"a,b\n" * (20 << 20))))


def test_a_gzip_that_is_cut_short_is_refused() -> None:
    data = gzip.compress(orders(*(f"A{n},C{n},2026-01-02,10" for n in range(1000))).data)
    assert "cut short" in refusal(NamedBytes("a.csv.gz", data[:-20]), profile="orders")


def test_an_empty_archive_holds_no_file() -> None:
    assert refusal(zipped()).startswith("export.zip is an archive that holds no file.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_carriage_returns_alone_are_line_ends(encoding: str) -> None:
    plain = orders("A1,C1,2026-01-02,10", "A2,José 王,2026-01-02,11")
    old = NamedBytes("orders.csv", plain.data.decode().replace("\n", "\r").encode(encoding))
    assert staged_rows([old], profile="orders") == staged_rows([plain], profile="orders")
