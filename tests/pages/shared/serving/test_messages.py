"""What a session hears of a browser: each field of Streamlit's protocol, whether a page of ours sends it, and what becomes of it."""

import asyncio
from collections.abc import Callable

import pytest
from google.protobuf.descriptor import Descriptor
from starlette.requests import HTTPConnection
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from data.people.access import Person, Role
from pages.shared.serving import messages
from pages.shared.serving.messages import Broken, Line, Messages, Pace
from pages.shared.session import auth, visit

ANALYST, VIEWER = Person("bo@example.com", Role.ANALYST), Person("vic@example.com", Role.VIEWER)
WHO = {"nobody": None, "viewer": VIEWER, "analyst": ANALYST}
EVERYBODY, READERS, UPLOADERS, NOBODY = ["nobody", "viewer", "analyst"], ["viewer", "analyst"], ["analyst"], []

# field: who is heard, and why a page sends it
BACK_MSG = {
    "clear_cache": (NOBODY, "by the key C and a menu that are Streamlit's, and it empties the caches of everybody"),
    "set_run_on_save": (NOBODY, "the menu of developers"),
    "stop_script": (READERS, "the button beside the sign that a page is worked out; ends that run alone"),
    "rerun_script": (EVERYBODY, "every page, every click"),
    "load_git_info": (NOBODY, "the button that deploys to a service of Streamlit's"),
    "debug_disconnect_websocket": (NOBODY, "tests of Streamlit itself"),
    "debug_shutdown_runtime": (NOBODY, "tests of Streamlit itself"),
    "file_urls_request": (UPLOADERS, "the upload page, before it sends a file"),
    "app_heartbeat": (NOBODY, "a site that has the app in a frame"),
    "backend_operation_request": (NOBODY, "see OPERATIONS"),
}
OPERATIONS = {
    "deferred_file": (READERS, "a download button"),
    "dataframe_chunk": (READERS, "a table of more rows than are sent at once"),
    "install_skills": (NOBODY, "a hint for developers; writes files"),
    "dismiss_skills_nudge": (NOBODY, "a hint for developers; writes a file"),
}
# field of a rerun: what becomes of it where nobody is signed in; elsewhere all are heard
CLIENT_STATE = {
    "query_string": "heard",
    "widget_states": "those of the door",
    "page_script_hash": "heard",
    "page_name": "heard",
    "fragment_id": "dropped",
    "is_auto_rerun": "dropped",
    "cached_message_hashes": "heard",
    "context_info": "heard",
    "is_history_navigation": "heard",
}
# value of a widget: whether a widget of ours has it, and one of the door
VALUES = {
    "trigger_value": (True, True),
    "bool_value": (True, False),
    "double_value": (True, False),
    "int_value": (False, False),
    "string_value": (True, False),
    "double_array_value": (False, False),
    "int_array_value": (False, False),
    "string_array_value": (True, True),
    "json_value": (True, False),
    "arrow_value": (False, False),
    "bytes_value": (False, False),
    "file_uploader_state_value": (True, False),
    "string_trigger_value": (False, False),
    "chat_input_value": (False, False),
    "json_trigger_value": (True, False),
}
BUTTON, LANGUAGE = "$$ID-0af-sign-in-None", "$$ID-0af-filter.lang.en"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., BackMsg | None]:
    """What a session hears of a message that somebody sends on a line of his own."""

    def told(message: BackMsg | bytes, who: str = "viewer") -> BackMsg | None:
        data = message if isinstance(message, bytes) else message.SerializeToString()
        out = asyncio.run(line(monkeypatch, WHO[who]).let_through(data))
        return None if out is None else BackMsg.FromString(out)

    return told


def line(monkeypatch: pytest.MonkeyPatch, who: Person | None) -> Line:
    monkeypatch.setattr(auth, "own_by", lambda _claims: who)
    return Line(HTTPConnection({"type": "websocket", "headers": []}))


def names(descriptor: Descriptor, oneof: str | None = None) -> set[str]:
    fields = descriptor.oneofs_by_name[oneof].fields if oneof else descriptor.fields
    return {field.name for field in fields}


