"""Components, and the pages that are made of them: what they show, and that nothing in them becomes HTML or a script."""

import html.parser
import json
import random
import re
import time

import pytest

from penstock.cards import (
    Artifact, Error, EventsTimeline, Image, JSONViewer, Markdown, MetaflowCardComponent, ProgressBar, PythonCode,
    Table, ValueBox, VegaChart, YAMLViewer,
)
from penstock.cards._dag import dag_svg
from penstock.cards._default_card import BlankCard, DefaultCard, DefaultCardJSON, ErrorCard
from penstock.cards._html import html_of
from penstock.cards._markdown import markdown_html
from penstock.cards._mustache import ChevronError, render
from penstock.cards._values import frame_table, short_text
from penstock.cards._vega import chart_html
from penstock.cards._yaml import yaml_text

EVIL = "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover=alert(3) \ud800\x00 x="
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478da6368000000820081da45083b"
    "0000000049454e44ae426082"
)

#: All elements that a page may have, and the attributes that may stand on any of them.
ELEMENTS = set(
    "html head meta title style body main script header footer div span section h1 h2 h3 h4 h5 h6 p br hr b i em strong del code "
    "pre a ul ol li blockquote table thead tbody tr th td details summary figure figcaption img button iframe dl dt dd svg "
    "defs marker path rect circle line text g".split()
)


