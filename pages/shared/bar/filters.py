"""The filter bar: one row of popovers whose labels are the present values. On a phone the row scrolls sideways."""

from collections.abc import Sequence

import streamlit as st

from data.text.labels import label
from metrics.dimension import Dimension, known
from metrics.texts import N_
from pages.shared.bar import door, search, share
from pages.shared.bar import period as period_choice
from pages.shared.model.theme import background
from pages.shared.screen import takeaway
from pages.shared.session import auth, cached, view, visit
from pages.shared.session.view import Option, View, synced
from pages.shared.words import markup
from pages.shared.words.texts import LANGUAGES, _, date, language, listed, period

VERSUS_NAMES = {"before": N_("Period before"), "year": N_("Same period last year"), "none": N_("Nothing")}
PILLS_UP_TO = 8  # from more codes on, a list that can be searched
NAMED_UP_TO = 2


def codes() -> dict[str, list[str]]:
    """The codes that each filter offers."""
    return {dimension.code: cached.values(dimension.column) for dimension in cached.filters()}


def bar(current: View | None, options: Sequence[Option]) -> None:
    """The whole bar; without data only the language."""
    _stick()
    with st.container(key="filters", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
        if current and visit.locked():
            st.markdown(markup.quietly(":material/lock: " + _in_words(current)), width="content")
        elif current:
            period_choice.popover(current)
            _versus(current)
            for dimension in filter(_held, cached.filters()):
                if dimension.has_place:
                    _segment(current, dimension)
            _more(current)
            if view.touched(cached.extent()):
                st.button(
                    _("Reset"),
                    icon=":material/restart_alt:",
                    type="tertiary",
                    on_click=view.reset,
                    args=(options,),
                    key="reset",
                )
        st.space("stretch")
        search.offer(filters=bool(current))
        if current:
            takeaway.whole_page()
            share.offer()
        _language()
        door.account()


def language_only() -> None:
    """The bar of pages without filters."""
    with st.container(key="filters", horizontal=True, wrap=False, gap="small", horizontal_alignment="right"):
        if auth.person() is not None and not visit.refusal(auth.own()):
            search.offer(filters=False)
        _language()
        door.account()


def _stick() -> None:
    """The container's wrapper is as tall as the bar, so the wrapper has to stick; without this rule everything still works. The
    calendar's own choice of past weeks and months counts from today, and the data end earlier."""
    paper = f"light-dark({background('light')},{background('dark')})"
    st.html(
        f"<style>div:has(> .st-key-filters){{position:sticky;top:3.7rem;z-index:99;background:{paper};padding:.3rem 0}}"
        "[data-testid=stDateInputQuickSelect]{display:none}</style>"
    )


def _versus(current: View) -> None:
    before = current.before
    name = _("vs {period}").format(period=period(before.start, before.end)) if before else _("No comparison")
    with st.popover(name, icon=":material/compare_arrows:", key="versus"):
        key = _widget("vs", current.vs)
        st.radio(
            _("Compare with"),
            view.VERSUS,
            format_func=lambda code: _(VERSUS_NAMES[code]),
            key=key,
            on_change=lambda: view.change(vs=st.session_state[key]),
        )


def _held(dimension: Dimension) -> bool:
    """Whether the data hold any value of it; a filter without one is left out."""
    return bool(codes()[dimension.code])


def _segment(current: View, dimension: Dimension) -> None:
    """The popover of a filter with a place of its own."""
    title = markup.plain(_summary(dimension, current.whom[dimension.column]))
    with st.popover(title, icon=dimension.icon, key=f"{dimension.code}s"):
        _choice(current, dimension)


def _more(current: View) -> None:
    """The popover of all filters that have no place of their own; it says what is chosen in them."""
    others = [dimension for dimension in cached.filters() if not dimension.has_place and _held(dimension)]
    if not others:
        return
    chosen = [_summary(each, codes) for each in others if (codes := current.whom[each.column])]
    several = _("{name}: {count} chosen").format(name=_("More"), count=len(chosen))
    name = (several if len(chosen) > 1 else "".join(chosen)) or _("More")
    with st.popover(markup.plain(name), icon=":material/add:", type="tertiary", key="more"):
        for dimension in others:
            _choice(current, dimension)


def _choice(current: View, dimension: Dimension) -> None:
    held = codes()[dimension.code]
    key = _widget(dimension.code, list(current.segment[dimension.column]))
    title = markup.plain(_(dimension.label))

    def take() -> None:
        view.change(**{dimension.code: st.session_state[key]})

    if len(held) <= PILLS_UP_TO:
        st.pills(title, held, format_func=markup.plain_label, selection_mode="multi", key=key, on_change=take)
    else:
        st.multiselect(title, held, format_func=label, key=key, on_change=take)


def _summary(dimension: Dimension, chosen: Sequence[str]) -> str:
    if not chosen:
        return _(dimension.every)
    if len(chosen) <= NAMED_UP_TO:
        return listed([label(code) for code in chosen])
    return _("{name}: {count} chosen").format(name=_(dimension.label), count=len(chosen))


def _in_words(current: View) -> str:
    """What the bar's choices are, where they cannot be changed. Markdown."""
    before = current.before
    said = [period(current.start, current.end)]
    said += [_("vs {period}").format(period=period(before.start, before.end))] if before else []
    said += [_summary(known(column), chosen) for column, chosen in current.whom.codes]
    return markup.plain(" · ".join(said))


def _language() -> None:
    key = _widget(auth.LANGUAGE, language())
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[code],
        label_visibility="collapsed",
        required=True,
        key=key,
        on_change=lambda: view.speak(st.session_state[key]),
    )


def _widget(name: str, value: object) -> str:
    """The key of a widget, which shows the view's value: the view is the truth, widgets follow it."""
    return synced(f"filter.{name}", value)


def notices(current: View | None) -> None:
    """What the URL named and nobody knows; that newer data are not shown."""
    unknown = view.unknown()
    if unknown:
        named = listed([markup.plain(markup.shortened(f"{name}={value}")) for name, value in unknown])
        st.warning(
            _("This link names what is not known here, and it was left out of the view: {named}.").format(named=named),
            icon=":material/link_off:",
        )
    last = cached.extent().last
    if current and last and current.as_of < last and not visit.locked():
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(
                _(":small[:orange[:material/history: Shown as of {as_of}; the data reach to {last}.]]").format(
                    as_of=date(current.as_of), last=date(last)
                )
            )
            st.button(_("Show the newest"), type="tertiary", key="newest", on_click=lambda: view.change(as_of=last))
