"""The URL is the view: page, period, as-of date, comparison, filters, options of the page and language, as codes, defaults included.

Within a session the state holds the view and the URL mirrors it. When the URL says something else than what was mirrored last
(a link, Back, Forward, an edit by hand), the URL wins.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from data.questions.ask import Question
from data.segment import COLUMNS as SEGMENT
from data.segment import EVERYBODY, Segment, column_of
from data.store.extent import Extent
from metrics.dimension import is_member_column
from pages.shared.session import visit
from pages.shared.session.language import LANGUAGE_KEY, browser_language
from pages.shared.words import periods
from pages.shared.words.texts import LANGUAGES

VERSUS = ("before", "year", "none")
ALL = "all"
FIRST_DAY, LAST_DAY = (
    dt.date(1990, 1, 1),
    dt.date(2199, 12, 31),
)  # rows are never older; years around them can be reckoned
STATE, MIRRORED, UNKNOWN, FOLLOWS = "view.state", "view.mirrored", "view.unknown", "view.follows"
CURRENT = "view.current"
ENTERED = "view.entered"
LANGUAGE_MIRRORED, LANGUAGE_UNKNOWN = "view.lang_mirrored", "view.lang_unknown"

Params = dict[str, list[str]]


@dataclass(frozen=True)
class Option:
    """A choice that belongs to a page: its name in the URL and its codes, the default first.

    With `within` (least and most) it is a number, a whole one where `whole`; without codes or `within`, any text. With `members`, it may
    be a further column of members too. With `several`, it is the default, or some of the codes in an order, with commas between.
    """

    name: str
    codes: tuple[str, ...] = ()
    default: str = ""
    within: tuple[float, float] | None = None
    whole: bool = False
    members: bool = False
    several: bool = False

    @property
    def first(self) -> str:
        return self.default or (self.codes[0] if self.codes else "")

    def allows(self, code: str) -> bool:
        """Whether a code of a URL is one of this choice."""
        if self.several:
            named = code.split(",")
            return code == self.first or (set(named) <= set(self.codes) and len(set(named)) == len(named))
        if self.within is not None:
            least, most = self.within
            return _is_number(code) and least <= float(code) <= most and not (self.whole and "." in code)
        return not self.codes or code in self.codes or (self.members and is_member_column(code))


@dataclass(frozen=True)
class View:
    """What is looked at. `segment` is what was chosen, `scope` whom the reader is limited to."""

    start: dt.date
    end: dt.date
    as_of: dt.date
    vs: str
    segment: Segment
    options: Mapping[str, str] = field(default_factory=dict)
    scope: Segment = EVERYBODY

    @property
    def whom(self) -> Segment:
        """Whose numbers these are: what was chosen, of those whom the reader may see."""
        return self.segment.seen_within(self.scope)

    @property
    def question(self) -> Question:
        """The question about the period."""
        return Question(self.start, self.end, self.as_of, self.segment)

    @property
    def last(self) -> dt.date:
        """The last day of the period that the view sees."""
        return min(self.end, self.as_of)

    @property
    def unfinished(self) -> bool:
        """Whether the period goes on after the last day that the view sees."""
        return self.end > self.as_of

    @property
    def before(self) -> Question | None:
        """The same question about the period compared with, or None: without a comparison, and where the two would overlap."""
        if self.vs == "none":
            return None
        earlier = periods.year_before if self.vs == "year" else _period_before
        start, end = earlier(self.start, self.end)
        if start <= self.last < self.end:  # an unfinished period is compared with as many days of the other
            end = min(end, start + (self.last - self.start))
        return Question(start, end, self.as_of, self.segment) if end < self.start else None

    def asked(self, start: dt.date, end: dt.date) -> Question:
        """The same question about other dates."""
        return Question(start, end, self.as_of, self.segment)


def settle_language() -> None:
    """Before anything is shown: the language of the URL, else the one in use, else the browser's."""
    state, told = st.session_state, st.query_params.get("lang")
    if told is not None and told != state.get(LANGUAGE_MIRRORED):
        state[LANGUAGE_UNKNOWN] = [] if told in LANGUAGES else [("lang", told)]
        if told in LANGUAGES:
            state[LANGUAGE_KEY] = told
    if LANGUAGE_KEY not in state:
        state[LANGUAGE_KEY] = browser_language()


def settle(
    extent: Extent, values: Mapping[str, Sequence[str]], options: Sequence[Option], *, scope: Segment
) -> View | None:
    """The view of this run; None while there are no data. `values` are the codes of each filter that the data hold, `scope` is whom
    the reader is limited to."""
    state = st.session_state
    if extent.first is None or extent.last is None:
        state[UNKNOWN] = []  # what was named as unknown was so to data that are gone
        return None
    names = [option.name for option in options]
    told = {name: st.query_params.get_all(name) for name in st.query_params if name not in ("lang", visit.PARAMETER)}
    linked = visit.codes(lambda name: name in ("from", "to", "as_of", "vs", *names) or column_of(name) is not None)
    entered = state.get(ENTERED) != visit.token()
    state[ENTERED] = visit.token()
    if visit.locked():  # anew on every run: neither the URL nor a widget changes what such a link shows
        _arrive(linked, extent, values, options)
    elif STATE not in state or (entered and linked) or (told and told != state.get(MIRRORED)):
        _arrive({**linked, **told}, extent, values, options)
    else:
        _leave_out(extent, values)
    _follow(extent)
    current: Params = state[STATE]
    for option in options:
        # another page may have an option of the same name with other codes
        if not option.allows(current.setdefault(option.name, [option.first])[0]):
            current[option.name] = [option.first]
    state[CURRENT] = _view(current, options, scope)
    settled: View = state[CURRENT]
    return settled


