"""Each vendor's export by a file of its shape; recognition by headers, never by name."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from data.imports import NamedBytes, NeedsMapping, fields_of, stage
from data.imports.mapper import KINDS, guess
from data.imports.profile import profiles
from data.store.store import Store
from tests.data.imports.exports import left_out, orders, receipt_of, refusal, staged_rows, taobao

SHOPIFY = (
    b"Name,Email,Financial Status,Paid at,Currency,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,"
    b"Lineitem name,Cancelled at,Refunded Amount,Phone,Shipping Zip\n"
    b"#1,Ann@x.com,paid,2025-10-07 09:50:26 +0200,EUR,90.00,TEN,10.00,2025-10-07 09:50:26 +0200,1,Cup,,0.00,,'01234\n"
    b"#1,,,,,,,,,2,Tea,,,,\n"
    b"#2,,paid,2025-10-08 10:00:00 +0200,EUR,50.00,,0.00,2025-10-08 10:00:00 +0200,1,Cup,,20.00,+49 151 234567,\n"
    b"#3,bob@x.com,voided,,EUR,10.00,,0.00,2025-10-09 10:00:00 +0200,1,Cup,,0.00,,\n"
    b"#4,bob@x.com,paid,2025-10-09 10:00:00 +0200,EUR,10.00,,0.00,2025-10-09 10:00:00 +0200,1,Cup,2025-10-10 10:00:00 +0200,0.00,,\n"
    b"#4,,,,,,,,,1,Tea,,,,\n"
    b"#5,,pending,,EUR,10.00,,0.00,2025-10-09 10:00:00 +0200,1,Cup,,0.00,,\n"
)


def test_shopify_folds_lines_into_orders() -> None:
    file = NamedBytes("whatever.txt", SHOPIFY)
    rows = staged_rows([file])
    picked = (
        "order_id",
        "customer_id",
        "ordered_at",
        "amount",
        "gross",
        "discount",
        "refund",
        "coupon",
        "items",
        "currency",
    )
    assert [tuple(row[name] for name in picked) for row in rows] == [
        ("#1", "ann@x.com", dt.datetime(2025, 10, 7, 9, 50, 26), 90.0, 100.0, 10.0, 0.0, "TEN", 3.0, "EUR"),
        ("#2", "49151234567", dt.datetime(2025, 10, 8, 10), 30.0, 50.0, 0.0, 20.0, None, 1.0, "EUR"),
    ]
    receipt = receipt_of(file)
    assert (receipt.profile, receipt.lines_in, receipt.lines_taken) == ("shopify", 7, 3)
    assert left_out(receipt) == {"cancelled": 2, "not_paid": 2}
    assert "no_refund_date" in {entry.code for entry in receipt.cannot_answer}


def test_taobao_report() -> None:
    data = taobao(
        {"订单编号": '="0012345678901234567"'},
        {"订单编号": "'2", "买家实际支付金额": "0.00", "订单状态": "等待买家付款", "订单付款时间 ": ""},
        {"订单编号": '="3"', "订单状态": "交易关闭", "订单关闭原因": "买家未付款"},
        {"订单编号": "'4", "买家会员名": "tb_1", "买家实际支付金额": "12.5"},
    )
    file = NamedBytes("ExportOrderList.csv", data)
    rows = staged_rows([file])
    assert [(row["order_id"], row["customer_id"], row["amount"], row["currency"]) for row in rows] == [
        ("0012345678901234567", "tb_𠮷祥", 90.0, "CNY"),
        ("4", "tb_1", 12.5, "CNY"),
    ]
    receipt = receipt_of(file)
    assert (receipt.profile, receipt.files[0].encoding, receipt.lines_in) == ("taobao", "GB18030", 4)
    assert left_out(receipt) == {"closed": 1, "not_paid": 1}


WENJUANXING = (
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您的手机号,2、您有多大可能把我们推荐给朋友？,3、您对我们的总体满意度,"
    "4、请评价—服务态度,4、请评价—店面环境,5、您的建议,6、常买的品类\n"
    "1,2026/09/03 12:00:00,60秒,微信,N/A,1.1.1.1,13812345678,10,非常满意,5,-3,很好,茶┋咖啡\n"
    "2,2026/09/03 13:00:00,60秒,微信,N/A,1.1.1.1,,-3,2,4,3,,茶\n"
    "3,2026/09/03 14:00:00,60秒,微信,N/A,1.1.1.1,,-3,-3,-3,-3,,茶\n"
).encode("gb18030")


def test_wenjuanxing_gives_nps_csat_and_matrix_items() -> None:
    file = NamedBytes("1.csv", WENJUANXING)
    feedback = staged_rows([file], "feedback")
    assert [(row["survey"], row["score"], row["customer_id"], row["comment"]) for row in feedback] == [
        ("nps", 10.0, "13812345678", "很好"),
        ("csat", 5.0, "13812345678", "很好"),
        ("csat", 2.0, None, None),
    ]
    assert len({row["feedback_id"] for row in feedback}) == 3
    answers = staged_rows([file], "answers")
    assert sorted((row["item"], row["score"]) for row in answers) == [
        ("4、请评价—店面环境", 3.0),
        ("4、请评价—服务态度", 4.0),
        ("4、请评价—服务态度", 5.0),
    ]
    receipt = receipt_of(file)
    assert (receipt.profile, receipt.lines_in, receipt.lines_taken) == ("wenjuanxing", 3, 2)
    assert left_out(receipt) == {"no_score": 1}


@pytest.mark.parametrize(
    ("header", "profile"),
    [
        ("Response Date,NPS Score,Comment", "nps"),
        ("提交时间,推荐意愿,评论", "nps"),
        ("Date,CSAT,Comment", "csat"),
        ("日期,满意度,意见", "csat"),
        (" date ,ＣＥＳ,x", "ces"),
    ],
)
def test_general_survey_exports_are_recognised_by_synonyms(header: str, profile: str) -> None:
    receipt = receipt_of(NamedBytes("a.csv", f"{header}\n2026-01-02,5,fine\n2026-01-02,1,bad\n".encode()))
    assert (receipt.profile, receipt.feedback) == (profile, 2)


def test_the_more_specific_profile_wins() -> None:
    """A Shopify file that also has a column called NPS and one called date is still a Shopify file."""
    lines = SHOPIFY.decode().splitlines()
    data = "\n".join([lines[0] + ",NPS,Date", *(line + ",9,2025-01-01" for line in lines[1:])])
    assert receipt_of(NamedBytes("a.csv", data.encode())).profile == "shopify"


def test_an_unknown_file_goes_to_the_mapper_with_guesses() -> None:
    data = "会员编号,下单时间,实付金额,备注\n1,2026-01-02,5,x\n".encode()
    with pytest.raises(NeedsMapping) as caught:
        stage([NamedBytes("a.csv", data)], store=None)
    needs = caught.value
    assert needs.headers == ("会员编号", "下单时间", "实付金额", "备注")
    assert needs.samples == (("1", "2026-01-02", "5", "x"),)
    assert needs.guesses.kind == "orders"
    assert needs.guesses.columns["orders"] == {
        "customer_id": "会员编号",
        "ordered_at": "下单时间",
        "amount": "实付金额",
    }


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Member ID", "Join Date", "City"], "members"),
        (["Member ID", "Effective date", "Tier"], "tier_changes"),
        (["Order number", "Order date", "Total", "Email"], "orders"),
    ],
)
def test_kinds_are_guessed(headers: list[str], kind: str) -> None:
    assert guess(headers).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_mapper_has_a_label_and_some_are_required(kind: str) -> None:
    fields = fields_of(kind)
    assert all(field.label for field in fields)
    assert any(field.required for field in fields)


def test_members_keep_other_columns_as_attributes() -> None:
    data = b"Member ID,Join Date,Source,City,Size\n007,2026-01-02,Web,Paris,XL\n"
    (row,) = staged_rows([NamedBytes("m.csv", data)], "members", profile="members")
    assert row == {
        "customer_id": "007",
        "joined_on": dt.date(2026, 1, 2),
        "acquisition_channel": "Web",
        "region": "Paris",
        "attributes": '{"Size":"XL"}',
    }


def test_tier_changes() -> None:
    data = b"Member ID,Valid from,Level\n1,2026-01-02,Gold\n,2026-01-02,Gold\n1,2026-01-02,Silver\n"
    file = NamedBytes("t.csv", data)
    (row,) = staged_rows([file], "tier_changes", profile="tier_changes")
    assert row == {"customer_id": "1", "effective_on": dt.date(2026, 1, 2), "tier": "Silver"}
    assert left_out(receipt_of(file, profile="tier_changes")) == {"no_customer_id": 1, "repeated": 1}


def test_orders_without_a_number_are_named_by_customer_time_and_occurrence() -> None:
    data = b"Customer,Date,Amount\nC1,2026-01-02,5\nC1,2026-01-02,7\nC2,2026-01-02,5\n"
    rows = staged_rows([NamedBytes("a.csv", data)], profile="orders")
    assert [row["order_id"] for row in rows] == [
        "C1 2026-01-02T00:00:00 1",
        "C1 2026-01-02T00:00:00 2",
        "C2 2026-01-02T00:00:00 1",
    ]


def test_no_buyer_column_is_said() -> None:
    receipt = receipt_of(NamedBytes("a.csv", b"Order ID,Order Date,Amount\nA1,2026-01-02,5\n"), profile="orders")
    assert "retention, repeat purchase rate and customer lifetime value cannot be computed" in " ".join(
        map(str, receipt.cannot_answer)
    )


def test_an_amount_below_zero_is_a_refund_and_no_order() -> None:
    lines = b"1,a,2026-01-05,100,\n2,a,2026-01-20,-100,\n3,b,2026-01-07,50,50\n"
    file = NamedBytes("o.csv", b"order_id,customer_id,ordered_at,amount,refund\n" + lines)
    found = {row["order_id"]: (row["kind"], row["amount"]) for row in staged_rows([file], profile="orders")}
    assert found == {"1": ("order", 100.0), "2": ("refund", -100.0), "3": ("order", 0.0)}


def test_a_refund_column_lowers_the_amount() -> None:
    file = NamedBytes("a.csv", b"Order ID,Order Date,Amount,Refund\nA1,2026-01-02,50,20\nA2,2026-01-02,10,\n")
    rows = staged_rows([file], profile="orders", values={"refunds": "to take off"})
    assert [(row["amount"], row["refund"]) for row in rows] == [
        (30.0, 20.0),
        (10.0, None),
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"profile": "nonsense"}, "There is no profile “nonsense”. Known are: "),
        (
            {"profile": "nps"},
            "orders.csv: no column is mapped to score, which NPS answers needs. Add --map score=COLUMN",
        ),
        (
            {"profile": "orders", "mapping": {"amount": "Paid"}},
            "orders.csv has no column “Paid” for amount. Its columns are: Order ID, ",
        ),
        (
            {"profile": "orders", "mapping": {"sum": "Amount"}},
            "orders has no field “sum”. Its fields are: after_sale, amount, ",
        ),
        (
            {"profile": "orders", "values": {"curency": "EUR"}},
            "“curency” cannot be given for Orders. What can be given: ",
        ),
        (
            {"profile": "csat", "mapping": {"score": "Amount"}, "values": {"scale": "five"}},
            "The scale “five” is not one such as 1-5.",
        ),
        (
            {"profile": "nps", "mapping": {"score": "Amount"}, "values": {"scale": "1-5"}},
            "NPS is asked on the scale 0-10, not 1-5.",
        ),
        ({"profile": "shopify"}, "orders.csv does not have the columns of Shopify orders: Name, "),
    ],
)
def test_what_the_user_says_wrong_is_one_sentence(arguments: dict, sentence: str) -> None:
    assert refusal(orders("A1,C1,2026-01-02,1"), **arguments).startswith(sentence)


def test_a_file_of_which_nothing_can_be_taken_is_refused() -> None:
    sentence = refusal(orders("A1,C1,soon,1"), profile="orders")
    assert sentence.startswith(
        "orders.csv: no line could be imported. 1 lines, the first of them line 2, column “Order Date”, value “soon”"
    )


def test_workbook_and_parquet_give_the_same_rows(tmp_path: Path) -> None:
    plain = orders("A1,C1,2026-01-02,10.5", "A2,C2,2026-01-03,7")
    frame = pl.DataFrame(
        {
            "Order ID": ["A1", "A2"],
            "Customer ID": ["C1", "C2"],
            "Order Date": [dt.date(2026, 1, 2), dt.date(2026, 1, 3)],
            "Amount": [10.5, 7.0],
        }
    )
    frame.write_parquet(tmp_path / "a.bin")
    (tmp_path / "b.bin").write_bytes(workbook(frame))
    expected = staged_rows([plain], profile="orders")
    assert staged_rows([tmp_path / "a.bin"], profile="orders") == expected
    assert staged_rows([tmp_path / "b.bin"], profile="orders") == expected


def workbook(frame: pl.DataFrame) -> bytes:
    """A minimal .xlsx: dates as serials, the rest as inline strings or numbers."""

    def cell(value: object) -> str:
        if isinstance(value, dt.date):
            return f"<c><v>{(value - dt.date(1899, 12, 30)).days}</v></c>"
        return f"<c><v>{value}</v></c>" if isinstance(value, float) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    rows = [frame.columns, *frame.rows()]
    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def relation(kind: str, target: str) -> str:
        one = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{one}</Relationships>'

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            relation("officeDocument", "xl/workbook.xml"),
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        )
        book.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
        )
    return out.getvalue()


def test_every_profile_reads_and_says_what_it_is() -> None:
    assert {"shopify", "taobao", "online_retail", "olist", "cdnow", "wenjuanxing", *KINDS} <= set(profiles())
    assert all(profile.title and profile.outputs for profile in profiles().values())


def test_a_mapping_made_by_hand_is_remembered(tmp_path: Path) -> None:
    file = NamedBytes("a.csv", b"Who,When,How much\nC1,2026-01-02,5\n")
    mapping = {"customer_id": "Who", "ordered_at": "When", "amount": "How much"}
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([file], store=store, profile="orders", mapping=mapping) as staged:
            assert staged.take_in().import_id == 1
        later = NamedBytes("b.csv", b"Who,When,How much\nC1,2026-02-02,5\n")
        with stage([later], store=store) as staged:
            assert (staged.receipt.profile, staged.receipt.orders_new) == ("orders", 1)


def test_a_later_export_with_a_changed_status_counts_as_changed(tmp_path: Path) -> None:
    first, later = (
        orders("A1,C1,2026-01-02,5", "A2,C1,2026-01-03,5"),
        orders("A2,C1,2026-01-03,4", "A3,C1,2026-01-04,5"),
    )
    with Store.open(tmp_path / "s.duckdb") as store:
        with stage([first], store=store, profile="orders") as staged:
            staged.take_in()
        with stage([later], store=store, profile="orders") as staged:
            assert (staged.receipt.orders_new, staged.receipt.orders_changed, staged.receipt.orders_same) == (1, 1, 0)
        with stage([later], store=store, profile="orders", values={"source": "second shop"}) as staged:
            assert staged.receipt.orders_new == 2


def test_masked_buyers_are_called_masked() -> None:
    receipt = receipt_of(orders("A1,138****1234,2026-01-02,1", "A2,张**,2026-01-02,1"), profile="orders")
    assert [str(entry)[:36] for entry in receipt.cannot_answer if entry.code == "no_buyer"] == [
        "The buyers are masked or empty in ev"
    ]


RECOMMENDED = "Recommending us to a friend"


@pytest.mark.parametrize(
    ("text", "kind", "columns", "options"),
    [
        (
            f"Response ID,Submitted At,{RECOMMENDED},Comment,Email\nR1,2026-01-02,10,good,a@b.c\nR2,2026-01-03,0,,\n",
            "nps",
            {
                "feedback_id": "Response ID",
                "responded_at": "Submitted At",
                "score": RECOMMENDED,
                "comment": "Comment",
                "customer_id": "Email",
            },
            f"--profile nps --map score='{RECOMMENDED}'",
        ),
        (
            "提交时间,向朋友推荐的意向\n2026-01-02,9\n",
            "nps",
            {"responded_at": "提交时间", "score": "向朋友推荐的意向"},
            "--profile nps --map score='向朋友推荐的意向'",
        ),
        (
            "order_id,customer_id,ordered_at,amount\nA1,C1,2026-01-02,10\n",
            "orders",
            {"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "amount"},
            "--profile orders",
        ),
        (
            "Bestellnummer;Bestelldatum;Kundennummer;Gesamtbetrag\n1;02.01.2026;K1;10,50\n",
            "orders",
            {
                "order_id": "Bestellnummer",
                "ordered_at": "Bestelldatum",
                "customer_id": "Kundennummer",
                "amount": "Gesamtbetrag",
            },
            "--profile orders",
        ),
        (
            "Datum;Kunde;Betrag\n1;02.01.2026;K1\n",
            "orders",
            {"ordered_at": "Datum", "customer_id": "Kunde", "amount": "Betrag"},
            "--profile orders",
        ),
        ("Recommended by,Amount\nAnn,10\n", "orders", {"amount": "Amount"}, "--profile orders --map ordered_at=COLUMN"),
    ],
    ids=["nps question", "nps in Chinese", "plain orders", "German", "German, short", "recommended by a person"],
)
def test_what_a_file_seems_to_hold(text: str, kind: str, columns: dict[str, str], options: str) -> None:
    with pytest.raises(NeedsMapping) as caught:
        stage([NamedBytes("a.csv", text.encode())], store=None)
    assert caught.value.guesses.kind == kind
    assert caught.value.guesses.columns[kind] == columns
    assert f"for example {options}. Its columns are: " in str(caught.value)
