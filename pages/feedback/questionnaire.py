"""What the pages about questionnaires share: the view without a comparison, the way to an upload, numbers in the place of long names."""

from collections.abc import Sequence
from dataclasses import replace

from pages.shared.model import blocks
from pages.shared.model.parts import Button, Place
from pages.shared.session import auth, view
from pages.shared.session.view import View
from pages.shared.words.texts import _


def view_of_page() -> View:
    """The view of the period alone: weights and categories are not compared with an earlier one."""
    current = replace(view.current(), vs="none")
    blocks.shows(current)
    return current


def without_questionnaire(title: str, why: str) -> None:
    """No questionnaire of this kind: what to upload."""
    buttons = [Button(_("Upload an export"), "upload-items", ":material/upload:", leads=Place("upload"))]
    blocks.empty(title, why, icon=":material/upload_file:", buttons=buttons if auth.may("change") else [])


def number_codes(items: Sequence[str]) -> dict[str, str]:
    """A number for each item, in their order."""
    return {item: str(place) for place, item in enumerate(items, start=1)}
