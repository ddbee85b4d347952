"""How numbers, conditions and periods of alerts read, in the language in force. Plain text: whoever shows it escapes it."""

from data.alerts.measured import Judged
from data.alerts.periods import Period
from data.alerts.rules import Alert, Asked, Condition, Rule
from data.comments.names import THEMES, TONES
from data.questions.ask import find
from data.segment import Segment
from data.text.labels import COUNTED, answers, customers, label
from data.text.words import _, coins, date, listed, money, money_span, ngettext, number, percent, signed, span
from data.text.words import period as dates
from metrics.metric import OF_ANSWERS, Kind
from metrics.texts import N_

ROWS = {
    "upgrade": N_("Moved up"),
    "retain": N_("Stayed"),
    "downgrade": N_("Moved down"),
    "lapse": N_("Lapsed"),
    "promoter": N_("Promoters"),
    "passive": N_("Passives"),
    "detractor": N_("Detractors"),
}
CUSTOMERS = ("customers", "buyers", "flagged")
EVERY = {"day": N_("day"), "week": N_("week"), "month": N_("month"), "quarter": N_("quarter")}


def period_name(period: Period) -> str:
    """March 2026, 6 Apr – 12 Apr 2026, 18 Jul 2026."""
    return date(period.start) if period.unit == "day" else dates(period.start, period.end)


def name_of(asked: Asked, every: str) -> str:
    """What is watched: NPS (East China); “answers of 0 to 6” of NPS."""
    name, row = _number_name(asked, every), [row_name(key, value) for key, value in asked.row.items()]
    who = listed([*([] if _says_its_row(asked) else row), *_theme(asked), *segment_names(asked.segment)])
    return _("{name} ({who})").format(name=name, who=who) if who else name


def _theme(asked: Asked) -> list[str]:
    """The theme of comments and the tone that is watched."""
    metric = find(asked.metric)
    if "theme" not in metric.options:
        return []
    defaults = {name: option.default for name, option in metric.options.items()}
    given = {**defaults, **metric.watching.arguments, **asked.arguments}
    return [_(THEMES[str(given["theme"])]), _(TONES[str(given["tone"])])]


def _says_its_row(asked: Asked) -> bool:
    """Whether the name of the number tells the row already."""
    return asked.column == find(asked.metric).value and asked.metric in ("retention", "tier_rates")


def _number_name(asked: Asked, every: str) -> str:
    metric = find(asked.metric)
    name = _(metric.called)
    if asked.column != metric.value:
        column = column_name(asked.metric, asked.column)
        return column if metric.columns[asked.column].name else _("{name}: {column}").format(name=name, column=column)
    if metric.row_names:
        return _(metric.row_names[asked.row[metric.keys[0]]])
    if asked.metric != "retention":
        return name
    k = int(asked.row["period"])
    if every == "week":
        return ngettext("Retention {k} week on", "Retention {k} weeks on", k).format(k=k)
    return ngettext("Retention {k} month on", "Retention {k} months on", k).format(k=k)


def column_name(metric: str, column: str) -> str:
    """What a column is called where one is chosen: the metric itself, or what the catalogue says of the column."""
    record = find(metric)
    own = record.columns[column]
    return _(record.called if column == record.value else own.name or own.meaning)


def row_name(key: str, value: object) -> str:
    """What one of the rows of a metric is called."""
    if key == "period":
        return _("period {k}").format(k=value)
    if key == "elapsed":
        return _("after {k}").format(k=value)
    if key in ("scale_low", "scale_high"):
        return number(float(str(value)))
    return _(ROWS[value]) if isinstance(value, str) and value in ROWS else label(str(value))


def segment_names(segment: Segment) -> list[str]:
    """The values that limit who is looked at."""
    return [label(code) for codes in segment.chosen.values() for code in codes]


def kind_of(asked: Asked) -> Kind:
    """What kind of number is watched."""
    return find(asked.metric).columns[asked.column].kind


def shown(value: float, of: Kind, currency: str | None) -> str:
    """A number with its unit."""
    if of == "share":
        return percent(value)
    if of == "money":
        return money(value, currency, coins(value))
    return number(value, {"points": 1, "mean": 2}.get(of, 0))


def limit_text(value: float, of: Kind, currency: str | None) -> str:
    """A limit as it was typed, without digits that say nothing: 50, 12.5%."""
    read = 100 * value if of == "share" else value
    digits = next((digits for digits in range(4) if abs(round(read, digits) - read) < 1e-6), 4)
    if of == "money":
        return money(value, currency, digits)
    return number(read, digits) + ("%" if of == "share" else "")


def bounds(low: float, high: float, of: Kind, currency: str | None) -> str:
    """An interval: 20.3 to 27.9."""
    if of == "share":
        return _("{low} to {high}").format(low=percent(low), high=percent(high))
    return money_span(low, high, currency) if of == "money" else span(low, high, 2 if of == "mean" else 1)


def moved(change: float, of: Kind) -> str:
    """A change with its sign: +2.3, −4.1 pts."""
    if of == "share":
        return _("{change} pts").format(change=signed(100 * change))
    return signed(change, 2 if of in ("mean", "money") else 1)


def moved_span(low: float, high: float, of: Kind) -> str:
    """The interval of a change."""
    scale = 100 if of == "share" else 1
    return span(scale * low, scale * high, sign=True)


def counted(asked: Asked, n: int) -> str:
    """What the number rests on: 812 answers."""
    column = find(asked.metric).n
    if find(asked.metric).frame in OF_ANSWERS and column in ("n", "answers"):
        return answers(n)
    if column in CUSTOMERS:
        return customers(n)
    if column in ("members", "orders"):
        return COUNTED[find(asked.metric).noun](n)
    return _("n {n}").format(n=number(n))


def value_text(judged: Judged, asked: Asked) -> str:
    """24.1 (20.3 to 27.9), 812 answers."""
    of, now = kind_of(asked), judged.now
    text = shown(now.value, of, judged.currency) if now.value is not None else "—"
    if now.low is not None and now.high is not None:
        text = _("{value} ({interval})").format(value=text, interval=bounds(now.low, now.high, of, judged.currency))
    if now.n is None or asked.column == find(asked.metric).n:
        return text
    return _("{value}, {n}").format(value=text, n=counted(asked, now.n))


def condition_text(condition: Condition, asked: Asked, currency: str | None) -> str:
    """The rule in words: below 30, with its whole interval."""
    if condition.kind == "changed":
        return _("changed by more than chance explains")
    limit = limit_text(condition.value or 0.0, kind_of(asked), currency)
    metric = find(asked.metric)
    bounded = condition.clearly and metric.bounded and asked.column == metric.value
    if condition.kind == "below":
        return (_("below {limit}, with its whole interval") if bounded else _("below {limit}")).format(limit=limit)
    return (_("above {limit}, with its whole interval") if bounded else _("above {limit}")).format(limit=limit)


def rule_text(rule: Rule, every: str, currency: str | None) -> str:
    """What is watched and when it is told, in one line."""
    name = name_of(rule.asked, every)
    return _("{name} {condition}").format(name=name, condition=condition_text(rule.condition, rule.asked, currency))


def every_text(alert: Alert) -> str:
    """How often it is judged."""
    return _("every {unit}").format(unit=_(EVERY[alert.every]))
