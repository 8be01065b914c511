"""`MLPClassifier` and `MLPRegressor` against scikit-learn's own, and against its checks."""

import importlib
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from tests.conftest import needs_compiler
from tinygrad_neuron import draw_network, nn, torch_source
from tinygrad_neuron.bridges import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FLOWERS, KINDS = load_iris(return_X_y=True)
FLOWERS = StandardScaler().fit_transform(FLOWERS)
PATIENTS, PROGRESS = load_diabetes(return_X_y=True)
PATIENTS, PROGRESS = 20 * PATIENTS[:120], (PROGRESS[:120] - 150) / 77
COMMON = {"hidden_layer_sizes": (5, 3), "max_iter": 12, "random_state": 3, "batch_size": 32}
OPTIONS = {
    "adam": {},
    "a strong penalty": {"alpha": 5.0, "activation": "tanh"},
    "nesterov": {"solver": "sgd", "learning_rate_init": 0.1},
    "momentum": {"solver": "sgd", "nesterovs_momentum": False, "shuffle": False},
    "no momentum": {"solver": "sgd", "momentum": 0.0, "activation": "identity"},
    "inverse scaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
    "adaptive": {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "learning_rate_init": 0.2,
        "tol": 0.05,
        "n_iter_no_change": 1,
        "activation": "logistic",
    },
    "until the loss stays": {"tol": 0.05, "n_iter_no_change": 2, "max_iter": 50},
    "early stopping": {"early_stopping": True, "tol": 0.01, "n_iter_no_change": 3, "alpha": 1.0},
    "one hidden layer": {"hidden_layer_sizes": 4, "batch_size": "auto", "beta_1": 0.5},
    "no hidden layer": {"hidden_layer_sizes": (), "epsilon": 0.01, "beta_2": 0.9},
}
TARGETS = {
    "classes": KINDS,
    "two classes": np.where(KINDS > 0, 7, 3),
    "labels": np.stack([KINDS > 0, KINDS < 2, FLOWERS[:, 0] > 0]).T.astype(int),
}