def filled(kind: str) -> BackMsg:
    """A message of this kind, with nothing in it that would have it dropped for another reason."""
    message = BackMsg()
    if kind in OPERATIONS:
        getattr(message.backend_operation_request, kind).SetInParent()
    elif BackMsg.DESCRIPTOR.fields_by_name[kind].message_type:
        getattr(message, kind).SetInParent()
    else:
        setattr(message, kind, True)
    return message


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        (BACK_MSG, names(BackMsg.DESCRIPTOR)),
        (OPERATIONS, names(BackendOperationRequest.DESCRIPTOR, "payload")),
        (CLIENT_STATE, names(ClientState.DESCRIPTOR)),
        (VALUES, names(WidgetState.DESCRIPTOR, "value")),
    ],
    ids=["BackMsg", "BackendOperationRequest", "ClientState", "WidgetState"],
)
def test_the_tables_name_every_field_of_the_protocol(table: dict[str, object], fields: set[str]) -> None:
    assert set(table) == fields


@pytest.mark.parametrize("kind", [*BACK_MSG, *OPERATIONS])
@pytest.mark.parametrize("who", WHO)
def test_a_session_hears_what_a_page_of_ours_sends(kind: str, who: str, heard) -> None:
    listened, _why = (BACK_MSG | OPERATIONS)[kind]
    assert (heard(filled(kind), who) is not None) == (who in listened)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_widgets_that_no_page_has_are_left_out(value: str, who: str, heard) -> None:
    message = filled("rerun_script")
    widget = message.rerun_script.widget_states.widgets.add(id=BUTTON)
    field = WidgetState.DESCRIPTOR.fields_by_name[value]
    if field.message_type:
        getattr(widget, value).SetInParent()
    else:
        setattr(widget, value, field.default_value)
    found = heard(message, who)
    ours, of_the_door = VALUES[value]
    assert len(found.rerun_script.widget_states.widgets) == (of_the_door if who == "nobody" else ours)


@pytest.mark.parametrize("field", CLIENT_STATE)
def test_where_nobody_is_signed_in_the_door_alone_is_asked_for(field: str, heard) -> None:
    message = filled("rerun_script")
    state = message.rerun_script
    {
        "query_string": lambda: setattr(state, field, "lang=zh"),
        "widget_states": lambda: state.widget_states.widgets.add(id="$$ID-0af-history.undo.1", trigger_value=True),
        "page_script_hash": lambda: setattr(state, field, "0af"),
        "page_name": lambda: setattr(state, field, "nps"),
        "fragment_id": lambda: setattr(state, field, "0af"),
        "is_auto_rerun": lambda: setattr(state, field, True),
        "cached_message_hashes": lambda: state.cached_message_hashes.append("0af"),
        "context_info": lambda: setattr(state.context_info, "locale", "zh-CN"),
        "is_history_navigation": lambda: setattr(state, field, True),
    }[field]()
    found = heard(message, "nobody")
    if CLIENT_STATE[field] == "dropped":
        assert found is None
    elif field == "widget_states":
        assert len(found.rerun_script.widget_states.widgets) == 0
    else:
        assert found == message
    assert heard(message, "viewer") == message


@pytest.mark.parametrize(
    ("widget", "kept"),
    [
        ("$$ID-0af-sign-in-None", True),
        ("$$ID-0af-sign-in-google", True),
        ("$$ID-0af-sign-in-a provider, with a name", True),
        ("$$ID-0af-sign-out", True),
        ("$$ID-0af-filter.lang.en", True),
        ("$$ID-0af-filter.lang.zh", True),
        ("$$ID-0af-filter.region.en", False),
        ("$$ID-0af-leave-link", False),
        ("$$ID-0af-history.undo.1", False),
        ("$$ID-0af-x-sign-out", False),
        ("$$ID-0af-sign-out-x", False),
        ("$$ID-0af-sign-out\n", False),
        ("$$ID-xyz-sign-out", False),
        ("sign-out", False),
        ("", False),
    ],
)
def test_the_widgets_of_the_door_are_told_by_their_key(widget: str, kept: bool, heard) -> None:
    message = filled("rerun_script")
    message.rerun_script.widget_states.widgets.add(id=widget, trigger_value=True)
    assert len(heard(message, "nobody").rerun_script.widget_states.widgets) == kept


def rerun(query: str = "", *, language: str = "", press: bool = False) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = query
    if language:
        message.rerun_script.widget_states.widgets.add(id=LANGUAGE).string_array_value.data.append(language)
    if press:
        message.rerun_script.widget_states.widgets.add(id=BUTTON, trigger_value=True)
    return message.SerializeToString()


