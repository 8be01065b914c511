"""What several test files share: the browser, the book, built once per session, and compiled
functions, which run for each target."""

import functools
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tinygrad_neuron import Value
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.compiler import compile

FLAGS = [  # of the browser
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip

COMPILERS = ("cc", "gcc", "clang")
needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, COMPILERS)), reason="no C compiler on this machine"
)


# Tiers, by the beginnings of tests' names, each with the reason. Slow: not in the README's command.
SLOW = {
    "tests/compiler/c/test_emitting.py::test_an_expression_inside_another": "compiles 972 nestings",
    "tests/compiler/c/test_emitting.py::test_no_sanitizer_finds": "compiles with sanitizers",
    "tests/compiler/c/test_emitting.py::test_random_graphs[0-smooth": "[0-all operations has them",
    "tests/compiler/c/test_emitting.py::test_random_graphs[1-": "more of what [0- has",
    "tests/compiler/c/test_emitting.py::test_random_graphs[2-": "more of what [0- has",
    "tests/compiler/c/test_arrays.py::test_ten_million_points": "many numbers",
    "tests/compiler/test_lowering.py::test_a_chain_of_ten_thousand_tanh[c]": "a long compilation",
    "tests/course/test_book.py": "builds the book, which runs every lesson",
    "tests/course/test_lessons.py::test_a_lesson_runs_as_a_notebook": "the book runs it too",
    "tests/course/test_lessons.py::test_a_lesson_runs_as_a_script": "the book runs it too",
    "tests/course/test_judging.py::test_a_notebook_": "waits for limits of time and memory",
    "tests/course/test_page_": "builds the book",
    "tests/course/test_lessons.py::test_an_installed_wheel_has": "installs a wheel",
    "tests/course/test_wheel.py::test_a_teacher": "runs every command for teachers",
    "tests/demos/test_demos_learning.py::test_a_small_network_classifies": "trains on iris",
    "tests/demos/test_names_gpt.py::test_the_gpt_learns_names": "trains a transformer",
    "tests/demos/test_names_gpt.py::test_digits_are_learned": "trains on digits",
    "tests/test_engine_backward.py::test_a_chain_of_two_hundred_thousand": "large graphs",
    "tests/walk/page/test_page_screen.py::test_output_or_current_card": "three sizes, every step",
    "tests/walk/page/test_page_screen.py::test_the_sum_of_a_folded_edge": "three sizes, every step",
    "tests/walk/page/test_page_firefox.py::test_every_page_opens": "Chromium opens them too",
    "tests/walk/page/test_page.py::test_axe_finds_nothing[dark": "the same page in the light",
    "tests/walk/page/test_page_digits.py::test_every_equation_of_numbers_is_true_or_says_that_it_is"
    "_not[large_network": "very many equations",
    "tests/walk/page/test_training.py::test_any_optimiser_trains_on_batches_with_the_engines_numbers"
    "[momentum": "Adam does so too",
    "tests/walk/page/test_training.py::test_any_optimiser_trains_on_batches_with_the_engines_numbers"
    "[AdamW": "Adam does so too",
    "tests/draw/test_fitting.py::test_a_default_picture_fits_a_slide_in_letters_of_13_pixels"
    "[graphviz-pure": "dot lays them out too",
    "tests/compiler/test_reached.py::test_one_call_is_the_same_on_all_routes[c": "compiles many",
    "tests/interpret/test_interpret.py::test_the_autoencoder_finds": "trains five autoencoders",
    "tests/draw/test_folding.py::test_no_budget_draws_everything": "large pictures",
    "tests/laboratory/test_page_lesson.py": "builds the book",
    "tests/laboratory/test_page_playground.py::test_axe_finds_nothing_and_nothing_is_wider_than_the"
    "_screen[390-dark": "each theme at one width",
    "tests/laboratory/test_page_playground.py::test_axe_finds_nothing_and_nothing_is_wider_than_the"
    "_screen[1280-light": "each theme at one width",
    "tests/laboratory/test_wheels.py::test_tests_of_engine": "runs tests in Pyodide",
    "tests/laboratory/test_page_editor.py::test_it_works_without_a_network": "starts Python twice",
    # A Ctrl-C may leave coverage's own lock locked, and CI asks coverage of all but the slow ones.
    "tests/test_interruption.py": "interrupts",
    "tests/test_processes.py": "interrupts",
    "tests/compiler/c/test_compiler.py::test_a_compiler_ends": "interrupts",
    "tests/training/test_training_learning.py": "trains networks over five seeds",
}
SLOW |= {  # random graphs hold all of the table in C; these say which operation it is
    f"tests/compiler/{name}[c-": "each is compiled by itself"
    for name in (
        "test_compiled.py::test_any_label_will_do",
        "test_lowering.py::test_an_operation_inside_a_larger_expression",
        "test_lowering.py::test_an_operation_on_parameters",
        "test_lowering.py::test_an_operation_on_values_that_are_passed",
        "test_lowering.py::test_an_operation_with_some_operands_plain_numbers",
        "test_lowering.py::test_an_operation_on_the_same_operand_everywhere",
        "test_lowering.py::test_a_power_with_a_number_as_exponent",
        "test_lowering.py::test_a_loss_after_a_network_with_an_activation",
        "test_lowering.py::test_cross_entropy_with_integer_labels_after_an_activation",
    )
}
# Not `fast`, as is nothing marked `once` or `slow`.
NOT_FAST = {
    "tests/calculus/test_javascript.py": "runs a browser",
    "tests/compiler/c/": "runs a C compiler",
    "tests/compiler/javascript/": "runs a browser",
    "tests/course/test_guide.py": "runs lessons",
    "tests/course/test_chosen.py": "runs lessons",
    "tests/course/test_gathering.py": "runs lessons",
    "tests/course/test_judging.py": "runs notebooks",
    "tests/course/test_lesson": "runs lessons",
    "tests/course/test_moodle.py": "runs lessons",
    "tests/course/test_notes.py": "runs lessons",
    "tests/course/test_results.py": "runs lessons",
    "tests/course/test_slides.py": "runs lessons",
    "tests/course/test_tasks.py": "runs lessons",
    "tests/bridges/test_sklearn.py": "imports scikit-learn",
    "tests/demos/": "runs programs",
    "tests/laboratory/test_building.py": "needs npm, runs programs",
    "tests/laboratory/test_bytecode.py": "needs npm",
    "tests/draw/layout/test_arrange.py": "lays out many graphs",
    "tests/draw/network/test_units.py": "draws many networks",
    "tests/draw/test_edges.py": "draws many graphs",
    "tests/draw/test_picture.py": "draws many graphs",
    "tests/laboratory/test_page_": "runs a browser",
    "tests/draw/figures/": "imports matplotlib",
    "tests/test_arguments.py": "tries every argument",
    "tests/test_endurance.py": "many steps",
    "tests/test_fuzz.py": "random input",
    "tests/test_installations.py": "runs programs",
    "tests/compiler/test_lowering.py::test_random_graphs": "a thousand graphs",
    "tests/draw/test_animation.py": "runs Graphviz",
    "tests/draw/test_fitting.py": "large pictures",
    "tests/draw/test_graph.py": "runs Graphviz",
    "tests/draw/test_rendering.py": "runs Graphviz",
    "tests/draw/network/test_picture.py": "runs Graphviz",
    "tests/test_engine_backward.py::test_a_graph_is_freed": "runs the garbage collector",
    "tests/test_engine_backward.py::test_a_graph_whose_backward": "runs the garbage collector",
    "tests/test_engine_backward.py::test_a_training_step_leaves": "runs the garbage collector",
    "tests/test_engine_backward.py::test_a_leaf_with_a_hundred": "a large graph",
    "tests/test_engine_backward.py::test_a_deep_chain_with_added": "a large graph",
    "tests/compiler/test_naming.py::test_the_scopes_of_models": "runs the garbage collector",
    "tests/compiler/test_compiled.py::test_calls_make_no_cycles": "runs the garbage collector",
    "tests/compiler/test_lowering.py::test_a_sum_of_ten_thousand": "a large graph",
    "tests/compiler/test_lowering.py::test_a_chain_of_ten_thousand": "a large graph",
    "tests/test_higher_derivatives.py::test_gradients_of_a_deep_chain": "a large graph",
    "tests/test_state.py::test_a_process_that_is_killed": "kills processes",
    "tests/draw/test_text.py::test_any_label_is_drawn": "runs Graphviz",
    "tests/draw/test_folding.py::test_many_examples": "a large picture",
    "tests/test_typing.py": "runs type checkers",
    "tests/walk/page/": "runs a browser",
    "tinygrad_neuron/draw/figures/": "imports matplotlib",
}