def mirror(view: View | None, options: Sequence[Option] = ()) -> None:
    """Write the view into the URL; nothing is sent when it is there already. Without data the URL keeps what it came with."""
    state, language = st.session_state, st.session_state[LANGUAGE_KEY]
    state[LANGUAGE_MIRRORED] = language
    if view is None:
        if st.query_params.get("lang") != language:
            st.query_params["lang"] = language
        return
    remember(view, options)
    want = url_params()
    if {name: st.query_params.get_all(name) for name in st.query_params} != want:
        st.query_params.from_dict(want)


def remember(view: View | None, options: Sequence[Option] = ()) -> None:
    """Keep in mind what the URL of the view says; nothing for a page without one."""
    if view is None:
        st.session_state[MIRRORED] = {}
        return
    names = ("from", "to", "as_of", "vs", *_chosen_by(), *(option.name for option in options))
    st.session_state[MIRRORED] = {name: st.session_state[STATE][name] for name in names}


def url_params() -> Params:
    """The parameters of the view's URL. A link with fixed filters says it all."""
    codes = {} if visit.locked() else st.session_state.get(MIRRORED, {})
    return {**codes, "lang": [st.session_state[LANGUAGE_KEY]], **visit.parameter()}


def unmirrored() -> None:
    """On a page without filters: the language is the whole view; the filters stay in the session for the next page."""
    state, language = st.session_state, st.session_state[LANGUAGE_KEY]
    state[LANGUAGE_MIRRORED] = language
    want = {"lang": [language], **visit.parameter()}
    if {name: st.query_params.get_all(name) for name in st.query_params} != want:
        st.query_params.from_dict(want)


def unknown() -> list[tuple[str, str]]:
    """What the URL named and nobody knows, as (name, value)."""
    return [*st.session_state.get(LANGUAGE_UNKNOWN, []), *st.session_state.get(UNKNOWN, [])]


def change(**codes: str | Sequence[str] | dt.date) -> None:
    """Put new codes into the view; `from_` is "from". To be called from a widget's callback."""
    for name, value in codes.items():
        listed = (
            [value] if isinstance(value, str) else [value.isoformat()] if isinstance(value, dt.date) else list(value)
        )
        st.session_state[STATE][name.rstrip("_")] = listed or [ALL]
    st.session_state[UNKNOWN] = []
    chosen = {"as_of": "as_of", "from_": "period", "to": "period"}
    st.session_state[FOLLOWS] = st.session_state[FOLLOWS] - {chosen.get(name) for name in codes}


def synced(name: str, value: object) -> str:
    """The key of a widget that shows a value of the view: the view is the truth, widgets follow it.

    The language is part of the key, because a widget whose options are called otherwise forgets which one was chosen.
    """
    key = f"{name}.{st.session_state[LANGUAGE_KEY]}"
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def speak(language: str) -> None:
    """Change the language, and nothing else."""
    st.session_state[LANGUAGE_KEY] = language
    st.session_state[LANGUAGE_UNKNOWN] = []


def reset(options: Sequence[Option] = ()) -> None:
    """Filters and dates back to their defaults, newest data; language, page and everything else in the session stay."""
    kept = {option.name: st.session_state[STATE].get(option.name, [option.first]) for option in options}
    st.session_state[STATE] = {**_defaults(), **kept}
    st.session_state[FOLLOWS] = {"as_of", "period"}
    st.session_state[UNKNOWN] = []


def codes() -> Params:
    """The view as the URL has it."""
    return dict(st.session_state[MIRRORED])


def follows() -> tuple[str, ...]:
    """The dates that nobody chose ("as_of", "period")."""
    return tuple(sorted(st.session_state[FOLLOWS]))


def leave_link() -> None:
    """Out of the link, to the newest data under the same view. Dates that followed the data when it was made do so again."""
    link = visit.link()
    state = st.session_state.get(STATE, {})
    if link and all(state.get(name) == list(link.view.get(name, ())) for name in ("from", "to", "as_of")):
        st.session_state[FOLLOWS] = set(link.follows)
    visit.leave()


def touched(extent: Extent) -> bool:
    """Whether a filter or a date differs from its default."""
    current = st.session_state[STATE]
    standard: Params = _defaults() | _dates(extent, extent.last)
    return any(current[name] != standard.get(name, [ALL]) for name in {*standard, *_chosen_by()})


