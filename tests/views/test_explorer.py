"""The explorer in a real browser: what it shows is what the library counts, to the last digit."""

import random
import shutil
from functools import cache

import pytest
from playwright.sync_api import sync_playwright

import mobilecalc
from mobilecalc.core.errors import MissingPackage
from mobilecalc.core.formula import symbols
from mobilecalc.studies.explorer import ALPHAS, MODELS, RESOLUTIONS, explorer
from mobilecalc.views.explorer import chart_library, render
from mobilecalc.views.explorer.mathml import equation
from mobilecalc.views.numbers import compact_count, text_of

CHROMIUM = shutil.which("chromium")
in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

LARGEST = 1_500_000
FRAME_MS = 1000 / 60
BASE = ("v1", 1.0, 224, 1000)

DRAWN = "main[aria-busy=false]"
SET_AND_READ = """async (settings) => {
  const main = document.querySelector("main");
  const text = (selector) => document.querySelector(selector).textContent;
  const rows = (selector) => [...document.querySelectorAll(selector + " tbody tr")].map(
    (row) => [...row.cells].map((cell) => cell.textContent));
  const put = (id, value, name) => {
    const control = document.getElementById(id);
    control.value = value;
    control.dispatchEvent(new Event(name, { bubbles: true }));
  };
  const seen = [];
  for (const [model, alpha, resolution, classes] of settings) {
    put("model", model, "change");
    put("alpha", alpha, "input");
    put("resolution", resolution, "input");
    put("classes", classes, "input");
    while (main.getAttribute("aria-busy") !== "false") await new Promise(requestAnimationFrame);
    seen.push({
      setting: text("#setting"),
      totals: ["macs", "params", "standard", "ratio", "macs-exact", "params-exact",
        "standard-exact"].map((id) => text("#" + id)),
      kinds: rows("#kinds"),
      layers: rows("#layers"),
    });
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(render(explorer(), chart_library()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, file):
    """Opens the page; at the end there must have been no error and no request but for the file."""
    contexts, said, asked = [], [], []

    def opened(fragment="", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{file.as_uri()}{fragment}")
        page.wait_for_selector(DRAWN)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked} == {file.as_uri()}


@cache
def profile_at(model, alpha, resolution, classes):
    return mobilecalc.profile(model, alpha=alpha, resolution=resolution, classes=classes)


def percent(part, whole):
    return text_of(part / whole, "share", compact=True)


def expected(model, alpha, resolution, classes):
    """What the command line prints at this setting, as the page shows it."""
    profile = profile_at(model, alpha, resolution, classes)
    base = model.removesuffix("-standard")
    counterpart = model if base == "resnet50" else f"{base}-standard"
    standard = profile_at(counterpart, alpha, resolution, classes)
    rows = [r for r in profile.rows if r.counts.macs or r.counts.parameters]
    macs, params = profile.macs, profile.parameters
    return {
        "setting": profile.origin,
        "totals": [
            *map(compact_count, (macs, params, standard.macs)),
            text_of(macs / standard.macs, "ratio"),
            *(f"{count:,}" for count in (macs, params, standard.macs)),
        ],
        "kinds": [
            [
                kind,
                f"{counts.macs:,}",
                percent(counts.macs, macs),
                f"{counts.parameters:,}",
                percent(counts.parameters, params),
                str(sum(row.kind == kind for row in rows)),
            ]
            for kind, counts in profile.by_kind().items()
            if counts.macs or counts.parameters
        ],
        "layers": [
            [
                row.path,
                f"{row.counts.macs:,}",
                percent(row.counts.macs, macs),
                f"{row.counts.parameters:,}",
                row.kind,
            ]
            for row in rows
            if row.counts.macs
        ],
    }


def every_position_of_each_slider():
    for model in MODELS:
        yield from ((model, alpha, 224, 1000) for alpha in ALPHAS)
        yield from ((model, 1.0, resolution, 1000) for resolution in RESOLUTIONS)
        yield from ((model, 0.35, 96, classes) for classes in (1, 2, 10, 100, 999))


def random_positions(count):
    chance = random.Random(22)
    for _ in range(count):
        grids = (MODELS, ALPHAS, RESOLUTIONS, range(1, 1001))
        yield tuple(chance.choice(grid) for grid in grids)


@in_chromium
def test_every_number_is_the_command_lines_at_every_position(open_page):
    settings = [*every_position_of_each_slider(), *random_positions(140)]
    assert len(settings) == 400
    shown = open_page().evaluate(SET_AND_READ, settings)
    for setting, seen in zip(settings, shown, strict=True):
        assert seen == expected(*setting), setting


@in_chromium
def test_numbers_are_rounded_as_the_views_round_them(open_page):
    chance = random.Random(1)
    counts = [0, 999, 1000, 9999, 10_000, 12_345, 12_355, 99_995, 999_949, 999_950, 100_005_000]
    counts += [chance.randrange(10 ** chance.randint(1, 15)) for _ in range(2000)]
    shares = [0.125, 0.375, 0.00125, 0.00375, 0.5, 1.0, 0.0, 1 / 3]
    shares += [chance.random() for _ in range(2000)]
    ratios = [1 / 32, 3 / 32, *shares]
    page = open_page()
    # the module's own functions, run once more where a test can call them
    source = page.evaluate("document.querySelector('script[type=module]').textContent")
    numbers = source.partition("// What a network costs")[0]
    shown = page.evaluate(
        f"""([counts, shares, ratios]) => {{ {numbers};
        return [counts.map(compact), shares.map((x) => percent(x, 1)),
                ratios.map((x) => quotient(x, 1)), counts.map(counted)]; }}""",
        [counts, shares, ratios],
    )
    assert shown[0] == [compact_count(count) for count in counts]
    assert shown[1] == [text_of(share, "share", compact=True) for share in shares]
    assert shown[2] == [text_of(ratio, "ratio") for ratio in ratios]
    assert shown[3] == [f"{count:,}" for count in counts]


@in_chromium
def test_arrow_keys_move_each_slider_and_choose_layers(open_page):
    page = open_page()
    for _ in range(3):
        page.keyboard.press("Tab")  # past the list of networks and alpha, to the resolution
    assert page.evaluate("document.activeElement.id") == "resolution"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+Tab")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.focus("#classes")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(DRAWN)
    setting = ("v1", 0.75, 192, 2)
    assert page.inner_text("#setting") == profile_at(*setting).origin
    assert page.inner_text("#macs-exact") == f"{profile_at(*setting).macs:,}"
    page.focus("#layers input:checked")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.locator("#formula-of", has_text="block2").wait_for()
    assert page.get_attribute("#alpha", "aria-valuetext") == "0.75"


@in_chromium
def test_the_formula_has_the_numbers_of_the_chosen_layer(open_page):
    page = open_page("#model=v1&alpha=1&resolution=224&classes=1000&layer=block8.pointwise.conv")
    texts = page.locator(".worked").all_inner_texts()
    lines = ["".join(text.split()) for text in texts]
    assert "=32·512·142+512·512·142=52,283,392" in lines[0]
    assert "=32·512·512·142=462,422,016" in lines[1]
    assert lines[2].endswith("=0.1131")
    page.locator("#layers label", has_text="classifier").click()
    page.wait_for_selector(DRAWN)
    assert "=1,024·1,000=1,024,000" in "".join(page.inner_text(".worked").split())


@in_chromium
def test_a_click_on_a_bar_chooses_its_layer(open_page):
    page = open_page()
    page.locator("#chart .bars_marks path").nth(26).click()
    page.locator("#formula-of", has_text="block13").wait_for()
    page.locator("#vg-tooltip-element", has_text="block13.pointwise.conv (pointwise)").wait_for()


@in_chromium
def test_a_setting_is_in_the_address_and_comes_from_it(open_page):
    page = open_page("#model=v2&alpha=0.35&resolution=96&classes=10")
    assert page.inner_text("#setting") == profile_at("v2", 0.35, 96, 10).origin
    page.fill("#classes-number", "21841")
    page.wait_for_url("**classes=21841**")
    macs = profile_at("v2", 0.35, 96, 21841).macs
    assert page.inner_text("#macs-exact") == f"{macs:,}"
    page.fill("#classes-number", "0")
    page.click("#reset")
    page.wait_for_selector(DRAWN)
    assert page.input_value("#classes-number") == "1000"
    wrong = open_page("#model=none&alpha=-1&resolution=x&classes=0.5&layer=nowhere")
    assert wrong.inner_text("#setting") == profile_at(*BASE).origin


@in_chromium
def test_what_is_published_near_the_setting_is_quoted_nearest_first(open_page):
    page = open_page("#model=v2&alpha=0.5&resolution=160&classes=1000")
    rows = page.locator("#accuracies tbody tr")
    cells = rows.first.locator("td").all_inner_texts()
    assert rows.first.locator("th").inner_text() == "mobilenet_v2_0.5_160"
    assert cells[:5] == ["v2", "0.5", "160", "61.0 %", "50 M"]
    assert "Quoted" in page.inner_text("#accuracies-note")
    near = rows.count()
    page.click("#all-accuracies")
    page.wait_for_selector(DRAWN)
    assert rows.count() > near


@in_chromium
def test_what_is_said_aloud_and_named_is_there_for_every_control(open_page):
    page = open_page()
    for role, names in {
        "slider": ["Width multiplier alpha", "Resolution in pixels", "Classes"],
        "combobox": ["Network"],
        "spinbutton": ["Classes, as a number"],
        "button": ["Back to alpha 1, 224 pixels, 1000 classes"],
    }.items():
        for name in names:
            assert page.get_by_role(role, name=name, exact=True).count() == 1
    page.get_by_role("status").filter(has_text="568.7 M MACs").wait_for(state="attached")


@in_chromium
@pytest.mark.parametrize("model", MODELS)
def test_a_narrow_screen_needs_no_sideways_scrolling(open_page, model):
    page = open_page(f"#model={model}", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.querySelector('#chart svg').getBoundingClientRect().right") < 360


@in_chromium
def test_a_dark_screen_has_a_dark_page_and_a_light_text_in_the_chart(open_page):
    grounds = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        label = "#chart .role-axis-label text"
        grounds[scheme] = [
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
            page.evaluate(f"getComputedStyle(document.querySelector('{label}')).fill"),
        ]
    assert grounds == {
        "light": ["rgb(255, 255, 255)", "rgb(28, 28, 28)"],
        "dark": ["rgb(22, 24, 26)", "rgb(236, 236, 234)"],
    }


@in_chromium
def test_paper_has_the_numbers_and_no_controls(open_page):
    page = open_page(color_scheme="dark", viewport={"width": 718, "height": 1000})  # A4
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") == 718
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#controls").is_visible()
    assert not page.locator("button").first.is_visible()
    for place in ("#setting", "#macs", "#chart", "#kinds table", "#worked", "#accuracies table"):
        assert page.locator(place).is_visible()
    assert page.pdf().startswith(b"%PDF")


@in_chromium
def test_a_step_of_a_slider_is_computed_and_drawn_within_a_frame(open_page):
    page = open_page("#model=v2")
    page.evaluate("performance.clearMeasures()")
    page.evaluate(SET_AND_READ, [("v2", alpha, 224, 1000) for alpha in ALPHAS])
    name = "explorer: a setting drawn"
    times = page.evaluate(f"performance.getEntriesByName('{name}').map((entry) => entry.duration)")
    assert len(times) >= len(ALPHAS)
    assert sorted(times)[len(times) // 2] < FRAME_MS


def test_the_page_is_one_small_file_that_asks_for_nothing(file):
    page = file.read_text(encoding="utf-8")
    assert len(page.encode()) < LARGEST
    assert "default-src 'none'" in page
    assert "<script src" not in page
    assert "/*DATA*/" not in page


def test_an_equation_has_its_symbols_and_room_for_its_numbers():
    kernel, inputs, outputs, unknown = symbols("D_K M N x")
    assert equation(1 / outputs + kernel**2) == (
        "<mrow><mfrac><mn>1</mn><mi>N</mi></mfrac><mo>+</mo>"
        "<msubsup><mi>D</mi><mi>K</mi><mn>2</mn></msubsup></mrow>",
        '<mrow><mfrac><mn>1</mn><mn data-of="outputs"></mn></mfrac><mo>+</mo>'
        '<msup><mn data-of="kernel"></mn><mn>2</mn></msup></mrow>',
    )
    with pytest.raises(KeyError, match="x"):
        equation(inputs * unknown)


def test_without_the_chart_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    with pytest.raises(MissingPackage, match="pip install vl-convert-python"):
        chart_library()