class Reader(html.parser.HTMLParser):
    """Reads a page as a browser does, and keeps what it finds."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.scripts, self.text = [], [], [], []
        self.inside = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag in ("script", "style"):
            self.inside.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1][0] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if self.inside:
            self.scripts.append((self.inside[-1], data))
        else:
            self.text.append(data)

    @property
    def shown(self):
        return "".join(self.text)


def check(page):
    """A page is well formed, has no element or attribute that acts, and asks for nothing."""
    page.encode("utf-8")
    reader = Reader(page)
    assert set(reader.elements) - ELEMENTS - {"title"} == set()
    for tag, name, value in reader.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("src", "href"):
            assert re.match(r"data:image/" if name == "src" else r"https?://|mailto:|#", value), (tag, name, value)
        if name == "style":
            assert "url(" not in value and "expression" not in value
    kinds = [where for where, _ in reader.scripts if where[0] == "script"]
    assert [attributes for _, attributes in kinds if attributes.get("type") != "application/json"] in ([], [{}])
    assert "alert(" not in "".join(text for where, text in reader.scripts if where[1].get("type") != "application/json")
    return reader


class Facts:
    """A task as cards see it, made up."""

    pathspec = "F/1/start/2"
    finished = False
    tags = frozenset(["user:" + EVIL, "x"])
    created_at = finished_at = current_attempt = None

    def __init__(self, **artifacts):
        self.artifacts = artifacts
        self.parent = self

    def __iter__(self):
        for name, value in self.artifacts.items():
            yield type("A", (), {"id": name, "data": value, "size": 7, "_record": {"type": "?"}})()


class Breaks:
    def __repr__(self):
        raise ValueError(EVIL)


class Evil:
    def __repr__(self):
        return EVIL


def components():
    events = EventsTimeline(EVIL)
    events.update({EVIL: EVIL}, style_theme="x", priority=EVIL, payloads={EVIL: Markdown(EVIL)})
    spec = {"data": {"values": [{"a": EVIL, "b": 1}, {"a": "z", "b": 2}]}, "title": EVIL,
            "mark": {"type": "bar", "color": "red;background:url(http://x)"},
            "encoding": {"x": {"field": "a", "title": EVIL}, "y": {"field": "b"}, "color": {"field": "a"}}}
    return [
        Markdown(EVIL), Markdown("# %s\n\n- %s\n\n`%s` [%s](javascript:alert(1)) ![%s](http://x/y.png)\n\n|%s|\n|-|\n" % ((EVIL,) * 6)),
        Table([[EVIL, Artifact(Evil(), EVIL), 1, None, Breaks()]], headers=[EVIL]), Artifact({EVIL: [EVIL]}, EVIL, compressed=False),
        Image(PIXEL, EVIL), Image(EVIL), Image("data:image/svg+xml;base64,PHN2Zz4=" + EVIL), Error(ValueError(EVIL), EVIL),
        PythonCode(code_string=EVIL), PythonCode(code_string="def f(:\n  '''" + EVIL), JSONViewer({EVIL: EVIL}, title=EVIL, max_height=EVIL),
        YAMLViewer({EVIL: [EVIL]}, title=EVIL), ProgressBar(10, EVIL, 5, EVIL, EVIL), ValueBox(EVIL[:90], EVIL[:90], EVIL[:90], "danger", EVIL[:90]),
        events, VegaChart(spec, show_controls=True), VegaChart({"mark": EVIL, "data": {"values": []}}),
    ]


def made(*parts):
    return [part.render() for part in parts]


def graph():
    steps = {name: {"name": name, "type": "linear", "next": [], "doc": EVIL} for name in ("start", "mid", EVIL, "end")}
    steps["start"].update(type="split-switch", next=["mid", EVIL, "start"], condition=EVIL, switch_cases={EVIL: EVIL})
    steps["mid"].update(type="foreach", next=["end"], foreach_artifact=EVIL)
    steps[EVIL]["next"] = ["end"]
    return {"steps": steps}


def test_hostile_values_stay_text():
    task = Facts(**{"evil": EVIL, "object": Evil(), "broken": Breaks(), "nested": {EVIL: [EVIL]}, "raw": b"\xff\xfe", "png": PIXEL})
    blocks = made(*components()) + [{"type": "html", "data": EVIL}, {"type": EVIL, EVIL: EVIL}, EVIL, {"type": "image", "src": "javascript:1"},
                                    {"type": "section", "title": EVIL, "subtitle": EVIL, "columns": 3, "contents": [EVIL]}]
    page = DefaultCard(components=blocks, graph_info=graph()).render(task)
    reader = check(page)
    assert reader.shown.count("alert(1)") > 20  # it is all there to be read
    for other in (BlankCard(components=blocks, options={"title": EVIL}).render(task), ErrorCard().render(task, stack_trace=EVIL)):
        check(other)


def test_blocks_of_the_wrong_shape_are_shown_somehow():
    for value in (None, 3, [], {}, {"a": 1}, "x", [[1]], [None], [{"x": {}}], EVIL, float("nan"), True):
        for kind in ("page", "section", "title", "text", "markdown", "log", "pythonCode", "html", "jsonViewer", "image", "dag", "vegaChart",
                     "table", "artifacts", "progressBar", "valueBox", "eventsTimeline", "nothing"):
            names = "contents title columns data source json_string src spec value max label events stats theme text here vertical".split()
            check(html_of(dict.fromkeys(names, value), 0))
            check(html_of(dict(dict.fromkeys(names, value), type=kind), 0))
    deep = {"type": "section", "contents": []}
    for _ in range(200):
        deep = {"type": "section", "contents": [deep]}
    assert "too deeply" in html_of(deep)


def test_a_page_asks_for_nothing_and_allows_only_its_own_script():
    import base64
    import hashlib

    page = DefaultCard(components=made(Markdown("hello"))).render(Facts(x=1))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1).replace("&#39;", "'")
    script = re.search(r"<script>(.*?)</script>", page, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy and "script-src 'sha256-%s'" % digest in policy
    assert "http:" not in page and "https:" not in page and "@import" not in page
    assert "[METAFLOW_RELOAD_TOKEN]" in page


# Components


def test_components_render_to_plain_data():
    bar = ProgressBar(max=10, label="a", value=1, unit="b", metadata="c")
    bar.component_id = "me"
    bar.update(5)
    assert bar.render() == {"type": "progressBar", "id": "me", "max": 10, "value": 5, "label": "a", "unit": "b", "details": "c"}
    table = Table([["a", 1, Markdown("b"), object()]], headers=["x"]).render()
    assert table["columns"] == ["x"] and table["data"][0][:2] == ["a", 1] and table["data"][0][2]["source"] == "b"
    assert table["data"][0][3] == "<object>" and table["vertical"] is False and table["id"]
    assert Table("nonsense", 3).render()["data"] == [[]]
    assert Markdown("   a\n   b").render()["source"] == "a\nb"
    value = Artifact([1], "n").render()
    assert value["type"] == "artifacts" and value["data"][0]["name"] == "n" and value["data"][0]["data"] == "[1]"
    assert Artifact({"a": (1, 2.5, None)}, compressed=False).render()["data"][0]["data"] == {"a": [1, 2.5, None]}
    assert JSONViewer('{"a":1}').render()["json_string"] == '{\n  "a": 1\n}'
    assert PythonCode().render()["type"] == "log" and "def made" in PythonCode(made).render()["data"]
    chart = VegaChart({"mark": "bar"})
    assert chart.render()["spec"] == {"mark": "bar", "width": "container"} and chart.render()["options"] == {"actions": False}
    assert Table([[chart]]).render()["data"][0][0]["spec"] == {"mark": "bar", "autosize": "fit-x"}
    with pytest.raises(ValueError):
        VegaChart.from_altair_chart(3)
    json.dumps(made(*components()))


def test_a_component_that_fails_is_told_and_nothing_else():
    class Bad(MetaflowCardComponent):
        def render(self):
            raise ValueError("oops")

    broken = Table([[Bad()]]).render()
    assert broken["type"] == "log" and "oops" in broken["data"]
    assert "not JSON" in VegaChart({"a": object()}).render()["data"]
    loop = []
    loop.append(loop)
    assert json.loads(JSONViewer(loop).render()["json_string"])["error"] and "contains itself" in YAMLViewer(loop).render()["yaml_string"]


def test_images():
    shown = Image(PIXEL, "x").render()
    assert shown["type"] == "image" and shown["label"] == "x" and shown["src"].startswith("data:image/png;base64,iVBOR")
    assert Image(b"RIFF0000WEBPxx").render()["src"].startswith("data:image/webp")
    for wrong in (b"text", "text", 3, None):
        assert "cannot be shown" in Image(wrong).render()["data"]
    assert "PIL" in Image.from_pil_image(3).render()["data"] and "figure" in Image.from_matplotlib(3).render()["data"]
    said = []
    fixed, free = Image(PIXEL), Image(PIXEL, disable_updates=False)
    fixed._logger = said.append
    fixed.update(b"x")
    fixed.update(b"x")
    free.update(b"GIF89a", "new")
    assert len(said) == 1 and free.render()["src"].startswith("data:image/gif") and free.render()["label"] == "new"


@pytest.mark.parametrize("arguments", [
    {"value": None}, {"value": ""}, {"value": "x" * 101}, {"value": 1e16}, {"value": float("nan")}, {"value": 1, "title": " "},
    {"value": 1, "title": "x" * 201}, {"value": 1, "theme": "a b"}, {"value": 1, "theme": "x;y"},
])
def test_value_boxes_refuse_what_has_no_room(arguments):
    with pytest.raises(ValueError):
        ValueBox(**arguments)


def test_value_boxes_and_timelines_are_updated():
    box = ValueBox("t", 1)
    box.update(value=2.5, theme="success")
    assert {"title": "t", "value": 2.5, "theme": "success", "type": "valueBox"}.items() <= box.render().items()
    with pytest.raises(TypeError):
        ValueBox(value=[])
    line = EventsTimeline("t", max_events=2)
    for number in range(5):
        line.update({"n": number})
    line.update({"n": 9}, finished=True)
    shown = line.render()
    assert [event["metadata"]["n"] for event in shown["events"]] == [9, 4]
    assert shown["stats"]["total_events"] == 6 and shown["stats"]["finished"] is True
    with pytest.raises(TypeError):
        line.update({}, payloads={"x": VegaChart({})})
    with pytest.raises(ValueError):
        line.update({}, style_theme="a b")


def test_values_as_text():
    assert short_text({"b": 1}) == "{'b': 1}"
    assert len(short_text("x" * 10**6)) < 1000 and len(short_text(list(range(10**5)))) < 3000
    assert "..." in short_text({str(n): n for n in range(1000)}) and "Breaks" in short_text(Breaks())
    assert len(short_text(10**400)) < 400


def test_data_frames_need_no_pandas():
    Frame = type("DataFrame", (), {"__module__": "pandas.core.frame", "columns": ["a", ("b", "c")], "shape": (7, 2)})
    Frame.head = lambda self, count: self
    Frame.itertuples = lambda self, index, name: iter([(0, 1.5, float("nan")), (1, None, "x" * 40)])
    table = frame_table(Frame())
    assert table["headers"] == ["", "a", "b, c"] and table["full_size"] == (7, 2) and table["truncated"]
    assert table["data"] == [[0, 1.5, "null"], [1, "null", "x" * 30 + "..."]]
    assert Table.from_dataframe(Frame()).render()["data"] == table["data"]
    assert "not supported" in Table.from_dataframe(3).render()["columns"][0]


def test_yaml_is_read_back_as_it_was():
    data = {"a": [1, {"b": [[], {}, None, True]}, "x: y"], "text": "one\ntwo\n", "yes": "no", "- d": "#c", "f": -0.5, "e": "", "n": 1e300}
    text = yaml_text(data)
    assert text.splitlines()[:4] == ["a:", "- 1", "- b:", "  - []"]
    assert '"yes": "no"' in text and "text: |" in text and '"- d": "#c"' in text
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(text) == data


# Markdown, templates


@pytest.mark.parametrize("text, expected", [
    ("# A *b*", "<h1>A <em>b</em></h1>"),
    ("a **b** `c<d>`\ne  \nf", "<p>a <strong>b</strong> <code>c&lt;d&gt;</code>\ne<br>f</p>"),
    ("- a\n- b\n  - c\n\nd", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>d</p>"),
    ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    ("snake_case_name 2*3*4 ***x*** ~~y~~", "<p>snake_case_name 2<em>3</em>4 <strong><em>x</em></strong> <del>y</del></p>"),
    ("> a\n> - b", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>"),
    ("```\n<b>\n```", "<pre><code>&lt;b&gt;</code></pre>"),
    ("A\n===\n\n---", "<h1>A</h1><hr>"),
    ("<b>x</b> &amp; \\*y\\*", "<p>&lt;b&gt;x&lt;/b&gt; &amp;amp; *y*</p>"),
    ("[x](javascript:alert(1))", "<p>x</p>"),
    ("[x](java\tscript:alert)", "<p>x</p>"),
    ("[x](data:text/html;base64,xx)", "<p>x</p>"),
])
def test_markdown(text, expected):
    assert markdown_html(text) == expected


def test_markdown_links_and_tables():
    shown = markdown_html("[a](https://x.org/y_(z) \"t\") https://b.org/c. <https://d.org>\n\n|h|n|\n|:-|-:|\n|a\\|b|`1`|\n|short|")
    assert 'href="https://x.org/y_(z)"' in shown and 'href="https://b.org/c"' in shown and 'href="https://d.org"' in shown
    assert "<th>h</th><th class=\"n\">n</th>" in shown and "<td>a|b</td>" in shown and "<td>short</td>" in shown


def test_markdown_takes_anything_in_reasonable_time():
    draw = random.Random(3)
    pieces = ["*", "**", "_", "`", "```\n", "[", "](", ")", "![", "> ", "- ", "1. ", "|", "-|-\n", "\n", "    ", "#", "~~", "<", ">", "\\", "a ", "http://", "  \n"]
    for _ in range(300):
        check(markdown_html("".join(draw.choice(pieces) for _ in range(60))))
    begin = time.perf_counter()
    for text in ("*" * 30000, "[" * 20000, "[a](" * 8000, "> " * 5000, "*a " * 20000, "_a_" * 20000, "- " * 5000, "`a``" * 9000, "**a*" * 8000,
                 "|" * 3000 + "\n" + "-|" * 3000, "\n".join("  " * n + "- x" for n in range(150)), "<" * 30000, "http://" * 5000):
        markdown_html(text)
    assert time.perf_counter() - begin < 20


def test_templates():
    data = {"x": "<&>", "list": [{"n": 1}, {"n": 2}], "none": [], "yes": True, "deep": {"er": "d"}}
    template = "{{x}}{{{x}}}{{&x}}{{#list}}({{n}}{{deep.er}}){{/list}}{{^none}}-{{/none}}{{! c }}{{>p}}{{=<% %>=}}<%x%>\n<%#yes%>\nin\n<%/yes%>\nend"
    assert render(template, data, partials_dict={"p": "[{{x}}]"}) == (
        "&lt;&amp;&gt;<&><&>(1d)(2d)-[&lt;&amp;&gt;]&lt;&amp;&gt;\nin\nend")
    for wrong in ("{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{a"):
        with pytest.raises(ChevronError):
            render(wrong, {})


# Drawings


def numbers(count=12):
    return {"values": [{"a": "k%d" % (n % 3), "n": n, "v": (n * 7) % 5 - 1.5, "t": "2024-01-%02d" % (n + 1)} for n in range(count)]}


@pytest.mark.parametrize("mark, encoding, element, count", [
    ("bar", {"x": {"field": "a", "type": "nominal"}, "y": {"aggregate": "mean", "field": "v"}}, "rect", 3),
    ("bar", {"y": {"field": "a", "type": "nominal"}, "x": {"aggregate": "count"}}, "rect", 3),
    ("bar", {"x": {"field": "v", "bin": True, "type": "quantitative"}, "y": {"aggregate": "count"}}, "rect", 5),
    ({"type": "line", "point": True}, {"x": {"field": "t", "type": "temporal"}, "y": {"field": "v"}, "color": {"field": "a"}}, "path", 3),
    ("area", {"x": {"field": "n"}, "y": {"field": "v"}}, "path", 1),
    ("point", {"x": {"field": "n"}, "y": {"field": "v"}, "size": {"field": "n"}, "color": {"field": "v", "type": "quantitative"}}, "circle", 12),
    ("rect", {"x": {"field": "a"}, "y": {"field": "n", "type": "ordinal"}, "color": {"field": "v", "type": "quantitative"}}, "rect", 12),
    ("arc", {"theta": {"field": "n"}, "color": {"field": "a"}}, "path", 11),
    ("rule", {"y": {"datum": 2}}, "line", 12),
    ("tick", {"x": {"field": "v"}}, "line", 12),
    ("text", {"x": {"field": "n"}, "y": {"field": "v"}, "text": {"field": "a"}}, "text", 12),
])
def test_charts(mark, encoding, element, count):
    shown = chart_html({"mark": mark, "encoding": encoding, "data": numbers()})
    reader = check(shown)
    assert "cannot be drawn" not in shown and reader.elements.count(element) >= count and "nan" not in shown
    assert json.loads(re.search(r'vega-spec">(.*?)</script>', shown).group(1))["data"] == numbers()


@pytest.mark.parametrize("spec", [
    None, {}, {"marks": []}, {"mark": "boxplot", "encoding": {"x": {"field": "a"}}, "data": numbers()}, {"mark": "bar", "data": {"url": "x.csv"}},
    {"mark": "bar", "transform": [{"filter": "1"}], "data": numbers()}, {"mark": "bar", "data": {"values": 3}}, {"layer": [3]}, {"facet": 1},
    {"mark": "bar", "encoding": {"x": {"field": ["a"]}, "y": 3}, "data": {"values": [{"a": {}}]}}, {"hconcat": [{"mark": "x"}]},
    {"mark": {"type": ["x"]}, "data": numbers()}, {"mark": "line", "encoding": {"x": {"field": "a", "type": 3, "sort": {}}}, "data": numbers()},
])
def test_charts_that_cannot_be_drawn_show_what_they_are(spec):
    reader = check(chart_html(spec))
    assert "svg" in reader.elements or "Specification" in reader.shown


def test_extreme_numbers_are_drawn():
    for values in ([0], [1e308, -1e308], [1e-300, 2e-300], [float("nan"), 1], [10**400, 1], [None, "x"], [True], [5, 5, 5], []):
        data = {"values": [{"x": n, "y": value} for n, value in enumerate(values)]}
        for mark in ("line", "bar", "area", "point"):
            for scale in ({}, {"type": "log"}, {"domain": [3, 3]}):
                check(chart_html({"mark": mark, "data": data, "encoding": {"x": {"field": "x"}, "y": {"field": "y", "type": "quantitative", "scale": scale}}}))


def test_graphs_are_drawn():
    shown = dag_svg(graph(), "mid")
    reader = check(shown)
    assert reader.elements.count("g") == 4 and 'class="here"' in shown and reader.elements.count("path") == 1 + 5
    wide = {"s%d" % n: {"next": ["s%d" % m for m in (n + 1, n + 5, n)], "type": "linear"} for n in range(60)}
    check(dag_svg(wide))
    for strange in (None, [], {"a": 3}, {"steps": {}}, {"a": {"next": ["nowhere"]}}, {"a": {"next": ["b"]}, "b": {"next": ["a"]}}):
        check(dag_svg(strange))
    assert "too large" in dag_svg({"s%d" % n: {} for n in range(1000)})


def test_the_default_card_as_json():
    blocks = json.loads(DefaultCardJSON(graph=graph()["steps"]).render(Facts(x=1)))
    assert blocks["metadata"]["pathspec"] == "F/1/start/2" and blocks["components"][0] == {"type": "title", "text": "F/1/start/2"}
    titles = [each.get("title") for each in blocks["components"][1]["contents"]]
    assert titles == ["Task", "Artifacts", "Flow"]


def test_refreshed_parts_carry_their_html():
    card = BlankCard()
    parts = card.refresh(Facts(), {"components": {"x": dict(ProgressBar(value=3).render(), id="x"), "t": "text"}})
    assert parts["x"]["value"] == 3 and 'data-component="x"' in parts["x"]["html"] and parts["t"] == "text"
    assert card.reload_content_token(Facts(), {"component_update_ts": 5}) == "runtime-5"