def assert_same(their, our, X):
    """What was learned, and how it went, is the same but for rounding."""
    assert their.n_iter_ == our.n_iter_
    for a, b in zip(their.coefs_ + their.intercepts_, our.coefs_ + our.intercepts_, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(our.loss_curve_, their.loss_curve_, rtol=1e-9)
    assert their.best_loss_ == pytest.approx(our.best_loss_)
    assert their.validation_scores_ == pytest.approx(our.validation_scores_)
    assert (their.t_, their.n_layers_, their.n_outputs_, their.out_activation_) == (
        our.t_,
        our.n_layers_,
        our.n_outputs_,
        our.out_activation_,
    )
    if hasattr(our, "classes_"):
        assert (our.predict(X) == their.predict(X)).all()
    else:
        np.testing.assert_allclose(our.predict(X), their.predict(X), atol=1e-9)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_classifier_learns_what_scikit_learns_does(options):
    their = theirs.MLPClassifier(**COMMON | options).fit(FLOWERS, KINDS)
    our = MLPClassifier(**COMMON | options, target="python").fit(FLOWERS, KINDS)
    assert_same(their, our, FLOWERS)


@pytest.mark.parametrize("y", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("options", [{}, {"early_stopping": True}], ids=["plain", "held out"])
def test_every_kind_of_target_gives_the_same_probabilities(y, options):
    their = theirs.MLPClassifier(**COMMON | options).fit(FLOWERS, y)
    our = MLPClassifier(**COMMON | options, target="python").fit(FLOWERS, y)
    assert_same(their, our, FLOWERS)
    for method in ("predict_proba", "predict_log_proba"):
        expected, actual = getattr(their, method)(FLOWERS), getattr(our, method)(FLOWERS)
        np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-9)
    assert their.score(FLOWERS, y) == our.score(FLOWERS, y)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_regressor_learns_what_scikit_learns_does(options):
    their = theirs.MLPRegressor(**COMMON | options).fit(PATIENTS, PROGRESS)
    our = MLPRegressor(**COMMON | options, target="python").fit(PATIENTS, PROGRESS)
    assert_same(their, our, PATIENTS)


def test_a_regressor_of_several_outputs():
    y = np.stack([PROGRESS, PATIENTS[:, 0] - PROGRESS]).T
    their = theirs.MLPRegressor(**COMMON).fit(PATIENTS, y)
    assert_same(their, MLPRegressor(**COMMON, target="python").fit(PATIENTS, y), PATIENTS)


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_it_goes_on_where_it_stands_as_scikit_learns_does(kind):
    """With warm_start, and by partial_fit with chunks of several sizes."""
    ours = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[kind]
    X, y = (FLOWERS, KINDS) if kind == "MLPClassifier" else (PATIENTS, PROGRESS)
    fitted = []
    for make in (getattr(theirs, kind), lambda **given: ours(**given, target="python")):
        warm = make(**COMMON, warm_start=True)
        warm.fit(X, y).fit(X, y)
        parts = make(**COMMON | {"batch_size": 16})
        first = {"classes": [0, 1, 2]} if kind == "MLPClassifier" else {}
        parts.partial_fit(X[:70], y[:70], **first)
        parts.partial_fit(X[70:100], y[70:100]).partial_fit(X[40:], y[40:])
        fitted.append((warm, parts))
    for their, our in zip(*fitted, strict=True):
        assert_same(their, our, X)


SMALL = {"hidden_layer_sizes": (8,), "learning_rate_init": 0.05, "max_iter": 20}


def passed_all_checks(estimator):
    """Whether scikit-learn's checks pass; those that it skips are not of these estimators."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check_estimator(estimator, on_skip=None)
    skipped = {
        each["check_name"]
        for each in found
        if each["status"] == "skipped" and "is not installed" not in str(each["exception"])
    }
    of_others = {
        "check_array_api_input",  # wants SCIPY_ARRAY_API set
        "check_classifiers_multilabel_output_format_decision_function",  # theirs has none either
    }
    others = [each for each in found if each["status"] not in ("passed", "skipped")]
    return not others and skipped <= of_others and len(found) > 40


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_scikit_learns_own_checks_pass(kind):
    assert passed_all_checks(kind(**SMALL, target="python"))


@needs_compiler
@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_scikit_learns_own_checks_pass_in_c(kind):
    assert passed_all_checks(kind(**SMALL, target="c"))


@needs_compiler
@pytest.mark.once
def test_in_c_it_learns_the_same():
    options = COMMON | {"activation": "tanh"}
    their = theirs.MLPClassifier(**options).fit(FLOWERS, KINDS)
    our = MLPClassifier(**options).fit(FLOWERS, KINDS)  # where there is a compiler, that is C
    assert_same(their, our, FLOWERS)
    np.testing.assert_allclose(our.predict_proba(FLOWERS), their.predict_proba(FLOWERS), rtol=1e-9)


def test_pipelines_and_grids():
    network = MLPClassifier(**SMALL, batch_size=16, random_state=0, target="python")
    pipeline = make_pipeline(StandardScaler(), network)
    grid = {"mlpclassifier__hidden_layer_sizes": [(4,), (6,)], "mlpclassifier__alpha": [0.0, 1.0]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(FLOWERS, KINDS)
    assert search.score(FLOWERS, KINDS) > 0.9
    best = search.best_estimator_[-1]
    assert search.best_params_["mlpclassifier__hidden_layer_sizes"] == best.hidden_layer_sizes
    assert "StandardScaler" in pipeline._repr_html_()


def test_copies_and_files():
    fitted = MLPClassifier(**COMMON, target="python").fit(FLOWERS, KINDS)
    loaded = pickle.loads(pickle.dumps(fitted))
    assert (loaded.predict_proba(FLOWERS) == fitted.predict_proba(FLOWERS)).all()
    loaded.partial_fit(FLOWERS, KINDS)
    assert fitted.get_params() == clone(fitted).get_params()
    with pytest.raises(NotFittedError):
        clone(fitted).predict(FLOWERS)


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_parameters_have_scikit_learns_names_and_defaults(kind):
    ours = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[kind]
    defaults = ours().get_params()
    assert defaults.pop("target") == "auto"
    defaults = {name: value for name, value in defaults.items() if name != "loss"}  # since 1.7
    given = getattr(theirs, kind)().get_params()
    assert defaults == {name: value for name, value in given.items() if name != "loss"}
    assert ours(**given).get_params() == ours().get_params()


REFUSED = {
    "solver='lbfgs' is not here": {"solver": "lbfgs"},
    "max_fun=3 belongs to solver='lbfgs'": {"max_fun": 3},
    "solver 'sdg': unknown, did you mean 'sgd'": {"solver": "sdg"},
    "activation 'relus': unknown": {"activation": "relus"},
    "learning_rate 'constnat': unknown": {"learning_rate": "constnat"},
    "target 'fortran': unknown": {"target": "fortran"},
    "each of hidden_layer_sizes must be": {"hidden_layer_sizes": (3, 0)},
    "alpha must be": {"alpha": -1.0},
    "beta_1 must be": {"beta_1": 1.0},
    "momentum must be": {"momentum": 1.5},
    "max_iter must be": {"max_iter": 0},
    "shuffle must be": {"shuffle": "yes"},
    "batch_size must be": {"batch_size": 0},
    "n_iter_no_change must be": {"n_iter_no_change": 0},
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_kept_is_refused_by_name(message):
    with pytest.raises((TypeError, ValueError), match=message):
        MLPClassifier(**{"target": "python"} | REFUSED[message]).fit(FLOWERS, KINDS > 0)


def test_targets_that_cannot_be_learned_are_refused():
    fitted = MLPClassifier(**SMALL, target="python").fit(FLOWERS, KINDS)
    with pytest.raises(ValueError, match=r"classes that were not there before, \[7\]"):
        fitted.partial_fit(FLOWERS, np.where(KINDS == 2, 7, KINDS))
    with pytest.raises(ValueError, match="must be passed on the first call"):
        clone(fitted).partial_fit(FLOWERS, KINDS)
    with pytest.raises(ValueError, match="not the same as on the first call"):
        fitted.partial_fit(FLOWERS, KINDS, classes=[0, 1])
    with pytest.raises(ValueError, match="y has several columns"):
        clone(fitted).fit(FLOWERS, np.stack([KINDS, KINDS]).T)
    with pytest.raises(ValueError, match=r"validation_fraction=0\.005 holds out 1 examples"):
        clone(fitted).set_params(early_stopping=True, validation_fraction=0.005).fit(FLOWERS, KINDS)
    with pytest.raises(ValueError, match="early_stopping=True"):
        fitted.set_params(early_stopping=True).partial_fit(FLOWERS, KINDS)
    with pytest.raises(ValueError, match="loss must be 'squared_error'"):
        MLPRegressor("poisson").fit(PATIENTS, PROGRESS)
    regressor = MLPRegressor(**SMALL, target="python").fit(PATIENTS, PROGRESS)
    with pytest.raises(ValueError, match="y must have 1 outputs"):
        regressor.partial_fit(PATIENTS, np.stack([PROGRESS, PROGRESS]).T)


def test_numbers_without_end_are_told():
    regressor = MLPRegressor(**SMALL, target="python")
    with pytest.raises(ValueError, match="scale the inputs"):
        regressor.fit(PATIENTS * 1e200, PROGRESS)
    with pytest.raises(ValueError, match="scale the inputs"):
        clone(regressor).partial_fit(PATIENTS * 1e200, PROGRESS)


def test_it_says_that_it_could_go_on_and_prints_what_it_does(capsys):
    with pytest.warns(ConvergenceWarning, match="raise max_iter"):
        MLPClassifier((2,), max_iter=1, verbose=True, target="python").fit(FLOWERS, KINDS)
    assert "Iteration 1, loss = " in capsys.readouterr().out
    with pytest.warns(UserWarning, match="a batch has all of them"):
        MLPClassifier((2,), max_iter=1, batch_size=151, target="python").fit(FLOWERS, KINDS)


def test_a_fitted_network_shows_itself_and_an_unfitted_one_its_diagram():
    network = MLPClassifier(**SMALL | {"max_iter": 2}, target="python")
    assert {"text/html", "text/plain"} == network._repr_mimebundle_().keys()
    with pytest.raises(NotFittedError):
        network.draw()
    network.fit(FLOWERS, np.array(["setosa", "versicolor", "virginica"])[KINDS])
    network.feature_names_in_ = np.array(["sepal", "width", "petal", "length"])  # as of a frame
    source = network.draw(legend=False).source
    assert all(name in source for name in ["sepal", "length", "virginica"])
    shown = network._repr_mimebundle_()
    assert "<svg" in shown["image/svg+xml"]
    assert "virginica" in shown["image/svg+xml"]
    assert shown["text/plain"].startswith("MLPClassifier(")
    walked = network.walkthrough(FLOWERS[0], "setosa")
    assert walked[-1].phase == "backward"
    assert "sepal" in walked.text()


def test_a_walkthrough_has_the_loss_of_one_example():
    network = MLPClassifier((2,), max_iter=2, target="python", alpha=0.0).fit(FLOWERS, KINDS)
    expected = -network.predict_log_proba(FLOWERS[:1])[0, KINDS[0]]
    walked = network.walkthrough(FLOWERS[0], KINDS[0])
    (loss,) = [step.value for step in walked if step.phase == "forward" and step.name == "loss"]
    assert expected == pytest.approx(loss)
    assert isinstance(network.model_, nn.MLP)
    assert "loss" in network.record_.curves


def test_without_scikit_learn_the_error_names_the_extra():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from tinygrad_neuron import bridges\n"
        "assert 'MLPClassifier' in dir(bridges)\n"
        "from tinygrad_neuron.bridges import MLPClassifier"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    wanted = (
        'MLPClassifier and MLPRegressor need scikit-learn: pip install "tinygrad_neuron[sklearn]"'
    )
    assert wanted in ended.stderr
    with pytest.raises(AttributeError, match="no attribute 'MLPClassifer'"):
        importlib.import_module("tinygrad_neuron.bridges").__getattr__("MLPClassifer")


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_misspelt_parameter_gets_the_nearest(kind):
    with pytest.raises(TypeError, match="no option 'max_itr'; did you mean 'max_iter'"):
        kind(max_itr=3)


def test_weights_and_slips_are_refused_by_name_with_the_way_out():
    X, y = [[1.0], [2.0]], [0, 1]
    with pytest.raises(TypeError, match=r"MLPClassifier: sample_weight is not here, .* repeat"):
        MLPClassifier().fit(X, y, sample_weight=[1, 2])
    with pytest.raises(TypeError, match="MLPClassifier: fit takes X and y, got groups too"):
        MLPClassifier().fit(X, y, groups=[1, 2])
    with pytest.raises(ValueError, match=r"MLPRegressor: .*did you mean 'logistic'.* logistic,"):
        MLPRegressor(activation="logstic").fit(X, y)
    for show in (draw_network, torch_source_of):
        with pytest.raises(TypeError, match=r"the network that fit makes, \.model_"):
            show(MLPClassifier())


def torch_source_of(model):
    return torch_source(model, "hinge", None)
