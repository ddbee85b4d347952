"""Upload: drop files, read the receipt, take them in. One screen per step; the desk knows which."""

from collections.abc import Callable

import streamlit as st

from data.imports import Undecided, Unread
from data.imports.columns.templates import template
from data.imports.mapper import KINDS
from data.imports.profile import profiles
from metrics.texts import N_
from pages.manage.history import page as history
from pages.manage.receipts import receipt, wording
from pages.manage.upload import mapper, preview, questions, unread
from pages.manage.upload.desk import Desk, Phase, Told, accept, desk
from pages.manage.upload.mapper import KIND_NAMES
from pages.shared.model import blocks
from pages.shared.session import cached, site
from pages.shared.words import markup
from pages.shared.words.texts import _, date, ngettext, number, told

FIRST_WAIT_SECONDS = 0.6  # small files are read within it, and no progress bar flashes up
POLL_SECONDS = 0.3
LINKS = {
    "orders": (("overview", N_("Overview")), ("retention", N_("Retention"))),
    "points": (("points", N_("Points")),),
    "feedback": (("overview", N_("Overview")), ("nps", N_("NPS"))),
}


def page() -> None:
    current = desk()
    current.settle(within_seconds=FIRST_WAIT_SECONDS)
    current.leave_what_was_undone()
    SCREENS[current.phase](current)


def _choose(current: Desk) -> None:
    blocks.heading(
        _("Drop in an export, and see what it holds before anything is stored"),
        _(
            "Orders, members, survey answers, tiers, points, referrals, benefits or events, one file or several that belong together."
        ),
    )
    _note(current)
    _uploader(current)
    left, right = st.columns([11, 10], gap="medium")
    with left:
        blocks.section(
            _("Recognised by its columns, whatever its name"),
            _("A file that is not listed gets a table in which you say which column is which."),
        )
        st.markdown("\n".join(f"- {markup.plain(_(title))}" for title in _known_exports()))
    with right:
        blocks.section(_("How it may be written"), _("Nothing has to be set: it is detected and shown."))
        for line in (
            _("**CSV, TSV, XLSX, Parquet**, also packed as ZIP or gzip"),
            _("**UTF-8, GB18030 (GBK), UTF-16**, others are asked for; comma, tab, semicolon, bar or blanks"),
            _("**1,234.50 or 1.234,50**; 2026-09-03, 3/9/2026 or 2026年9月3日"),
        ):
            st.markdown(line)
        blocks.section(_("No export at hand?"), _("Templates with the columns of each kind, two rows as an example."))
        _templates()


def _templates() -> None:
    with st.container(horizontal=True, gap="small"):
        for kind in KINDS:
            st.download_button(
                _(KIND_NAMES[kind]),
                template(kind),
                f"template_{kind}.csv",
                "text/csv",
                icon=":material/download:",
                type="tertiary",
                key=f"upload.template.{kind}",
                on_click="ignore",
            )


def _known_exports() -> list[str]:
    return [profile.title for profile in profiles().values() if profile.recognised and not profile.general]


def _note(current: Desk) -> None:
    if current.note:
        st.info(markup.plain(told(current.note)), icon=":material/info:")


def _uploader(current: Desk) -> None:
    """Streamlit's own words in the drop area are English; the rule puts ours in their place."""
    key = f"upload.files.{current.round}"
    box = f".st-key-{key.replace('.', '-')} [data-testid=stFileUploaderDropzone]"
    choose, drop = _("Choose files"), _size_limit()
    st.html(
        f"<style>{box} button p{{font-size:0}} {box} button p::after{{font-size:15px;content:'{choose}'}}"
        f"{box} [data-testid=stFileUploaderDropzoneInstructions] span{{display:none}}"
        f"{box} [data-testid=stFileUploaderDropzoneInstructions]::after{{font-size:13px;content:'{drop}'}}</style>"
    )
    st.file_uploader(
        _("Files to read"),
        accept_multiple_files=True,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: accept(st.session_state[key]),
    )


def _size_limit() -> str:
    return _("or drop them here, up to {size} MB each").format(size=number(st.get_option("server.maxUploadSize")))


def _working(current: Desk) -> None:
    """Reading or taking in: the bar, and the button that stops it."""
    reading = current.phase == "reading"
    name = markup.plain(_names(current))
    blocks.heading(
        (_("Reading {files}") if reading else _("Importing {files}")).format(files=name),
        _("Nothing has been stored yet.") if reading else _("Pages show the new numbers once all of it is stored."),
    )
    st.fragment(_progress, run_every=POLL_SECONDS)(current)


def _progress(current: Desk) -> None:
    job = current.job
    if job is None or job.ended(POLL_SECONDS / 2):
        st.rerun()
    stopping = job.cancelling
    st.progress(job.share, _("Stopping …") if stopping else _("{share}% done").format(share=number(100 * job.share)))
    st.button(_("Cancel"), on_click=job.cancel, disabled=stopping, key="upload.stop")


def _names(current: Desk) -> str:
    names = current.names
    return names[0] if len(names) == 1 else ngettext("{n} file", "{n} files", len(names)).format(n=number(len(names)))