@pytest.mark.parametrize(
    ("sent", "let_through"),
    [
        ([], []),
        ([rerun()], [True]),
        ([rerun(), rerun()], [True, False]),
        ([rerun(), rerun(press=True)], [True, True]),
        ([rerun(), rerun(press=True), rerun(press=True)], [True, True, True]),
        ([rerun(), rerun(language="zh")], [True, True]),
        ([rerun(), rerun(language="zh"), rerun(language="zh")], [True, True, False]),
        ([rerun(), rerun(language="zh"), rerun(language="en")], [True, True, True]),
        ([rerun(), rerun("lang=zh")], [True, True]),
        ([rerun("lang=zh"), rerun("lang=zh")], [True, False]),
        ([rerun(), rerun("lang=zh"), rerun()], [True, True, True]),
    ],
)
def test_the_door_is_shown_once_and_again_when_something_else_is_asked_for(
    monkeypatch, sent: list[bytes], let_through: list[bool]
) -> None:
    async def all_of_them() -> list[bool]:
        opened = line(monkeypatch, None)
        return [await opened.let_through(each) is not None for each in sent]

    assert asyncio.run(all_of_them()) == let_through


def test_who_is_signed_out_meanwhile_sees_the_door_at_the_next_click(monkeypatch) -> None:
    monkeypatch.setattr(messages, "STANDING_SECONDS", -1.0)

    async def clicks() -> list[bool]:
        opened = line(monkeypatch, VIEWER)
        before = [await opened.let_through(rerun()) is not None for _ in range(2)]
        monkeypatch.setattr(auth, "own_by", lambda _claims: None)
        return before + [await opened.let_through(rerun()) is not None for _ in range(2)]

    assert asyncio.run(clicks()) == [True, True, True, False]


def test_a_public_link_makes_its_visitor_a_reader_until_it_is_withdrawn(monkeypatch) -> None:
    monkeypatch.setattr(messages, "STANDING_SECONDS", -1.0)
    open_links = {"good": VIEWER}
    monkeypatch.setattr(visit, "person_under", lambda link, own: open_links.get(link) if link else own)
    file = filled("deferred_file").SerializeToString()

    async def asks() -> list[bool]:
        opened = line(monkeypatch, None)
        found = [await opened.let_through(each) is not None for each in (file, rerun("link=bad"), file)]
        # between two pages the address says nothing, and the session is still in the link
        found += [await opened.let_through(each) is not None for each in (rerun("link=good"), file, rerun(), file)]
        open_links.clear()
        return [*found, await opened.let_through(file) is not None]

    assert asyncio.run(asks()) == [False, True, False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"text": "clear_cache"}, 1003),
        ({"text": "", "bytes": None}, 1003),
        ({"bytes": b"\xff" * 100}, 1002),
        ({"bytes": filled("rerun_script").SerializeToString() + b"\x5a"}, 1002),
        ({"bytes": b"\x00" * (messages.MOST_BYTES + 1)}, 1009),
        ({"bytes": rerun("x" * messages.MOST_BYTES)}, 1009),
        ({"bytes": rerun("x" * messages.MOST_BYTES_AT_THE_DOOR)}, 1009),
        ({"bytes": rerun("x" * (messages.MOST_QUERY_CHARACTERS + 1))}, 1009),
        ({"bytes": rerun("&" * messages.MOST_QUERY_FIELDS)}, 1009),
    ],
)
def test_who_breaks_the_protocol_is_hung_up_on_and_no_session_hears_of_it(
    monkeypatch, sent: dict[str, object], code: int
) -> None:
    monkeypatch.setattr(auth, "own_by", lambda _claims: None)
    heard: list[Message] = []
    answered: list[Message] = []

    async def inner(_scope, receive, send) -> None:
        while True:
            heard.append(await receive())
            if heard[-1]["type"] == "websocket.disconnect":
                await send({"type": "websocket.send", "bytes": b"too late"})
                return

    async def receive() -> Message:
        return {"type": "websocket.receive", **sent}

    async def send(message: Message) -> None:
        answered.append(message)

    asyncio.run(Messages(inner)({"type": "websocket", "headers": []}, receive, send))
    assert heard == [{"type": "websocket.disconnect", "code": code}]
    assert answered == [{"type": "websocket.close", "code": code}]


def test_a_field_that_nobody_knows_is_left_out(heard) -> None:
    assert heard(filled("rerun_script").SerializeToString() + b"\xfa\x3f\x03abc") == filled("rerun_script")


def test_a_person_whom_the_store_cannot_name_is_nobody(monkeypatch) -> None:
    def closed(_claims: object) -> Person:
        raise OSError("no such file")

    opened = line(monkeypatch, None)
    monkeypatch.setattr(auth, "own_by", closed)
    assert asyncio.run(opened.let_through(rerun())) is not None
    assert asyncio.run(opened.let_through(filled("stop_script").SerializeToString())) is None


