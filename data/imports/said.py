"""Values that the user gives for a whole file: a misspelt one must not vanish without a word."""

import re
from collections.abc import Mapping

from data.errors import Refused
from data.imports.cells.answers import CONVENTIONS
from data.imports.profile import Profile
from metrics.engine.schemas import TABLES
from metrics.texts import N_

OF_ONE_FILE = ("encoding", "sheet", "header_row")  # said of a file, not of those with the same headers
ANSWERS = (*CONVENTIONS, *OF_ONE_FILE, "source", "column")  # what a file may leave open, whatever it holds


def header_line(values: Mapping[str, str]) -> int | None:
    """The line of the headers that a person named. Raises Refused for what is no number of a line."""
    said = values.get("header_row", "").strip()
    if said and not re.fullmatch(r"[1-9]\d{0,5}", said):
        raise Refused(N_("header_row is “{value}”; it must be the number of a line, such as 5."), value=said)
    return int(said) if said else None


def refuse_values(profile: Profile, values: Mapping[str, str]) -> None:
    """Raise Refused for a value that nothing would read, and for a scale that is none or not that of NPS."""
    known = set(ANSWERS)
    for output in profile.outputs:
        known |= {column.name for column in output.columns} | set(TABLES[output.kind].column_names())
    for name in values:
        if name.partition(":")[0] not in known:
            raise Refused(
                N_("“{name}” cannot be given for {profile}. What can be given: {known}."),
                name=name,
                profile=profile.title,
                known=", ".join(sorted(known)),
            )
    scale = values.get("scale")
    if scale is not None and not re.fullmatch(r"\d+-\d+", scale):
        raise Refused(N_("The scale “{scale}” is not one such as 1-5."), scale=scale)
    surveys = {values.get("survey") or output.values.get("survey") for output in profile.outputs}
    if scale is not None and surveys == {"nps"} and scale != "0-10":
        raise Refused(N_("NPS is asked on the scale 0-10, not {scale}. Load these answers as csat."), scale=scale)
