"""The Digraph finds a layout engine, limits its time, writes whole files and says what failed."""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import graphviz
import pytest

from tests.draw.engines import path_of
from tests.draw.measuring import SVG
from tinygrad_neuron import Value, draw_circuit, draw_dot, draw_network, nn
from tinygrad_neuron.draw import rendering, running
from tinygrad_neuron.draw.rendering import (
    Digraph,
    EngineNotFoundError,
    RenderingError,
    RenderingTimeoutError,
    find_engine,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="the fake engines are POSIX scripts")


@pytest.fixture
def graph(engine):
    drawing = Digraph("neuron", format="svg", layout_command=engine)
    drawing.edge("x", "z", label="w ≈ 0.5")
    return drawing


@pytest.fixture
def pure_graph():
    command = path_of("graphviz-pure") or pytest.skip("no graphviz-pure on this machine")
    drawing = Digraph(layout_command=command)
    drawing.edge("x", "z")
    return drawing


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """An otherwise empty PATH; call it with a name and Python code to put a command there."""
    folder = tmp_path / "commands"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(rendering, "_script_folders", list)

    def add(name, code, to=folder):
        to.mkdir(exist_ok=True)
        command = to / name
        command.write_text(f"#!{sys.executable} -IS\nimport os, sys, time\n{code}\n")
        command.chmod(0o755)
        return str(command)

    return add


ECHO = "sys.stdin.read(); print(os.path.basename(sys.argv[0]), *sys.argv[1:])"
HEARTBEAT = """
if os.fork() == 0:  # a helper, as some installations of dot start one
    while True:
        with open({beats!r}, "a") as file:
            file.write(".")
        time.sleep(0.02)
time.sleep(600)
"""


def one_node(**options):
    drawing = Digraph(**options)
    drawing.node("x")
    return drawing


def stands_still(path):
    before = path.stat().st_size
    time.sleep(0.2)
    return before > 0 and path.stat().st_size == before


# Which engine


@posix
def test_dot_comes_before_graphviz_pure(commands):
    commands("graphviz-pure", ECHO)
    assert find_engine().name == "graphviz-pure"
    commands("dot", ECHO)
    assert find_engine().name == "dot"
    assert one_node().pipe(format="svg") == b"dot -Kdot -Tsvg\n"


@posix
def test_graphviz_pure_is_found_beside_a_python_that_was_not_activated(commands, monkeypatch):
    folder = Path(os.environ["PATH"]).parent / "environment" / "bin"
    folder.parent.mkdir()
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    command = commands("graphviz-pure", ECHO, to=folder)
    assert find_engine() == ("graphviz-pure", command)
    assert find_engine("graphviz-pure") == ("graphviz-pure", command)


@posix
def test_bitmaps_of_graphviz_pure_are_limited_in_size(commands):
    command = commands("graphviz-pure", ECHO)
    assert one_node().pipe(format="png") == b"graphviz-pure -Kdot -Tpng -Gdpi=192 -Gsize=40,40\n"
    assert one_node().pipe(format="svg") == b"graphviz-pure -Kdot -Tsvg\n"
    named = one_node(layout_command=Path(command), engine="neato")
    assert named.pipe(format="JPG", neato_no_op=True) == (
        b"graphviz-pure -Kneato -Tjpg -n1 -Gdpi=192 -Gsize=40,40\n"
    )


@posix
def test_renderer_and_formatter_are_passed_on(commands):
    commands("dot", ECHO)
    drawn = one_node().pipe(format="png", renderer="cairo", formatter="gd", encoding="utf-8")
    assert drawn == "dot -Kdot -Tpng:cairo:gd -Gdpi=192\n"
    with pytest.raises(graphviz.RequiredArgumentError):
        one_node().pipe(format="png", formatter="gd")


def test_a_long_chain_makes_a_bitmap_of_bounded_size(pure_graph):
    pure_graph.attr(rankdir="LR")
    pure_graph.edges((f"n{i}", f"n{i + 1}") for i in range(1000))
    width, height = struct.unpack(">II", pure_graph.pipe(format="png")[16:24])
    assert max(width, height) <= 80 * 96


