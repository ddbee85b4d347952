"""The texts of the pages as HTML and as plain text: the house's marks are known, everything else is shown as it is."""

import pytest

from pages.shared.words import markup

# (Markdown, as HTML, as text)
MARKS = [
    ("", "", ""),
    ("plain", "plain", "plain"),
    ("**12 answers**, all", "<strong>12 answers</strong>, all", "12 answers, all"),
    (":small[:gray[n 12]]", '<span class="small"><span class="gray">n 12</span></span>', "n 12"),
    (":green[up] and :red[down]", '<span class="green">up</span> and <span class="red">down</span>', "up and down"),
    (":blue-badge[:material/science: demo]", '<span class="blue-badge">demo</span>', "demo"),
    ("run `python -m data.metric nps`", "run <code>python -m data.metric nps</code>", "run python -m data.metric nps"),
    ("one  \ntwo", "one<br>two", "one two"),
    ("a \\*b\\* \\[c\\]", "a *b* [c]", "a *b* [c]"),
    (":gray[from \\[1\\] on]", '<span class="gray">from [1] on</span>', "from [1] on"),
    (":gray[see [1] there]", '<span class="gray">see [1] there</span>', "see [1] there"),
    # what is never closed is text
    ("**bold", "**bold", "**bold"),
    (":gray[open", ":gray[open", ":gray[open"),
    (":gray[a **b] c", '<span class="gray">a **b</span> c', "a **b c"),
    ("] **a** ]", "] <strong>a</strong> ]", "] a ]"),
    ("`a", "`a", "`a"),
    # what the house does not write is no mark
    ("[link](http://x)", "[link](http://x)", "[link](http://x)"),
    ("![picture](http://x)", "![picture](http://x)", "![picture](http://x)"),
    (":violet[x]", ":violet[x]", ":violet[x]"),
    ("<b>x</b> & <script>y", "&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;y", "<b>x</b> & <script>y"),
    ("# title", "# title", "# title"),
]  # fmt: skip

HOSTILE = [
    "",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/p.png)",
    "[x](javascript:alert(1))",
    "**bold** _it_ ~~no~~ `code`",
    ":gray[x] :material/home: ]]] [[[",
    "back\\slash \\] \\",
    "a\u2060b www.x.de x@y.de http://x <- ->",
    "$x^2$ :smile: &lt;",
    "\"quoted\" 'single'",
]


@pytest.mark.parametrize(("markdown", "html", "text"), MARKS)
def test_marks(markdown: str, html: str, text: str) -> None:
    assert markup.html(markdown) == html
    assert markup.text(markdown) == text


@pytest.mark.parametrize("words", HOSTILE)
def test_what_comes_from_data_is_shown_as_it_is(words: str) -> None:
    known = words.replace(markup.WORD_JOINER, "")
    assert markup.text(markup.quietly(markup.plain(words))) == known
    assert "<script" not in markup.html(markup.plain(words))
    assert "<img" not in markup.html(markup.plain(words))


def test_attention_stands_inside_a_quiet_line() -> None:
    line = markup.quietly(f"through June ·\u00a0{markup.attention('late')} and on")
    assert markup.text(line) == "through June ·\u00a0late and on"
    assert markup.html(line).count("<span") == markup.html(line).count("</span>") == 4


def test_a_long_hostile_text_takes_no_time() -> None:
    text = ":gray[**[" * 20_000
    assert markup.text(text) == text


# (words, title as Markdown, as text)
TITLES = [
    ("", "", ""),
    ("NPS rose to 41.2 (+3.0)", "NPS rose to 41.2 (+3.0)", "NPS rose to 41.2 (+3.0)"),
    ("A [bank](http://x) member", "A \\[bank\\](http:\u2060//x) member", "A [bank](http://x) member"),
    ("![x](http://x/y.png)", "!\\[x\\](http:\u2060//x/y.png)", "![x](http://x/y.png)"),
    (":red[x] :smile:", ":red\\[x\\] \\:smile:", ":red[x] :smile:"),
    (":material/home:", "\\:\u2060material/home:", ":material/home:"),
    ("$x^2$ and <b>", "\\$x^2\\$ and \\<b\\>", "$x^2$ and <b>"),
    ("`a` **b** _c_ ~~d~~ &lt;", "\\`a\\` \\*\\*b\\*\\* \\_c\\_ \\~\\~d\\~\\~ \\&lt;", "`a` **b** _c_ ~~d~~ &lt;"),
    ("a\n# head", "a # head", "a # head"),
    ("\u202etxt", "txt", "txt"),
    ("ends in a \\", "ends in a \\\\", "ends in a \\"),
    ("www.x.de", "www\u2060.x.de", "www.x.de"),
]


@pytest.mark.parametrize(("words", "markdown", "text"), TITLES)
def test_a_title_holds_no_marks(words: str, markdown: str, text: str) -> None:
    assert markup.title(words) == markdown
    assert markup.title(markdown) == markdown
    assert markup.title(markup.plain(words)) == markup.plain(words)
    assert markup.text(markdown) == text


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("", "", ""),
        ("One sentence.", "One sentence.", ""),
        ("Short. And short.", "Short. And short.", ""),
        (f"{'a' * 80}. {'B' * 40}. C.", f"{'a' * 80}.", f"{'B' * 40}. C."),
        (f"{'a' * 200}. B.", f"{'a' * 200}.", "B."),  # at least one
        (f"{'期' * 40}。{'间' * 30}。", f"{'期' * 40}。", f"{'间' * 30}。"),
        (f":red[{'a' * 80}. B] {'c' * 80}. D.", f":red[{'a' * 80}. B] {'c' * 80}.", "D."),  # not within a colour
        (f"{'a' * 80} 5.3 of 10. {'B' * 40}.", f"{'a' * 80} 5.3 of 10.", f"{'B' * 40}."),
    ],
)
def test_one_line_of_quiet_text(text: str, first: str, rest: str) -> None:
    assert markup.first_line(text) == (first, rest)
