"""Small exports made by the tests."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from data.errors import Refused
from data.imports import NamedBytes, Receipt, stage

ORDERS = "Order ID,Customer ID,Order Date,Amount\n"
TAOBAO_HEADERS = (
    "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址 ,"
    "订单创建时间,订单付款时间 ,宝贝总数量,店铺名称,订单关闭原因"
)


def orders(*rows: str, header: str = ORDERS) -> NamedBytes:
    return NamedBytes("orders.csv", (header + "".join(f"{row}\n" for row in rows)).encode())


def staged_rows(files: list, table: str = "orders", **arguments: object) -> list[dict]:
    """The rows that an import would hand to the store."""
    with stage(files, store=None, **arguments) as staged:
        rows = staged.tables()[table]().read_all()
    return rows.to_pylist()


def receipt_of(file: NamedBytes, **arguments: object) -> Receipt:
    with stage([file], store=None, **arguments) as staged:
        return staged.receipt


def left_out(receipt: Receipt) -> dict[str, int]:
    return {entry.rule: entry.lines for entry in receipt.left_out}


def refusal(*files: NamedBytes | Path, **arguments: object) -> str:
    """The sentence with which files are refused."""
    with pytest.raises(Refused) as caught:
        stage(list(files), store=None, **arguments).close()
    return str(caught.value)


def taobao(*rows: Mapping[str, str], encoding: str = "gb18030") -> bytes:
    """A Taobao order report: headers with trailing spaces, order numbers wrapped, one row per mapping."""
    usual = {
        "买家会员名": "tb_𠮷祥",
        "总金额": "100.00",
        "买家实际支付金额": "90.00",
        "订单状态": "交易成功",
        "收货人姓名": "张三",
        "收货地址 ": "浙江省 杭州市|西湖区\\文三路",
        "订单创建时间": "2020-02-21 10:00:00",
        "订单付款时间 ": "2020-02-21 10:01:00",
        "宝贝总数量": "1",
        "店铺名称": "朴朴旗舰店",
        "订单关闭原因": "订单未关闭",
    }
    headers = TAOBAO_HEADERS.split(",")
    lines = [TAOBAO_HEADERS]
    for row in rows:
        cells = usual | row
        lines.append(",".join(cells[header] for header in headers))
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def query(sql: str, **values: object) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(sql, values or None).fetchall()