def test_without_an_engine_the_error_says_how_to_get_one(commands):
    with pytest.raises(graphviz.ExecutableNotFound) as caught:
        one_node().pipe(format="svg")
    assert str(caught.value) == (
        "no layout engine for pictures: neither Graphviz (`dot`) nor `graphviz-pure` was found. "
        "Get one with `apt install graphviz`, `brew install graphviz` "
        'or `pip install "tinygrad_neuron[dot]"`.'
    )
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_without_an_engine_no_picture_file_is_made(commands, tmp_path):
    with pytest.raises(EngineNotFoundError):
        one_node().render(tmp_path / "new" / "x.svg")
    assert not (tmp_path / "new").exists()


def test_a_layout_command_that_is_not_there_is_named(tmp_path):
    gone = tmp_path / "dot"
    with pytest.raises(EngineNotFoundError, match=r"layout_command .*dot' was not found"):
        one_node(layout_command=gone).pipe(format="svg")


# In a notebook


def test_a_notebook_shows_svg(graph):
    bundle = graph._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert "w ≈ 0.5" in bundle["image/svg+xml"]
    assert graph._repr_image_svg_xml() == bundle["image/svg+xml"]


def test_a_notebook_without_an_engine_shows_the_source(commands, capsys):
    drawing = one_node()
    assert drawing._repr_mimebundle_() == {"text/plain": drawing.source}
    assert drawing._repr_mimebundle_(exclude=["text/plain"]) == {}
    assert drawing._repr_mimebundle_(include=[]) == {}
    assert "pip install" in capsys.readouterr().err


@posix
def test_a_notebook_shows_the_error_of_an_engine_that_fails(commands):
    commands("dot", "sys.exit(3)")
    with pytest.raises(RenderingError):
        one_node()._repr_mimebundle_()


# What the engine does wrong


@posix
def test_an_engine_that_hangs_is_stopped_with_its_helpers(commands, tmp_path):
    beats = tmp_path / "beats"
    commands("dot", HEARTBEAT.format(beats=str(beats)))
    with pytest.raises(RenderingTimeoutError) as caught:
        one_node(timeout=0.5).pipe(format="svg")
    assert str(caught.value).endswith(
        "did not finish within 0.5 seconds and was stopped. Draw fewer nodes (fold the graph), "
        "or allow more time: graph.timeout = 1"
    )
    assert isinstance(caught.value, RenderingError)
    assert isinstance(caught.value, TimeoutError)
    assert stands_still(beats)


@posix
def test_helpers_left_behind_by_an_engine_that_ended_are_stopped_too(commands, tmp_path):
    beats = tmp_path / "beats"
    commands("dot", HEARTBEAT.format(beats=str(beats)).replace("time.sleep(600)", "pass"))
    with pytest.raises(RenderingTimeoutError):
        one_node(timeout=0.5).pipe(format="svg")
    assert stands_still(beats)