def _refused(current: Desk) -> None:
    error = current.error
    assert error is not None
    asked = isinstance(error, Undecided)
    title = _("{files} leaves one thing open") if asked else _("{files} was refused: nothing is stored")
    blocks.heading(title.format(files=markup.plain(_names(current))), markup.plain(told(error)))
    if isinstance(error, Undecided) and (given := _answered(error)):
        _read_again(current, given)
    legible = isinstance(error, Undecided) and error.option not in (
        "encoding",
        "sheet",
    )  # else there are no columns to show
    if legible and st.button(_("Change the columns"), icon=":material/tune:", key="upload.map"):
        current.map_again()
        st.rerun()
    blocks.section(_("Try another file"))
    _uploader(current)


def _read_again(current: Desk, given: dict[str, str]) -> None:
    """With what a person answered beyond what was told before."""
    current.read(Told(current.told.profile, current.told.mapping, {**current.told.values, **given}))
    st.rerun()


def _answered(asked: Undecided) -> dict[str, str] | None:
    """What a person answers, in the run after the button."""
    if isinstance(asked, Unread):
        return unread.answers(asked)
    value = questions.answer(asked)
    return {asked.option: value} if value else None


def _mapping(current: Desk) -> None:
    answer = mapper.screen(current)
    if answer:
        current.read(answer)
        st.rerun()


def _receipt(current: Desk) -> None:
    staged = current.staged
    assert staged is not None
    read = staged.receipt
    status = _("Nothing has been stored yet.") if read.already_loaded is None else ""
    blocks.heading(wording.verdict(read), wording.sentences(wording.recognised(read), status))
    _note(current)
    _decide(current)
    receipt.body(read, key="staged", download=current.left_out_csv, change=lambda given: _read_again(current, given))
    _preview(current)


def _decide(current: Desk) -> None:
    """The buttons under the verdict; what is loaded already, or empty, cannot be imported."""
    assert current.staged is not None
    read = current.staged.receipt
    replace_demo = False
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if read.already_loaded is None and read.lines_taken:
            go = st.button(
                _("Import {what}").format(what=wording.summary(read)),
                type="secondary" if wording.changes_nothing(read) else "primary",
                icon=":material/check:",
                key="upload.take",
            )
        else:
            go = False
            if st.button(_("See the history"), icon=":material/history:", key="upload.history"):
                site.open_page("history")
        if st.button(_("Change the columns"), icon=":material/tune:", key="upload.map"):
            current.map_again()
            st.rerun()
        st.button(_("Cancel"), type="tertiary", key="upload.cancel", on_click=current.clear)
        if cached.extent().demo and read.already_loaded is None and read.lines_taken:
            replace_demo = st.checkbox(
                _("Replace the demo data"),
                value=True,
                key="upload.replace",
                help=_("The demo import is undone in the same step, so that made-up rows never mix with yours."),
            )
    if go:
        current.take_in(replace_demo=replace_demo)
        st.rerun()


def _preview(current: Desk) -> None:
    if not current.previews:
        return
    blocks.section(
        _("The first rows, as they were read"),
        _("Line items of one order are put together; columns that are empty throughout are left out."),
    )
    frames = list(current.previews.items())
    places = (
        st.tabs([_(receipt.TABLE_NAMES[table]) for table, _rows in frames]) if len(frames) > 1 else [st.container()]
    )
    for place, (table, rows) in zip(places, frames, strict=True):
        with place:
            preview.table(rows, key=f"preview-{table}")


def _taken(current: Desk) -> None:
    read = current.taken
    assert read is not None
    blocks.heading(_taken_title(read), _taken_sentence(read))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for code, name in _links(read):
            if st.button(_(name), icon=":material/arrow_forward:", key=f"upload.to.{code}"):
                site.open_page(code)
        st.button(_("Upload another file"), icon=":material/upload:", key="upload.again", on_click=current.clear)
        if (
            st.button(_("Undo"), type="tertiary", icon=":material/undo:", key="upload.undo")
            and read.import_id is not None
        ):
            history.confirm_undo(read.import_id, after=current.clear)
    receipt.body(read, key="taken")


def _taken_title(read: receipt.Receipt) -> str:
    new, changed = (sum(getattr(table, fate) or 0 for table in read.tables) for fate in ("new", "changed"))
    what = wording.summary(read)
    if not changed:
        return _("{what} imported").format(what=what)
    return _("{what} imported: {new} new, {changed} changed").format(
        what=what, new=number(new), changed=number(changed)
    )


def _taken_sentence(read: receipt.Receipt) -> str:
    extent = cached.extent()
    what = _("Import {id}, from {files}.").format(id=read.import_id, files=markup.plain(wording.files(read)))
    if not extent.first or not extent.last:
        return what
    reach = _("The data now reach from {first} to {last}.").format(first=date(extent.first), last=date(extent.last))
    return wording.sentences(what, reach)


def _links(read: receipt.Receipt) -> list[tuple[str, str]]:
    """The pages whose numbers this import can move."""
    found = dict(link for table in wording.contents(read) for link in LINKS.get(table, ()))
    return list(found.items()) or [("overview", N_("Overview"))]


SCREENS: dict[Phase, Callable[[Desk], None]] = {
    "choose": _choose,
    "reading": _working,
    "refused": _refused,
    "mapping": _mapping,
    "receipt": _receipt,
    "taking": _working,
    "taken": _taken,
}
