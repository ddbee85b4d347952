"""Files as people hand them over, and the upload page driven as they drive it."""

from streamlit.testing.v1 import AppTest

from pages.manage.upload.desk import KEY

MAPPED_ORDERS = "Order ID,Date,Amount,Customer ID\n1,2026-01-05,20.00,a\n2,2026-02-05,30.00,b\n3,2026-02-06,oops,b\n"
UNKNOWN = "a,b\n1,2\n3,4\n"
AMBIGUOUS = "Order ID,Date,Amount,Customer ID\n1,03/04/2026,20.00,a\n2,05/06/2026,30.00,b\n"
WESTERN = "Order ID,Date,Amount,Customer ID\n1,2026-01-05,20.00,José\n".encode("cp1252")
TAOBAO_HEADER = "订单编号 ,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单关闭原因"
WAITS, WAIT_SECONDS = 6, 60


def taobao(*rows: str) -> bytes:
    """A Taobao order report as Windows writes it."""
    return "\n".join([TAOBAO_HEADER, *rows, ""]).encode("gb18030")


def taobao_row(number: int, *, buyer: str = "买家", paid: str = "20.00", closed: str = "订单未关闭") -> str:
    return f'="{number}",{buyer},{paid},交易成功,2026-03-{number % 28 + 1:02d} 12:00:00,{closed}'


def drop(app: AppTest, *files: tuple[str, str | bytes]) -> AppTest:
    """Hand files over and wait until they are read."""
    named = [(name, data.encode() if isinstance(data, str) else data, "text/csv") for name, data in files]
    app.file_uploader[0].set_value(named).run()
    return wait(app)


def press(app: AppTest, key: str) -> AppTest:
    """Press a button and wait until the work behind it has ended."""
    app.button(key=key).click().run()
    return wait(app)


def leave(app: AppTest, field: str) -> AppTest:
    """Leave the rows out whose cells of a field are not understood."""
    app.radio(key=f"unread.{field}.way").set_value("leave out").run()
    return press(app, f"unread.{field}.go")


def wait(app: AppTest) -> AppTest:
    for _ in range(WAITS):
        assert not app.exception, app.exception
        job = app.session_state[KEY].job
        if job is None:
            return app
        job.ended(WAIT_SECONDS)  # not to draw the page again and again meanwhile
        app.run()
    raise TimeoutError("the work behind the page did not end")


def title(app: AppTest) -> str:
    (found,) = app.title
    return str(found.value).replace("\\", "").replace("\u2060", "")