def pytest_configure() -> None:
    """Ctrl-C and the end of a terminal are heard, here and in the processes that tests start: a
    shell that starts pytest in the background, or `nohup`, has them ignored, and that is
    inherited."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with suppress(ModuleNotFoundError, AttributeError):  # in Pyodide something stands in for it
        from hypothesis import settings

        # On a busy machine any example takes longer than hypothesis allows one.
        settings.register_profile("untimed", deadline=None)
        settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)  # in Pyodide there is no xdist
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: a test of a page waits for its browser, a fast one for
    nothing."""
    return (os.cpu_count() or 1) + (config.option.markexpr != "fast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is slow, and as `fast` what one runs again and again while one works."""
    for item in items:
        if item.nodeid.startswith(tuple(SLOW)):
            item.add_marker("slow")
        marked = item.get_closest_marker("once") or item.get_closest_marker("slow")
        if not marked and not item.nodeid.startswith(tuple(NOT_FAST)):
            item.add_marker("fast")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says so where PyTorch is not there to compare with: no other tool's absence hides so much."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any("PyTorch is not installed" in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(
            "PyTorch is not installed (extra torch): tests that compare with it, and the training "
            "on two processes, were skipped"
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_targets` runs with the module's `compile` making Python, then C,
    unless it is marked `only_python`, with the reason.

    Not those that hypothesis repeats a thousand times, for a C compiler takes longer than they do:
    tests/compiler/c/test_emitting.py has many graphs in one library.
    """
    if metafunc.definition.get_closest_marker("both_targets"):
        targets = ["python"]
        only_python = metafunc.definition.get_closest_marker("only_python")
        if not only_python and not hasattr(metafunc.function, "hypothesis"):
            targets.append(pytest.param("c", marks=[needs_compiler, pytest.mark.once]))
        metafunc.parametrize("code", targets, indirect=True)


@pytest.fixture(autouse=True)
def code(request):
    """What compiled functions are written in; None where a test does not ask."""
    target = getattr(request, "param", None)
    if target is not None:
        request.module.compile = functools.partial(compile, target=target)
    yield target
    if target is not None:
        request.module.compile = compile


def forget_operations() -> None:
    """Take the operations away that were defined besides the package's."""
    for name in TABLE.keys() - BUILT_IN:
        del TABLE[name]
        if name in vars(Value):
            delattr(Value, name)


@pytest.fixture(autouse=True)
def only_built_in_operations() -> Iterator[None]:
    """What a docstring's example or the test itself has defined is gone: any test may share its
    process."""
    forget_operations()
    yield
    forget_operations()


def built_once(
    name: str, build: Callable[[Path], object], factory: pytest.TempPathFactory, worker: str
) -> Path:
    """The folder that a function builds; with several workers the first to ask has it built."""
    shared = factory.getbasetemp()
    if worker:
        shared = shared.parent
    folder, failed = shared / name, shared / f"{name}-failed"
    try:
        os.close(os.open(shared / f"{name}-begun", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        while not (folder.exists() or failed.exists()):
            time.sleep(0.2)
    else:
        try:
            build(folder)
        except BaseException as error:
            failed.write_text(str(error))
            raise
    if failed.exists():
        pytest.fail(f"the {name} was not built: {failed.read_text()}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """The folder of the built book; with several workers the first to ask builds it.

    TINYGRAD_NEURON_BOOK names the folder of one that is built already, while tests are written.
    """
    if built := os.environ.get("TINYGRAD_NEURON_BOOK"):
        return Path(built).resolve()
    from tinygrad_neuron.course.book import build

    return built_once("book", build, tmp_path_factory, worker)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine: no page is opened, no JavaScript run")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The name of this xdist worker; empty without one."""
    yield getattr(request.config, "workerinput", {}).get("workerid", "")