@posix
def test_an_interrupt_stops_the_engine(commands, tmp_path, monkeypatch):
    beats = tmp_path / "beats"
    commands("dot", HEARTBEAT.format(beats=str(beats)))
    communicate = running.subprocess.Popen.communicate

    def interrupted(process, *args, **kwargs):
        monkeypatch.setattr(running.subprocess.Popen, "communicate", communicate)
        while not beats.exists():
            time.sleep(0.02)
        raise KeyboardInterrupt

    monkeypatch.setattr(running.subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one_node().pipe(format="svg")
    assert stands_still(beats)


@posix
def test_an_engine_that_does_not_read_its_input_is_stopped(commands):
    commands("dot", "time.sleep(600)")
    drawing = one_node(timeout=0.3)
    drawing.body += ["\tx -> y\n"] * 100_000
    with pytest.raises(RenderingTimeoutError):
        drawing.pipe(format="svg")


@posix
def test_an_engine_that_fails_is_quoted_with_its_last_lines(commands):
    command = commands("dot", "[print('line', i, file=sys.stderr) for i in range(50)]; sys.exit(3)")
    with pytest.raises(RenderingError) as caught:
        one_node().pipe(format="svg")
    last = "\n".join(f"line {i}" for i in range(40, 50))
    assert str(caught.value) == f"dot ({command}) failed with exit code 3:\n{last}"


@posix
def test_an_engine_ended_by_a_signal_is_reported(commands):
    commands("dot", "os.kill(os.getpid(), 9)")
    with pytest.raises(RenderingError, match="was ended by signal 9"):
        one_node().pipe(format="svg")


@posix
def test_an_engine_that_prints_nothing_is_an_error(commands):
    commands("dot", "print('why', file=sys.stderr)")
    with pytest.raises(RenderingError, match=r"without a picture.* -Tsvg of a source of .* why"):
        one_node().pipe(format="svg")


@posix
def test_an_engine_that_cannot_start_is_an_error(commands, tmp_path):
    broken = tmp_path / "dot"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    with pytest.raises(RenderingError, match="could not be started"):
        one_node(layout_command=broken).pipe(format="svg")


def test_a_syntax_error_in_the_source_is_quoted(graph):
    graph.body.append("\tx -> \n")
    with pytest.raises(RenderingError, match=r"failed with exit code 1:\n.*syntax error in line"):
        graph.pipe(format="svg")


@posix
def test_harmless_warnings_are_left_out_and_others_kept(commands, capsys):
    commands(
        "dot",
        "print('Warning: no value for width of non-ASCII character 206. Falling back', "
        "file=sys.stderr); print('Warning: bogus is not a known color.', file=sys.stderr);"
        "print('drawn')",
    )
    assert one_node().pipe(format="svg", encoding="utf-8") == "drawn\n"
    assert capsys.readouterr().err == "Warning: bogus is not a known color.\n"
    one_node().pipe(format="svg", quiet=True)
    assert capsys.readouterr().err == ""


def test_text_in_any_script_and_font_is_drawn_without_remarks(graph, capsys):
    graph.node("y", label="日本 Ω 😀", fontname="Helvetica,Arial,sans-serif")
    graph.pipe(format="svg")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_is_a_positive_number(graph, timeout):
    graph.timeout = timeout
    with pytest.raises(ValueError, match="timeout must be a positive number of seconds, got"):
        graph.pipe(format="svg")


def test_the_timeout_and_the_command_go_into_copies_and_subgraphs():
    drawing = Digraph(timeout=5, layout_command="graphviz-pure")
    drawing.node("x")
    with drawing.subgraph(name="cluster_inner") as inner:
        inner.node("y")
    for made in (drawing.copy(), inner):
        assert isinstance(made, Digraph)
        assert (made.timeout, made.layout_command) == (5, "graphviz-pure")
    assert drawing.copy().source == drawing.source
    assert (Digraph().timeout, Digraph().layout_command) == (60.0, None)


# Formats


@pytest.mark.parametrize(
    "use",
    [
        lambda: Digraph(format="svgg"),
        lambda: Digraph().pipe(format="svgg"),
        lambda: Digraph().render("x.gv", format="svgg"),
        lambda: Digraph().render("x.svg", format="svgg"),
        lambda: setattr(Digraph(), "format", "svgg"),
    ],
)
def test_an_unknown_format_is_refused_with_the_nearest_one(use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="unknown format 'svgg', did you mean 'svg'"):
        use()
    assert list(tmp_path.iterdir()) == []


def test_a_format_like_no_other_is_refused_without_a_guess():
    with pytest.raises(ValueError, match=r"unknown format 'qqqqqq'\. The usual ones are svg, png"):
        Digraph(format="qqqqqq")


def test_pdf_from_graphviz_pure_says_what_to_do(pure_graph, tmp_path):
    with pytest.raises(RenderingError) as caught:
        pure_graph.render(tmp_path / "x.pdf")
    assert "cannot write 'pdf'. It writes: canon, " in str(caught.value)
    assert "Choose svg, or get Graphviz itself" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_pipe_gives_bytes_or_text(graph):
    assert graph.pipe(format="png").startswith(b"\x89PNG")
    text = graph.pipe(format="svg", encoding="utf-8")
    assert graph.pipe() == graph.pipe(format="SVG") == text.encode()
    assert graph.pipe(format="svg", encoding="utf-8-sig") == text
    labels = [t.text for t in ElementTree.fromstring(text.encode()).iter(f"{SVG}text")]
    assert sorted(labels) == ["w ≈ 0.5", "x", "z"]


def test_the_same_source_gives_the_same_bytes(graph):
    assert graph.pipe() == graph.pipe() == graph.copy().pipe()


# Files


def test_render_writes_exactly_the_named_picture(graph, tmp_path):
    path = tmp_path / "new" / "folder" / "neuron.svg"
    assert graph.render(path) == str(path)
    assert path.read_bytes() == graph.pipe(format="svg")
    assert [p.name for p in path.parent.iterdir()] == ["neuron.svg"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask():
    current = os.umask(0)
    os.umask(current)
    return current


def test_render_takes_the_format_from_the_suffix(graph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert graph.render("x.PNG") == "x.PNG"
    assert Path("x.PNG").read_bytes().startswith(b"\x89PNG")
    assert graph.render("y.jpg", directory="deep", format="jpeg") == os.path.join("deep", "y.jpg")
    assert Path("deep/y.jpg").read_bytes().startswith(b"\xff\xd8")
    assert graph.render("z.gv.svg", cleanup=True) == "z.gv.svg"
    assert sorted(os.listdir()) == ["deep", "x.PNG", "z.gv.svg"]


@pytest.mark.parametrize(
    ("name", "meant"), [("k.svgg", "svg"), ("k.pgn", "png"), ("k.PNGG", "png"), ("k.pfd", "pdf")]
)
def test_a_mistyped_suffix_is_refused(graph, tmp_path, name, meant):
    with pytest.raises(ValueError, match=f"did you mean '{meant}'"):
        graph.render(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["y.xyz", "y.1", "a.svg.bak"])
def test_an_unknown_suffix_is_refused_and_what_is_allowed_is_said(graph, tmp_path, name):
    with pytest.raises(ValueError, match=r"may be svg, png, pdf, jpeg or .*format='svg'"):
        graph.render(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    graph.render(tmp_path / name, format="svg", quiet=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, f"{name}.svg"]


@pytest.mark.parametrize("density", [1, 2, 3.5])
def test_a_bitmap_has_so_many_dots_for_each_pixel(graph, density):
    graph.node("x")
    single = graph.copy()
    single.density = 1
    graph.density = density
    sides = [
        struct.unpack(">II", one.pipe(format="png", quiet=True)[16:24]) for one in (single, graph)
    ]
    assert sides[1][0] == pytest.approx(density * sides[0][0], abs=4)
    assert sides[1][1] == pytest.approx(density * sides[0][1], abs=4)


def test_a_density_that_makes_no_sense_is_refused(graph):
    graph.density = 0
    with pytest.raises(ValueError, match=r"density must be from 0\.1 to 10, got 0"):
        graph.pipe(format="png")


def test_ids_start_with_the_prefix_and_pictures_can_stand_in_one_page(graph):
    graph.node("x", id="n0", tooltip='<g id="n9"')
    graph.edge("x", "y", id="e1-0", tooltip="e")

    def ids(prefix):
        graph.id_prefix = prefix
        root = ElementTree.fromstring(graph.pipe(format="svg"))
        assert '<g id="n9"' in {value for e in root.iter() for value in e.attrib.values()}
        return [element.get("id") for element in root.iter() if element.get("id")]

    together = ids("a-") + ids("b-")
    assert len(set(together)) == len(together)
    assert {"a-n0", "a-e1-0", "b-n0"} <= set(together)
    assert graph.copy().id_prefix == "b-"
    for prefix in ('"', "1", "a b", "ä"):
        with pytest.raises(ValueError, match="id_prefix"):
            ids(prefix)


def test_pictures_of_every_kind_stand_in_one_page(pure_graph):
    y = nn.Neuron(2, seed=0)([Value(1.0), Value(2.0)])
    pictures = [draw_dot(y), draw_dot(y), draw_network(nn.MLP(2, [2, 1])), draw_circuit(nn.XOR())]
    ids = []
    for k, picture in enumerate(pictures):
        picture.id_prefix = f"p{k}-"
        root = ElementTree.fromstring(picture.pipe(format="svg"))
        ids += [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert {"p0-n0", "p1-n0", "p2-layer0-neuron1", "p3-unit0"} <= set(ids)


def test_a_format_that_contradicts_the_suffix_is_refused(graph, tmp_path):
    with pytest.raises(ValueError, match=r"format 'png' contradicts the suffix of .*x\.svg'"):
        graph.render(tmp_path / "x.svg", format="png")
    assert list(tmp_path.iterdir()) == []


def test_render_by_the_name_of_the_source_is_as_in_graphviz(graph, tmp_path):
    source = tmp_path / "new" / "neuron.gv"
    assert graph.render(source) == f"{source}.svg"
    assert source.read_text(encoding="utf-8") == graph.source
    assert Path(f"{source}.svg").read_bytes() == graph.pipe()
    assert graph.render("plain", directory=tmp_path, format="png", cleanup=True) == str(
        tmp_path / "plain.png"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "plain.png"]


def test_render_to_an_outfile_is_as_in_graphviz(graph, tmp_path):
    graph.directory = tmp_path
    assert graph.render(outfile="x.svg") == str(tmp_path / "x.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.gv", "x.svg"]
    with pytest.raises(ValueError, match="must be different from the source file"):
        graph.render("y.gv", outfile=tmp_path / "y.gv")


@pytest.mark.parametrize("name", ["x.svg", "x.gv"])
def test_render_can_refuse_to_replace(graph, tmp_path, name):
    picture = graph.render(tmp_path / name)
    Path(picture).write_text("mine")
    with pytest.raises(graphviz.FileExistsError):
        graph.render(tmp_path / name, raise_if_result_exists=True)
    assert Path(picture).read_text() == "mine"


@posix
@pytest.mark.parametrize("code", ["print('half'); sys.exit(1)", "time.sleep(600)", ""])
def test_a_failure_leaves_the_old_picture_as_it_was(commands, tmp_path, code):
    commands("dot", code)
    picture = tmp_path / "pictures" / "x.svg"
    picture.parent.mkdir()
    picture.write_text("old")
    with pytest.raises(RenderingError):
        one_node(timeout=0.3).render(picture)
    assert [(p.name, p.read_text()) for p in picture.parent.iterdir()] == [("x.svg", "old")]


def test_a_picture_that_cannot_be_written_leaves_nothing_behind(graph, tmp_path):
    (tmp_path / "x.svg").mkdir()
    with pytest.raises(OSError, match=r"x\.svg"):
        graph.render(tmp_path / "x.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["x.svg"]


@posix
def test_a_link_to_a_picture_stays_a_link(graph, tmp_path):
    link = tmp_path / "link.svg"
    link.symlink_to(tmp_path / "real.svg")
    assert graph.render(link) == str(link)
    assert link.is_symlink()
    assert (tmp_path / "real.svg").read_bytes() == graph.pipe()


def test_images_are_looked_for_beside_the_source(graph, tmp_path, capsys):
    picture = Digraph(format="png", layout_command=graph.layout_command)
    picture.node("x")
    picture.render(tmp_path / "dot.gv")
    graph.node("image", label="", shape="none", image="dot.gv.png")
    rendered = graph.render(tmp_path / "neuron.gv")
    assert "dot.gv.png" in Path(rendered).read_text(encoding="utf-8")
    assert capsys.readouterr().err == ""


def test_view_opens_the_rendered_picture(graph, tmp_path, monkeypatch):
    opened = []

    def _view(self, path, *, format, quiet):
        opened.append((path, format, quiet))

    monkeypatch.setattr(Digraph, "_view", _view)
    path = str(tmp_path / "x.svg")
    graph.render(path, view=True)
    graph.view(path)
    graph.render(path, quiet_view=True)
    assert opened == [(path, "svg", False), (path, "svg", False), (path, "svg", True)]


def test_threads_that_look_for_an_engine_at_once_in_a_new_process_all_find_none():
    program = """
import threading
from tinygrad_neuron.draw import rendering

found, gate = [], threading.Barrier(8)

def look():
    gate.wait()
    try:
        rendering._script_folders()
    except Exception as error:
        found.append(error)

threads = [threading.Thread(target=look) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found)
"""
    for _ in range(4):  # without a lock 14 of 20 new processes fail
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for a file's size")
def test_a_source_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    import resource
    import signal

    path = tmp_path / "o.gv"
    graph = Digraph("chain")
    graph.save(path)
    old, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    assert old == graph.source.encode()
    for k in range(100):
        graph.edge(f"x{k}", "y")
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(OSError, match=r"o\.gv"):
            graph.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, usual)
    assert path.read_bytes() == old
    assert [each.name for each in tmp_path.iterdir()] == ["o.gv"]
