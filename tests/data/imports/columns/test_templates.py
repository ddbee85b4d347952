"""Each template loads as it is, and every column of it is used."""

import pytest

from data.imports import NamedBytes
from data.imports.columns.templates import template
from data.imports.mapper import KINDS
from tests.data.imports.exports import receipt_of


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_loads_without_a_question(kind: str) -> None:
    receipt = receipt_of(NamedBytes("template.csv", template(kind)), profile=kind)
    named = {"referrals": 3, "events": 0}.get(kind, 2)  # two who were brought and who brought them; events name nobody
    assert (receipt.lines_in, receipt.lines_taken, receipt.customers) == (2, 2, named)
    assert receipt.unused == ()