@pytest.mark.parametrize(
    ("at", "waits"),
    [
        ([], []),
        ([0, 0, 0], [0, 0, 0]),
        ([0, 0, 0, 0], [0, 0, 0, 0.5]),
        ([0, 0, 0, 0, 0.5], [0, 0, 0, 0.5, 0.5]),
        ([0, 0, 0, 1], [0, 0, 0, 0]),
        ([0, 0, 0, 100, 100, 100, 100], [0, 0, 0, 0, 0, 0, 0.5]),
    ],
)
def test_so_many_at_once_then_so_many_a_second(at: list[float], waits: list[float]) -> None:
    pace = Pace(3, 2.0, 3, 0.0)
    assert [pace.wait_seconds(now) for now in at] == pytest.approx(waits)


def of_parts(kind: str, many: int) -> BackMsg:
    """A message that holds so many of something."""
    message = filled("file_urls_request" if kind == "file names" else "rerun_script")
    state = message.rerun_script
    if kind == "file names":
        message.file_urls_request.file_names.extend("a" for _ in range(many))
    elif kind == "hashes":
        state.cached_message_hashes.extend("a" for _ in range(many))
    elif kind == "widgets":
        for _ in range(many):
            state.widget_states.widgets.add(id="w", bool_value=True)
    elif kind == "widgets of no page":
        for _ in range(many):
            state.widget_states.widgets.add(id="w", int_value=1)
    elif kind == "files":
        files = state.widget_states.widgets.add(id="w").file_uploader_state_value.uploaded_file_info
        for _ in range(many - 1):
            files.add(name="a")
    elif kind == "half widgets, half values":
        for _ in range(many // 2):
            state.widget_states.widgets.add(id="w").string_array_value.data.append("a")
        if many % 2:
            state.widget_states.widgets.add(id="w", bool_value=True)
    else:
        field = {"texts": "string_array_value", "numbers": "double_array_value", "whole": "int_array_value"}[kind]
        value = "a" if kind == "texts" else 1
        getattr(state.widget_states.widgets.add(id="w"), field).data.extend(value for _ in range(many - 1))
    return message


PARTS = (
    "widgets",
    "widgets of no page",
    "half widgets, half values",
    "texts",
    "numbers",
    "whole",
    "files",
    "file names",
    "hashes",
)


@pytest.mark.parametrize("kind", PARTS)
def test_a_message_of_more_parts_than_a_page_has_is_hung_up_on_before_anybody_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    asked: list[str] = []
    opened = line(monkeypatch, ANALYST)
    assert asyncio.run(opened.let_through(of_parts(kind, messages.MOST_PARTS).SerializeToString())) is not None
    monkeypatch.setattr(messages, "STANDING_SECONDS", -1.0)
    monkeypatch.setattr(auth, "own_by", lambda _claims: asked.append("who"))
    monkeypatch.setattr(messages, "parse_qs", lambda *_: asked.append("address"))
    monkeypatch.setattr(messages, "_keep", lambda *_: asked.append("widgets"))
    with pytest.raises(Broken) as ended:
        asyncio.run(opened.let_through(of_parts(kind, messages.MOST_PARTS + 1).SerializeToString()))
    assert (ended.value.code, asked) == (messages.TOO_BIG, [])


@pytest.mark.parametrize("known", [True, False])
def test_until_it_is_known_who_sends_a_message_may_be_small_alone(monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    """What is larger is not even taken apart."""
    large = filled("rerun_script")
    large.rerun_script.widget_states.widgets.add(id="w", json_value="x" * messages.MOST_BYTES_AT_THE_DOOR)
    taken_apart: list[int] = []

    def begun() -> BackMsg:
        taken_apart.append(1)
        return BackMsg()

    async def sends() -> bytes | None:
        opened = line(monkeypatch, VIEWER)
        if known:
            await opened.let_through(rerun())
        monkeypatch.setattr(messages, "BackMsg", begun)
        return await opened.let_through(large.SerializeToString())

    if known:
        assert asyncio.run(sends()) is not None
        return
    with pytest.raises(Broken):
        asyncio.run(sends())
    assert not taken_apart


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("", None),
        ("lang=en", None),
        ("link=abc", "abc"),
        ("link=", None),
        ("link", None),
        ("link=a&link=b", "b"),
        ("lang=en&link=a%20b&region=x", "a b"),
        ("x" * messages.MOST_QUERY_CHARACTERS, None),
        ("&" * (messages.MOST_QUERY_FIELDS - 1), None),
        ("a=" + "%41" * 5000 + "&link=c", "c"),
    ],
)
def test_the_link_of_an_address(query: str, link: str | None) -> None:
    assert messages._link_in(query) == link
