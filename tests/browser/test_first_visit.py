"""What a first visit moves over the line: Streamlit itself would send 10 MB."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.idle import visit

LIMIT_BYTES = 3_200_000


@pytest.mark.parametrize("path", ["/", "/retention"])
def test_first_visit_is_small(server: str, context: BrowserContext, path: str) -> None:
    page = context.new_page()
    received: list[int] = []
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    line.on("Network.webSocketFrameReceived", lambda event: received.append(len(event["response"]["payloadData"])))
    visit(page, server + path)
    page.wait_for_load_state("networkidle")
    assert page.locator(".js-plotly-plot").count() > 0  # with Plotly, the largest part of a visit
    assert sum(received) <= LIMIT_BYTES
