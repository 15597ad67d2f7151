"""The library as `import mobilecalc` offers it."""

import ast
from pathlib import Path

import pytest

import mobilecalc


def test_the_line_of_the_documentation():
    assert mobilecalc.profile("v1", alpha=0.5).macs == 149_497_088


def test_there_are_a_dozen_public_names_at_most_and_each_is_there():
    assert len(mobilecalc.__all__) <= 12
    for name in mobilecalc.__all__:
        assert getattr(mobilecalc, name) is not None
        assert name in dir(mobilecalc)


def test_type_checkers_see_the_same_names_from_the_same_homes():
    tree = ast.parse(Path(mobilecalc.__file__).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    seen = {
        (name.asname, node.module)
        for node in imports
        for name in node.names
        if node.module.startswith("mobilecalc.")
    }
    homes = mobilecalc._HOMES.items()
    assert seen == {(name, f"mobilecalc.{home}") for home, names in homes for name in names}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'profil'"):
        mobilecalc.profil  # noqa: B018


def test_objects_say_what_they_are():
    network = mobilecalc.describe("v1", alpha=0.5)
    assert repr(network) == "<Network v1: alpha 0.5, input 3x224x224, 1000 classes>"
    assert repr(network.profile()) == (
        "<Profile v1, alpha 0.5, input 3x224x224, 1000 classes:"
        " macs=149497088 parameters=1331592 rows=84>"
    )


def test_every_error_of_the_library_is_one_family():
    for wrong in (
        {"model": "v9"},
        {"model": None},
        {"model": "v1", "alpha": -1},
        {"model": "v1", "rho": 0},
    ):
        with pytest.raises(mobilecalc.MobilecalcError):
            mobilecalc.profile(**wrong)


def test_render_gives_a_table_in_any_format():
    from mobilecalc.studies.compare import compare

    table = compare([mobilecalc.describe("v1")])
    assert "568,740,352" in mobilecalc.render(table, "markdown")
    assert repr(table) == "<Table 'v1: cost': 1 rows of 4 columns>"


def test_the_package_says_that_it_is_typed():
    from importlib.resources import files

    assert files("mobilecalc").joinpath("py.typed").is_file()