def _arrive(told: Params, extent: Extent, values: Mapping[str, Sequence[str]], options: Sequence[Option]) -> None:
    """Take the view from a URL. What it does not say is the default; what nobody knows is kept to be named."""
    allowed = {option.name: option for option in (Option("vs", VERSUS), *options)}
    state, unknown = _defaults(), []
    for name, given in told.items():
        good = _understood(name, given, values, allowed)
        if name == "as_of" and good and not _holds(extent, good[0]):
            good = []
        if good:
            state[name] = good
        unknown += [(name, code) for code in given if code not in good and not (name in values and code == ALL)]
    if not (state["from"] and state["to"]) or state["from"] > state["to"]:
        unknown += [(name, state[name][0]) for name in ("from", "to") if state[name]]
        state["from"], state["to"] = [], []
    follows = {name for name, codes in (("as_of", state["as_of"]), ("period", state["from"])) if not codes}
    st.session_state[STATE], st.session_state[UNKNOWN], st.session_state[FOLLOWS] = state, unknown, follows
    _follow(extent)


def _leave_out(extent: Extent, values: Mapping[str, Sequence[str]]) -> None:
    """Leave out what was chosen and is not in the data any more, as after an undo, and keep it to be named: who stays sees what the
    same URL shows to who comes."""
    state = st.session_state
    chosen: Params = state[STATE]
    gone = []
    if "as_of" not in state[FOLLOWS] and not _holds(extent, chosen["as_of"][0]):
        gone += [("as_of", chosen["as_of"][0])]
        state[FOLLOWS] = state[FOLLOWS] | {"as_of"}
    for name in _chosen_by():
        unheld = [code for code in chosen[name] if code != ALL and code not in values.get(name, ())]
        if unheld:
            gone += [(name, code) for code in unheld]
            chosen[name] = [code for code in chosen[name] if code not in unheld] or [ALL]
    state[UNKNOWN] = [*state[UNKNOWN], *gone]


def _understood(
    name: str, given: list[str], values: Mapping[str, Sequence[str]], allowed: Mapping[str, Option]
) -> list[str]:
    """The codes of a URL's parameter that mean something here."""
    if name in ("from", "to", "as_of"):
        return [given[-1]] if _is_day(given[-1]) else []
    if name in values:
        return [code for code in given if code in values[name]]
    if name in allowed and allowed[name].allows(given[-1]) and (given[-1] in values or not is_member_column(given[-1])):
        return [given[-1]]
    return []


def _holds(extent: Extent, day: str) -> bool:
    """Whether the data hold the day: as of another one there is nothing to know, or nothing more than today."""
    first, last = extent.first or dt.date.min, extent.last or dt.date.max
    return first <= dt.date.fromisoformat(day) <= last


def _follow(extent: Extent) -> None:
    """Dates that nobody chose follow the data: the newest day, and the newest quarter that has ended by then."""
    state, follows = st.session_state[STATE], st.session_state[FOLLOWS]
    if "as_of" in follows:
        state["as_of"] = _dates(extent, extent.last)["as_of"]
    if "period" in follows:
        dates = _dates(extent, dt.date.fromisoformat(state["as_of"][0]))
        state["from"], state["to"] = dates["from"], dates["to"]


def _dates(extent: Extent, as_of: dt.date | None) -> Params:
    """The default dates as of a day."""
    if extent.first is None or as_of is None:
        return {}
    start, end = periods.default(extent.first, as_of)
    return {"from": [start.isoformat()], "to": [end.isoformat()], "as_of": [as_of.isoformat()]}


def _defaults() -> Params:
    return {"from": [], "to": [], "as_of": [], "vs": [VERSUS[0]], **{name: [ALL] for name in SEGMENT}}


def _view(state: Params, options: Sequence[Option], scope: Segment) -> View:
    start, end, as_of = (dt.date.fromisoformat(state[name][0]) for name in ("from", "to", "as_of"))
    chosen = {column_of(name) or name: [code for code in state[name] if code != ALL] for name in _chosen_by()}
    said = {option.name: state[option.name][0] for option in options}
    return View(start, end, as_of, state["vs"][0], Segment(**chosen), said, scope)


def _chosen_by() -> list[str]:
    """The filters that the view says something of: those that are declared, and the columns of members by which somebody is chosen."""
    chosen: Params = st.session_state[STATE]
    return [*SEGMENT, *sorted(name for name in chosen if is_member_column(name) and chosen[name] != [ALL])]


def _period_before(start: dt.date, end: dt.date) -> periods.Dates:
    return periods.shifted(start, end, -1)


def _is_day(text: str) -> bool:
    """Whether the text is a date as the URL writes them, 2026-04-01, in the years that data can be of."""
    try:
        return FIRST_DAY <= (day := dt.date.fromisoformat(text)) <= LAST_DAY and day.isoformat() == text
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    """Whether the text is a plain decimal number, as the URL writes them: 52, 0.5."""
    return re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text, re.ASCII) is not None


def last_segment() -> Segment:
    """Whom the last page with filters was limited to; everybody where there was none in this session."""
    settled: View | None = st.session_state.get(CURRENT)
    return settled.segment if settled else EVERYBODY


def current() -> View:
    """The view that this run shows; on data pages only."""
    settled: View = st.session_state[CURRENT]
    return settled
