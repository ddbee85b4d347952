"""The way of an export: dropped in, read as a receipt, taken in, seen in a number, taken back."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.idle import settled, visit
from tests.browser.pages import becomes, choose_files, follow, load, shown_number, take_in
from tests.browser.server import serve


def answers(path: Path, scores: dict[int, int], *, more: str = "") -> Path:
    """An export of a survey tool: so many answers of each score, all in the second quarter of 2026."""
    rows = [score for score, count in scores.items() for _ in range(count)]
    lines = [f"{path.stem}-{n}@example.com,{score},2026-{4 + n % 3:02}-{1 + n % 28:02}" for n, score in enumerate(rows)]
    path.write_text("\n".join(["Email,NPS,Date", *lines, more]), "utf-8")
    return path


def test_an_upload_moves_the_number_and_its_undo_moves_it_back(tmp_path: Path, page: Page) -> None:
    db = tmp_path / "store.duckdb"
    load(db, answers(tmp_path / "before.csv", {10: 50, 8: 20, 3: 30}))
    with serve(db, tmp_path / "log") as server:
        visit(page, f"{server.address}/nps?lang=en")
        becomes(page, lambda: shown_number(page, "NPS"), "20.0")

        follow(page, "Manage", "Upload")
        left_out = "nobody@example.com,9,2199-05-05"
        choose_files(page, answers(tmp_path / "after.csv", {9: 100}, more=left_out))
        expect(take_in(page)).to_contain_text("100 answers")
        expect(page.get_by_test_id("stMain")).to_contain_text("2199-05-05")  # the receipt names what it leaves out
        take_in(page).click()
        page.locator(".st-key-upload-to-nps button").click()
        settled(page)
        becomes(page, lambda: shown_number(page, "NPS"), "60.0")

        follow(page, "Manage", "History")
        page.locator(".st-key-history-undo-2 button").click()
        page.locator(".st-key-undo-go button").click()
        expect(page.locator(".st-key-history-2")).to_contain_text("undone")
        follow(page, "Feedback", "NPS")
        becomes(page, lambda: shown_number(page, "NPS"), "20.0")


def test_a_refused_file_is_one_sentence_and_changes_nothing(tmp_path: Path, own_server: str, page: Page) -> None:
    visit(page, f"{own_server}/nps?lang=en")
    before = shown_number(page, "NPS")
    follow(page, "Manage", "Upload")
    cut = tmp_path / "cut.csv"
    cut.write_bytes("会员号,NPS,日期\n1,9,2026-05-05\n2,8,2026-05-0五".encode("gb18030")[:-1])
    choose_files(page, cut)
    expect(page.get_by_role("heading").first).to_contain_text("cut.csv was refused")
    expect(page.get_by_test_id("stMain")).to_contain_text("line 3")
    follow(page, "Feedback", "NPS")
    becomes(page, lambda: shown_number(page, "NPS"), before)


def test_an_empty_store_leads_to_the_first_upload(tmp_path: Path, empty_server: str, page: Page) -> None:
    visit(page, f"{empty_server}/?lang=en")
    page.get_by_role("button", name="Upload").first.click()
    settled(page)
    choose_files(page, answers(tmp_path / "first.csv", {10: 30, 2: 10}))
    take_in(page).click()
    page.locator(".st-key-upload-to-nps button").click()
    settled(page)
    becomes(page, lambda: shown_number(page, "NPS"), "50.0")
