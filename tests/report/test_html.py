"""The page holds everything, links resolve, nothing runs or loads that should not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from ddcl_theory.report import html, terminal, validate
from ddcl_theory.report.visible import visible

VOID = {"meta", "link", "input", "br", "hr", "img", "use", "path", "rect", "circle", "wbr"}


class Page(HTMLParser):
    """A flat view of a page: elements with their attributes and text, and whether tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[list[str]] = []
        self.open: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute stands twice in <{tag}>"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append([])
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "dt", "dd", "li", "p", "summary", "caption"):
            self.handle_data(" ")
        if tag not in VOID:
            assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for index in self.open:
            self.texts[index].append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in wanted.items())]

    def text(self, tag: str, **wanted: str) -> str:
        for (name, attrs), pieces in zip(self.elements, self.texts, strict=True):
            if name == tag and all(attrs.get(k) == v for k, v in wanted.items()):
                return " ".join("".join(pieces).split())
        raise AssertionError(f"no <{tag}> with {wanted}")


@pytest.fixture
def page(record: dict[str, Any]) -> Page:
    return Page(html.render(record))


def test_every_section_is_there_in_order(record: dict[str, Any], page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = [
        "main",
        "summary",
        "referee",
        "teeth",
        "graph",
        *(f"claim-{c['id']}" for c in record["claims"]),
        "limits",
        "run",
    ]
    assert [name for name in ids if name in wanted] == wanted
    for claim in record["claims"]:
        for reading in claim["readings"]:
            here = f"claim-{claim['id']}-{reading['id']}"
            assert here in ids
            for part in reading["parts"]:
                assert f"{here}-{part['id']}" in ids
                assert (f"{here}-{part['id']}-amended" in ids) is (part["amendment"] is not None)


def test_every_link_and_reference_resolves(page: Page) -> None:
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    links = [attrs["href"] for tag, attrs in page.elements if "href" in attrs and tag != "link"]
    assert len(links) > 60
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    for name in ("aria-labelledby", "for", "aria-controls"):
        for _, attrs in page.elements:
            assert set(attrs.get(name, "").split()) <= ids
    references = re.findall(r"url\(#([^)]+)\)", " ".join(v for _, attrs in page.elements for v in attrs.values()))
    assert references and set(references) <= ids


def test_the_text_of_the_page_holds_every_text_of_the_record(record: dict[str, Any], page: Page) -> None:
    shown = page.text("body")

    def check(value: Any, key: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name == "id" and ("svg" in value or "columns" in value):
                    continue
                if name not in (
                    "svg",
                    "trees",
                    "digest",
                    "predicate",
                    "free",
                    "alt",
                    "derivation",
                    "point",
                    "schema",
                    "data",
                ):
                    check(inner, name)
        elif isinstance(value, list):
            for inner in value:
                check(inner, key)
        elif isinstance(value, str) and not value.startswith(("\\", "L_q", "T_", "V(", "q(T)", "q \\", "d_j", "a <")):
            flat = " ".join(
                visible(value).replace("ge0", "≥ 0").replace("gt0", "> 0").replace("NOT_RUN", "NOT RUN").split()
            )
            assert flat.replace("2026-03-14T15:09:26Z", "2026-03-14") in shown, (key, value)

    main = page.text("main")
    assert "Witness without it" in main
    check({k: v for k, v in record.items() if k != "interrupted"}, "")


def test_numbers_of_the_evidence_are_shown(page: Page) -> None:
    part = page.text("article", id="claim-example.decomposition-simplex-identity")
    assert "property SUPPORTS sampled k ≤ 8, d ≤ 6, float64 120 000 −3.1e−16 ≤ 2.5e−5 1.84 s 2/2 1/1" in part
    assert "neighbour a translated copy spared by symbolic, property " in part


def test_hypotheses_name_the_parts_that_assume_them(record: dict[str, Any]) -> None:
    reading = next(c for c in record["claims"] if c["id"] == "example.spread")["readings"][0]
    ids = [part["id"] for part in reading["parts"]]
    reading["hypotheses"][0]["parts"] = ids
    reading["hypotheses"][1]["parts"] = ids[:1]
    validate(record)
    shown = Page(html.render(record)).text("details", id="claim-example.spread-softmax")
    assert "ordered in monotone NEEDED" in shown and "temperature-positive UNDECIDED" in shown
    assert "[ordered], in monotone\n" in terminal.render(record)


def test_the_steps_of_a_proof_are_a_list(record: dict[str, Any]) -> None:
    part = record["claims"][0]["readings"][0]["parts"][0]
    symbolic = next(e for e in part["evidence"] if e["kind"] == "symbolic")
    symbolic["detail"] = "first, a < b\nthen b < c\nhence a < c"
    text = html.render(record)
    assert "<ol><li>first, a &lt; b</li><li>then b &lt; c</li><li>hence a &lt; c</li></ol>" in text
    assert '<details class="small steps"><summary>3 steps</summary>' in text
    symbolic["outcome"] = "UNDECIDED"
    assert '<details class="small steps" open><summary>3 steps</summary>' in html.render(record)


def test_a_witness_with_its_values(page: Page) -> None:
    part = page.text("article", id="claim-example.spread-softmax-monotone")
    assert "Simplest witness point · k = 3, d = 1 · exact, in rational arithmetic" in part
    assert "Relation Needs Is given: T1<T2 > 0 [2.0333 +/- 3.1e-5] conclusion ≥ 0 -18/5929" in part


def test_teeth_that_failed_are_named(page: Page) -> None:
    teeth = page.text("section", id="teeth")
    assert "twins killed 13/ of 14 neighbours spared 5/ of 6" in teeth
    assert "1 twin survived. 1 neighbour was not spared." in teeth
    short = [attrs for attrs in page.all("td") if "class" in attrs and "short" in attrs["class"]]
    assert [attrs["class"] for attrs in short] == ["short", "short"]
    assert "The property check did not kill the twin q drifts: its witness lies beyond k ≤ 8." in page.text("main")
    assert "The property check did not spare the neighbour shifted" in page.text("main")


def test_every_verdict_has_word_shape_and_colour(record: dict[str, Any], page: Page) -> None:
    summary = page.text("section", id="summary")
    for claim in record["claims"]:
        verdict = claim["verdict"]
        assert f"1 {verdict}" in summary
        assert page.all("symbol", id=f"icon-{verdict}")
        assert page.all("section", id=f"claim-{claim['id']}")[0]["class"] == f"claim v-{verdict}"
        assert page.all("use", href=f"#icon-{verdict}")
    shapes = re.findall(r'<symbol id="icon-\w+" viewBox="0 0 16 16">(.*?)</symbol>', html.render(record))
    assert len(shapes) == len(set(shapes)) == 7


def test_a_figure_names_the_function_that_drew_it_where_it_is_recorded(page: Page) -> None:
    text = page.text("section", id="claim-example.softmax")
    assert "Drawn by example_package.figures:entropy_over_temperature; its data are in the record." in text
    assert "Drawn by" not in page.text("section", id="claim-example.spread")


def test_a_figure_without_data_does_not_promise_them(record: dict[str, Any]) -> None:
    del record["claims"][1]["figures"][0]["data"]
    text = Page(html.render(record)).text("section", id="claim-example.softmax")
    assert "Drawn by example_package.figures:entropy_over_temperature." in text and "its data" not in text


def test_a_table_of_scores_can_be_read_by_all(page: Page, record: dict[str, Any]) -> None:
    found = page.text("div", id="claim-example.softmax-table-scores")
    assert found.startswith("Scores of the methods Method Condition n ACC ACC, paper NMI softmax")
    for piece in ("0.576 ± 0.053", "0.563 (secondary source)", "0.400 (n = 1)", "hard <b> 0 – – –"):
        assert piece in found
    assert found.endswith("Mean and standard deviation of three replicates.")
    text = html.render(record)
    table = text[text.index('<div class="scores"') : text.index('id="claim-example.softmax-table-scores-about"')]
    assert table.count('<th scope="col">') == 6 and table.count('<th scope="row">') == 2
    assert '<div class="wide">' in table and 'aria-describedby="claim-example.softmax-table-scores-about"' in table


def test_structure_for_assistive_technology(page: Page) -> None:
    assert page.all("html", lang="en") and page.all("a", **{"class": "skip", "href": "#main"})
    assert [len(page.all(tag)) for tag in ("main", "h1", "nav", "footer")] == [1, 1, 1, 1]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all("scope" in attrs for attrs in page.all("th"))
    assert all(
        "aria-hidden" in a or "aria-label" in a or "aria-labelledby" in a or a.get("role") for a in page.all("svg")
    )
    assert all("type" in attrs for attrs in page.all("button"))


def test_hostile_text_stays_text(record: dict[str, Any]) -> None:
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \"'&"

    def poison(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: poison(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [poison(inner, key) for inner in value] if key != "missing" else value
        free = (
            "title",
            "detail",
            "scope",
            "derivation",
            "verdict_says",
            "doubt",
            "missing",
            "because",
            "advice",
            "shows",
            "reproduce",
            "alt",
            "caption",
            "place",
            "paper",
            "device",
            "command",
            "limits",
            "check",
            "free",
            "value",
            "radius",
        )
        return hostile if key in free and isinstance(value, str) else value

    poisoned = poison(record, "")
    for claim in poisoned["claims"]:
        for reading in claim["readings"]:
            reading["says"] = hostile
    poisoned["versions"]["torch"] = hostile
    validate(poisoned)
    page = Page(html.render(poisoned))
    assert len(page.all("script")) == 2 and not page.all("img")
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]
    assert hostile in page.text("main")


def test_control_characters_are_shown(record: dict[str, Any]) -> None:
    record["claims"][0]["title"] = "bell\x07 \u202eright"
    record["claims"][0]["derivation"] = "escape\x1b[2J\n\n    formula\x00"
    record["claims"][0]["says"] = r"\text{if null" + "\x01" + r" then } a = b"
    text = html.render(record)
    before = text[: text.index('id="ddcl-verify-record"')]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", before)
    for shown in (r"bell\x07 \u202eright", r"escape\x1b[2J", r"formula\x00", r"if null\x01 then"):
        assert shown in before


def test_nothing_can_be_fetched(record: dict[str, Any]) -> None:
    text = html.render(record)
    page = Page(text)
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(script) == 1
    fingerprint = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ") and f"script-src 'sha256-{fingerprint}'" in policy
    assert not page.all("iframe") and not [a for _, a in page.elements if "src" in a or "action" in a]
    body = text.split("ddcl-verify-record")[0]
    outside = re.findall(r"https?://[^\s\"'<>)]+", re.sub(r'xmlns(:\w+)?="[^"]+"|xmlns=\'[^\']+\'', "", body))
    assert outside == []


def test_the_embedded_record_is_the_record(record: dict[str, Any], page: Page) -> None:
    script = page.all("script", type="text/plain")
    assert [attrs["id"] for attrs in script] == ["ddcl-verify-record"]
    embedded = re.search(r'id="ddcl-verify-record">(.*?)</script>', html.render(record), re.DOTALL)
    assert embedded is not None and json.loads(zlib.decompress(base64.b64decode(embedded[1]))) == record


def test_everything_can_be_read_without_a_script(page: Page) -> None:
    hidden = [(tag, attrs) for tag, attrs in page.elements if "hidden" in attrs]
    # What needs the script is hidden until the script shows it, and it alone.
    assert {(tag, attrs.get("id") or attrs.get("class")) for tag, attrs in hidden} == {
        ("button", "theme"),
        ("form", "filter"),
        ("p", "none-found"),
    }


def many(record: dict[str, Any], copies: int) -> dict[str, Any]:
    claims = []
    for number in range(copies):
        text = json.dumps(record["claims"]).replace("example.", f"example{number}.")
        claims += json.loads(text)
    return {**record, "claims": claims}


def test_a_long_audit_stays_small(record: dict[str, Any]) -> None:
    assert len(html.render(record).encode()) < 130_000
    long = many(record, 12)
    validate(long)
    assert len(long["claims"]) == 84
    assert len(html.render(long).encode()) < 1_500_000


def test_a_claim_alone_and_no_claim_at_all(record: dict[str, Any]) -> None:
    one = {**record, "claims": record["claims"][:1], "missing": [], "interrupted": False}
    page = Page(html.render(one))
    assert page.text("title") == "PROVED · example.decomposition · ddcl-verify"
    assert page.text("h1") == "The quantisation loss splits into a fit and a spread"
    assert "No claim was finished." in Page(html.render({**record, "claims": []})).text("main")


def test_latex_that_cannot_be_converted_is_shown_and_reported(record: dict[str, Any]) -> None:
    assert html.problems(record) == []
    record["claims"][0]["says"] = r"\unknown{x} <b>"
    part = record["claims"][2]["readings"][0]["parts"][0]
    part["amendment"]["adds"][0]["says"] = "a & b"
    part["witnesses"][1]["relations"][0]["says"] = "}"
    found = html.problems(record)
    assert [line.split(": ")[0] for line in found] == [
        "example.decomposition",
        "example.spread softmax monotone worst witness order",
        "example.spread.softmax.monotone.amended two-levels",
    ]
    page = Page(html.render(record))
    assert page.text("blockquote", **{"class": "says"}).startswith(r"\unknown{x} <b> (")


def test_uses_in_a_circle_are_refused(record: dict[str, Any]) -> None:
    record["claims"][0]["uses"] = ["example.unique"]
    with pytest.raises(ValueError, match="circle"):
        html.render(record)


def test_rendering_is_pure(record: dict[str, Any]) -> None:
    before = json.dumps(record)
    assert html.render(record) == html.render(record)
    assert json.dumps(record) == before


def test_renderers_do_not_import_the_machinery_of_a_run() -> None:
    program = (
        "import sys; from ddcl_theory.report import terminal, html, json_; "
        "print(sorted({'torch', 'sympy', 'matplotlib', 'numpy', 'hypothesis', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
