"""What scikit-learn's two networks have in common: how they are checked, made, trained and shown.

`bridges.sklearn` has the classes for users. The same `random_state` draws the same first weights
and orders of the examples as in scikit-learn, and the solvers are its own by formula, so the
numbers are the same as there, but for what rounding makes of them.
"""

import math
import random
import warnings
from abc import abstractmethod
from typing import Any, TypeAlias

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from .. import nn
from ..calculus.table import TABLE
from ..checking import (
    BELOW_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    Rule,
    flag,
    number,
    one_of,
    positive_integer,
    several,
)
from ..compiler import CompilerNotFoundError, compile
from ..compiler.c.compiler import find_compiler
from ..draw import draw_network
from ..engine import Value
from ..public import named_options
from ..training import TrainingRecord, fit
from ..walk import walkthrough
from . import solvers

Array: TypeAlias = Any  # of NumPy
_UP_TO_ONE: Rule = ("from 0 to 1", lambda x: 0 <= x <= 1)
_SMALLEST_RATE = 1e-6  # of learning_rate="adaptive"


class Network(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """The base of `MLPClassifier` and `MLPRegressor`.

    A subclass says how targets are read, what its loss is, and what outputs mean.
    """

    @named_options
    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        target: str = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.target = target

    # What a subclass says.

    @abstractmethod
    def _read(self, X: Any, y: Any, first: bool) -> tuple[Array, Array]:
        """Checked examples, and their targets as the loss takes them."""

    @abstractmethod
    def _loss(self, output: Any, target: Any) -> Value:
        """The loss of one example, which is minimised."""

    @abstractmethod
    def _score_of(self, outputs: Array, targets: Array) -> float:
        """What early stopping judges by: the same as `score`."""

    # scikit-learn's methods

    def fit(self, X: Any, y: Any, **others: Any) -> "Network":
        """Train from the start (with `warm_start`, from where it stands).

        **Arguments:** `X`, an array or frame (examples, features); `y`, one target for each (or,
        for several outputs, a row). **Returns** the estimator itself. Others,
        as scikit-learn's `sample_weight`, are refused.
        """
        self._refuse(others)
        self._check_parameters()
        first = not (self.warm_start and hasattr(self, "model_"))
        X, y = self._read(X, y, first)
        self._generator = check_random_state(self.random_state)
        if first:
            self._make(X.shape[1])
        self._optimiser = self._new_optimiser()
        held_out: tuple[Any, Any] | None = None
        if self.early_stopping:
            two_classes = self.out_activation_ == "logistic" and self.n_outputs_ == 1
            X, X_out, y, y_out = train_test_split(
                X,
                y,
                random_state=self._generator,
                test_size=self.validation_fraction,
                stratify=y if two_classes else None,
            )
            if len(X_out) < 2:
                raise ValueError(
                    f"{self._name}: validation_fraction={self.validation_fraction} holds out "
                    f"{len(X_out)} examples, and early_stopping needs 2 or more; raise it, or fit "
                    "on more data"
                )
            held_out = X_out, y_out
        self._run(X, y, held_out)
        return self

    def _partial_fit(self, X: Array, y: Array) -> None:
        """One pass over checked examples, with the optimiser as it stands."""
        if self.early_stopping:
            raise ValueError(f"{self._name}: partial_fit does not support early_stopping=True")
        self._generator = check_random_state(self.random_state)
        if not hasattr(self, "model_"):
            self._make(X.shape[1])
        if not hasattr(self, "_optimiser"):
            self._optimiser = self._new_optimiser()
        examples, size = list(zip(X.tolist(), y.tolist(), strict=True)), self._batch_size(len(X))
        self._plan(len(X), size)
        self._order().shuffle(examples)
        total = 0.0
        with self._training.trainer(self._optimiser, only_finite=True) as trainer:
            for k in range(0, len(examples), size):
                batch = examples[k : k + size]
                try:
                    total += trainer.step(batch) * len(batch)
                except ArithmeticError as error:
                    raise ValueError(self._not_finite(str(error))) from error
        self.n_iter_ = 1
        self._after_epoch(total / len(examples), len(examples))

    def _outputs(self, X: Any) -> Array:
        """The network's outputs for checked examples, one row for each."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        found = self._forward.map([(row,) for row in X.tolist()])
        return np.asarray(found, dtype=np.float64).reshape(len(found), -1)

    # Looking at it

    def draw(self, **options: Any) -> Any:
        """The picture of the trained network; `options` are those of `draw_network`.

        Inputs have the names of the columns that it was fitted on, outputs those of the classes.
        """
        check_is_fitted(self)
        names: dict[str, Any] = {}
        if hasattr(self, "feature_names_in_"):
            names["input_names"] = list(self.feature_names_in_)
        if self.n_outputs_ > 1 and len(getattr(self, "classes_", ())) == self.n_outputs_:
            names["output_names"] = [str(label) for label in self.classes_]
        return draw_network(self.model_, **names | options)

    def walkthrough(self, x: Any, y: Any, **options: Any) -> Any:
        """Both passes of the loss of one example, step by step.

        **Arguments:** `x`, the features of one example; `y`, its target, as for `fit`; `options`
        are those of `walkthrough`. **Returns** a `Walkthrough`: `.page("page.html")`,
        `.terminal()`.
        """
        check_is_fitted(self)
        with warnings.catch_warnings():  # a single example need not be a frame with names
            warnings.filterwarnings("ignore", "X does not have valid feature names")
            rows, targets = self._read([x], [y], False)
        names = getattr(self, "feature_names_in_", [f"x{k}" for k in range(self.n_features_in_)])
        inputs = [
            Value(v, label=str(name)) for name, v in zip(names, rows[0].tolist(), strict=True)
        ]
        loss = self._loss(self.model_(inputs), targets[0].tolist())
        loss.label = "loss"
        return walkthrough(loss, **options)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """In a notebook: the network, once it is trained; before, scikit-learn's diagram."""
        if not hasattr(self, "model_"):
            bundle: dict[str, str] = super()._repr_mimebundle_(**options)
            return bundle
        shown: dict[str, str] = self.draw()._repr_mimebundle_()
        return shown | {"text/plain": repr(self)}

    # What was learned, by scikit-learn's names

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, (inputs, neurons)."""
        states = self.model_.state_dict()
        return [np.array(states[f"layers.{k}.weight"]).T for k in range(self.n_layers_ - 1)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer."""
        states = self.model_.state_dict()
        return [np.array(states[f"layers.{k}.bias"]) for k in range(self.n_layers_ - 1)]

    # Making and training

    @property
    def _name(self) -> str:
        return type(self).__name__

    def _check_parameters(self) -> None:
        """Refuse, by name, what is wrong and what is not here."""
        name = self._name
        for each in self._hidden():
            positive_integer(name, "each of hidden_layer_sizes", each)
        if self.solver == "lbfgs":
            raise ValueError(
                f"{name}: solver='lbfgs' is not here, as it takes no steps by batches; 'adam' and "
                "'sgd' are (scikit-learn's own network has it)"
            )
        if isinstance(self.activation, str):
            known = {"logistic", "linear"} | {n for n, entry in TABLE.items() if entry.activation}
            one_of(f"{name}: activation", self.activation, known)
        one_of(f"{name}: solver", self.solver, ("adam", "sgd"))
        one_of(f"{name}: learning_rate", self.learning_rate, ("constant", "invscaling", "adaptive"))
        one_of(f"{name}: target", self.target, ("auto", "python", "c"))
        for what in ("alpha", "power_t", "tol"):
            number(name, what, getattr(self, what), NOT_NEGATIVE)
        for what in ("learning_rate_init", "epsilon"):
            number(name, what, getattr(self, what), POSITIVE)
        for what in ("validation_fraction", "beta_1", "beta_2"):
            number(name, what, getattr(self, what), BELOW_ONE)
        number(name, "momentum", self.momentum, _UP_TO_ONE)
        for what in ("shuffle", "warm_start", "nesterovs_momentum", "early_stopping"):
            flag(name, what, getattr(self, what))
        positive_integer(name, "max_iter", self.max_iter)
        if self.n_iter_no_change != math.inf:
            positive_integer(name, "n_iter_no_change", self.n_iter_no_change)
        if self.batch_size != "auto":
            positive_integer(name, "batch_size", self.batch_size)
        if self.max_fun != 15000:
            raise ValueError(
                f"{name}: max_fun={self.max_fun!r} belongs to solver='lbfgs', which is not here; "
                "leave it out"
            )

    def _refuse(self, others: dict[str, Any]) -> None:
        # By keyword alone: a parameter sample_weight would tell scikit-learn that it is of use.
        if others.pop("sample_weight", None) is not None:
            raise TypeError(
                f"{self._name}: sample_weight is not here, each example counts the same; repeat "
                "those that shall count more (np.repeat(X, times, axis=0), np.repeat(y, times)), "
                "or take scikit-learn's own network"
            )
        if others:
            raise TypeError(f"{self._name}: fit takes X and y, got {', '.join(others)} too")

    def _hidden(self) -> list[Any]:
        given = self.hidden_layer_sizes
        return list(given) if several(given) else [given]

    def _make(self, inputs: int) -> None:
        """The network with its first weights, and what is compiled of it."""
        sizes = [inputs, *self._hidden(), self.n_outputs_]
        activation = "sigmoid" if self.activation == "logistic" else self.activation
        self.model_ = nn.MLP(inputs, sizes[1:], activation, init="zeros")
        factor = 2.0 if self.activation == "logistic" else 6.0
        state = self.model_.state_dict()
        for k in range(len(sizes) - 1):
            bound = np.sqrt(factor / (sizes[k] + sizes[k + 1]))
            drawn = self._generator.uniform(-bound, bound, (sizes[k], sizes[k + 1]))
            state[f"layers.{k}.weight"] = drawn.T.tolist()
            biases = self._generator.uniform(-bound, bound, sizes[k + 1])
            state[f"layers.{k}.bias"] = biases.tolist()
        self.model_.load_state_dict(state)
        self.n_layers_ = len(sizes)
        self.loss_curve_: list[float] = []
        self.n_iter_, self.t_, self._unimproved = 0, 0, 0
        by_score = self.early_stopping  # else by the loss
        self.best_loss_ = None if by_score else math.inf
        self.validation_scores_: list[float] | None = [] if by_score else None
        self.best_validation_score_: Any = -math.inf if by_score else None
        self._compile()

    def _compile(self) -> None:
        model, loss, target = self.model_, self._loss, self._target()
        self._forward = compile(lambda x: model(x), target=target)
        self._training = compile(lambda x, t: loss(model(x), t), target=target)

    def _target(self) -> str:
        """C where there is a compiler, if it is ours to choose."""
        if self.target != "auto":
            chosen: str = self.target
            return chosen
        try:
            find_compiler()
        except CompilerNotFoundError:
            return "python"
        return "c"

    def _new_optimiser(self) -> solvers.Solver:
        parameters = self.model_.parameters()
        weights = [w for layer in self.model_.layers for n in layer.neurons for w in n.w]
        lr, alpha = float(self.learning_rate_init), float(self.alpha)
        if self.solver == "sgd":
            momentum, nesterov = float(self.momentum), bool(self.nesterovs_momentum)
            return solvers.SGD(parameters, weights, lr, alpha, momentum, nesterov)
        betas = float(self.beta_1), float(self.beta_2)
        return solvers.Adam(parameters, weights, lr, alpha, betas, float(self.epsilon))

    def _batch_size(self, count: int) -> int:
        if self.batch_size == "auto":
            return min(200, count)
        if self.batch_size > count:
            warnings.warn(
                f"{self._name}: batch_size={self.batch_size} is more than the {count} examples; "
                "a batch has all of them",
                stacklevel=3,
            )
        return min(int(self.batch_size), count)

    def _order(self) -> "_Order":
        order = _Order(0)
        if self.shuffle:
            order.generator = self._generator
        return order

    def _plan(self, count: int, size: int) -> None:
        """Tell the optimiser how many examples each step has: the last one may have fewer."""
        self._optimiser.plan([min(size, count - k) for k in range(0, count, size)])

    def _run(self, X: Array, y: Array, held_out: tuple[Array, Array] | None) -> None:
        """All epochs, until the loss or the score no longer improves."""
        size, self.n_iter_, converged = self._batch_size(len(X)), 0, False
        self._plan(len(X), size)
        best: list[float] = []

        def each_epoch(record: TrainingRecord) -> bool:
            nonlocal best, converged
            self.n_iter_ += 1
            if held_out is not None:
                score = record.metrics["score"][-1]
                if score > self.best_validation_score_:
                    best = [p.data for p in self._optimiser.parameters]
                self._after_score(score)
            converged = self._after_epoch(record.loss[-1], len(X))
            return converged

        validation, metrics = None, {}
        if held_out is not None:
            validation = list(zip(held_out[0].tolist(), held_out[1].tolist(), strict=True))
            metrics = {"score": lambda found, given: self._score_of(_rows(found), _rows(given))}
        self.record_ = fit(
            self.model_,
            self._loss,
            zip(X.tolist(), y.tolist(), strict=True),
            self._optimiser,
            self.max_iter,
            batch_size=size,
            target=self._target(),
            seed=self._order(),
            validation=validation,
            metrics=metrics,
            progress=False,
            each_epoch=each_epoch,
        )
        if best:
            for parameter, data in zip(self._optimiser.parameters, best, strict=True):
                parameter.data = data
        if self.record_.stopped == "not finite":
            raise ValueError(self._not_finite(self.record_.warnings[0]))
        if self.record_.stopped == "interrupted":
            warnings.warn("Training interrupted by user.", stacklevel=3)
        elif not converged:
            warnings.warn(
                f"{self._name}: the maximum of iterations ({self.max_iter}) was reached and the "
                "optimisation has not converged yet; raise max_iter, or tol",
                ConvergenceWarning,
                stacklevel=3,
            )

    def _after_epoch(self, loss: float, count: int) -> bool:
        """Keep a loss, set the learning rate, and say whether training is at its end."""
        self.loss_ = loss * self._part_of_loss + self._optimiser.penalty() / count
        self.loss_curve_.append(self.loss_)
        self.t_ += count
        if self.verbose:
            print(f"Iteration {len(self.loss_curve_)}, loss = {self.loss_:.8f}")
        if self.best_loss_ is not None:
            worse = self.loss_ > self.best_loss_ - self.tol
            self._unimproved = self._unimproved + 1 if worse else 0
            self.best_loss_ = min(self.best_loss_, self.loss_)
        sgd, rate = self.solver == "sgd", self._optimiser
        if sgd and self.learning_rate == "invscaling":
            rate.lr = float(self.learning_rate_init) / (self.t_ + 1) ** self.power_t
        if self._unimproved <= self.n_iter_no_change:
            return False
        if not sgd or self.learning_rate != "adaptive" or rate.current_lr() <= _SMALLEST_RATE:
            return True
        rate.lr, self._unimproved = rate.current_lr() / 5.0, 0
        return False

    def _after_score(self, score: float) -> None:
        """Keep the score of the examples held out, and whether it improved."""
        if self.verbose:
            print(f"Validation score: {score:f}")
        self.validation_scores_ = [*(self.validation_scores_ or []), score]
        worse = score < self.best_validation_score_ + self.tol
        self._unimproved = self._unimproved + 1 if worse else 0
        self.best_validation_score_ = max(self.best_validation_score_, score)

    def _not_finite(self, what: str) -> str:
        return f"{self._name}: {what}; scale the inputs (StandardScaler), or lower the rate"

    @property
    def _part_of_loss(self) -> float:
        """What scikit-learn reports of the loss that it minimises."""
        return 1.0

    # Copies and files: what is compiled is compiled again

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        for name in ("_forward", "_training"):
            state.pop(name, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "model_"):
            self._compile()


class _Order(random.Random):
    """The order of the examples, drawn by NumPy's generator as scikit-learn draws it."""

    generator: Any = None  # none: the order stays

    def shuffle(self, x: Any) -> None:  # type: ignore[override]  # in 3.10 it takes another argument
        if self.generator is not None:
            places = np.arange(len(x))
            self.generator.shuffle(places)
            x[:] = [x[k] for k in places]


def _rows(numbers: Any) -> Array:
    return np.asarray(numbers, dtype=np.float64).reshape(len(numbers), -1)
