"""Networks with scikit-learn's parameters: `MLPClassifier` and `MLPRegressor`.

The names, defaults and rules are those of `sklearn.neural_network`, so a program moves over by its
import; what is trained is an `nn.MLP` of ours, by the compiled engine, to be drawn and walked
through.
"""

from typing import Any

try:
    import numpy as np
    from scipy.special import expit, log_expit, log_softmax, softmax
    from sklearn.base import ClassifierMixin, RegressorMixin
    from sklearn.metrics import accuracy_score, r2_score
    from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
    from sklearn.utils.validation import column_or_1d, validate_data
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'MLPClassifier and MLPRegressor need scikit-learn: pip install "tinygrad_neuron[sklearn]"'
    ) from error

from .. import losses
from ..checking import described
from ..engine import Value
from ..public import named_options
from .estimator import Array, Network


class MLPClassifier(ClassifierMixin, Network):  # type: ignore[misc]  # scikit-learn has no types
    """A multilayer perceptron that tells classes apart, with scikit-learn's parameters.

    **Arguments:** those of `sklearn.neural_network.MLPClassifier`, with its defaults and meaning.
    `activation` may also be any other of the table ("gelu", "elu", ...), and `target` says what
    the network is compiled to: "python", "c", or "auto", which is C where there is a compiler.
    `solver="lbfgs"` is refused, `max_fun` with it, and so is a `sample_weight`; `X` must be dense;
    results are float64, also for `X` of float32; `coefs_` and `intercepts_` are copies and cannot
    be set (`model_.load_state_dict` sets the numbers).

    **Attributes** after `fit`: scikit-learn's (`classes_`, `coefs_`, `intercepts_`, `loss_`,
    `loss_curve_`, `n_iter_`, ...), `model_`, the `nn.MLP`, whose outputs are logits, and
    `record_`, the `TrainingRecord`, whose losses are without the penalty `alpha`.

    With the same `random_state` it takes the steps that scikit-learn's takes, from the same
    weights, over the same batches: what they learn differs by rounding alone. One thing is not the
    same: scikit-learn reports a loss of probabilities that it clips to 2.2e-16 or more, and this
    one reports what it minimises. Where some are smaller, as on inputs that are not scaled, the
    two may stop after another number of epochs.

    >>> from tinygrad_neuron import datasets
    >>> X, y = zip(*datasets.moons(60, seed=0))
    >>> network = MLPClassifier((8,), learning_rate_init=0.05, max_iter=150, random_state=0,
    ...                         n_iter_no_change=150, target="python")
    >>> import warnings; warnings.simplefilter("ignore")  # it says that it could go on
    >>> network.fit(X, y).score(X, y) > 0.9
    True
    >>> network.model_
    MLP(2 -> 8 -> 1, relu, identity)
    """

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> "MLPClassifier":
        """One pass over some examples; the first call needs all `classes` that there will be."""
        self._check_parameters()
        first = not hasattr(self, "model_")
        if first:
            if classes is None:
                raise ValueError(
                    f"{self._name}: classes must be passed on the first call to partial_fit"
                )
            classes = unique_labels(classes)
        elif classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            raise ValueError(
                f"{self._name}: classes={classes!r} is not the same as on the first call to "
                f"partial_fit, {self.classes_!r}"
            )
        X, targets = self._read(X, y, first, classes)
        self._partial_fit(X, targets)
        return self

    def predict(self, X: Any) -> Array:
        """The class of each example (for several labels at once, a row of 0 and 1)."""
        return self._labels(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class (of each label), a row for each example."""
        outputs = self._outputs(X)
        if self.out_activation_ == "softmax":
            return softmax(outputs, axis=1)
        found = expit(outputs)
        return found if self._multilabel else np.hstack([expit(-outputs), found])[:, self._columns]

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithms of the probabilities, exact where those are too small for a float."""
        outputs = self._outputs(X)
        if self.out_activation_ == "softmax":
            return log_softmax(outputs, axis=1)
        found = log_expit(outputs)
        if self._multilabel:
            return found
        return np.hstack([log_expit(-outputs), found])[:, self._columns]

    @property
    def _columns(self) -> slice:
        return slice(len(self.classes_))  # there may be a single class

    def _read(self, X: Any, y: Any, first: bool, classes: Any = None) -> tuple[Array, Array]:
        """Examples, and targets: places among the classes, or rows of 0 and 1."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, reset=first)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if y.ndim == 2 and type_of_target(y) != "multilabel-indicator":
            raise ValueError(
                f"{self._name}: y has several columns, which must be labels of 0 and 1; for one of "
                "several classes pass one column"
            )
        if first:
            self._multilabel = y.ndim == 2
            self.classes_ = unique_labels(y) if classes is None else classes
            count, two = len(self.classes_), len(self.classes_) <= 2 and not self._multilabel
            self.n_outputs_ = 1 if two else count
            self.out_activation_ = "logistic" if two or self._multilabel else "softmax"
        if self._multilabel:
            if y.ndim != 2 or y.shape[1] != self.n_outputs_:
                raise ValueError(
                    f"{self._name}: y must have a column for each of {self.n_outputs_} labels, as "
                    f"before, got the shape {y.shape}"
                )
            return X, y.astype(np.float64)
        if y.ndim == 2 or not np.isin(y, self.classes_).all():
            new = described(y.tolist()) if y.ndim == 2 else np.setdiff1d(y, self.classes_).tolist()
            raise ValueError(
                f"{self._name}: y has classes that were not there before, {new}; known are "
                f"{self.classes_.tolist()}"
            )
        return X, np.searchsorted(self.classes_, y)

    def _loss(self, output: Any, target: Any) -> Value:
        if self.out_activation_ == "softmax":
            return losses.cross_entropy(output, target)
        loss = losses.binary_cross_entropy_with_logits(output, target)
        return loss * float(self.n_outputs_) if self.n_outputs_ > 1 else loss

    def _labels(self, outputs: Array) -> Array:
        if self._multilabel:
            return (outputs > 0).astype(int)
        if self.out_activation_ == "softmax":
            return self.classes_[outputs.argmax(axis=1)]
        places = (outputs[:, 0] > 0).astype(int)
        return self.classes_[np.minimum(places, len(self.classes_) - 1)]

    def _score_of(self, outputs: Array, targets: Array) -> float:
        wanted = targets if self._multilabel else self.classes_[targets[:, 0].astype(int)]
        return float(accuracy_score(wanted, self._labels(outputs)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, Network):  # type: ignore[misc]  # scikit-learn has no types
    """A multilayer perceptron that predicts numbers, with scikit-learn's parameters.

    **Arguments:** those of `sklearn.neural_network.MLPRegressor`; what differs is said at
    `MLPClassifier`. `loss` may be "squared_error" alone.

    **Attributes** after `fit`: scikit-learn's, `model_` and `record_`.

    >>> X = [[k / 10] for k in range(-10, 11)]
    >>> y = [x * x for (x,) in X]
    >>> network = MLPRegressor(hidden_layer_sizes=(8,), activation="tanh", learning_rate_init=0.05,
    ...                        max_iter=300, random_state=0, target="python")
    >>> import warnings; warnings.simplefilter("ignore")  # it says that it could go on
    >>> network.fit(X, y).score(X, y) > 0.9
    True
    """

    @named_options
    def __init__(
        self,
        loss: str = "squared_error",
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
        super().__init__(
            hidden_layer_sizes,
            activation,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            power_t=power_t,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            max_fun=max_fun,
            target=target,
        )
        self.loss = loss

    def partial_fit(self, X: Any, y: Any) -> "MLPRegressor":
        """One pass over some examples."""
        self._check_parameters()
        X, targets = self._read(X, y, not hasattr(self, "model_"))
        self._partial_fit(X, targets)
        return self

    def predict(self, X: Any) -> Array:
        """The number for each example; a row of them where there are several outputs."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self.n_outputs_ == 1 else outputs

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.loss != "squared_error":
            raise ValueError(
                f"{self._name}: loss must be 'squared_error', got {self.loss!r}; others are not "
                "here"
            )

    def _read(self, X: Any, y: Any, first: bool) -> tuple[Array, Array]:
        X, y = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=first
        )
        y = y.astype(np.float64)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        outputs = 1 if y.ndim == 1 else y.shape[1]
        if first:
            self.n_outputs_, self.out_activation_ = outputs, "identity"
        elif outputs != self.n_outputs_:
            raise ValueError(
                f"{self._name}: y must have {self.n_outputs_} outputs, as before, got {outputs}"
            )
        return X, y

    def _loss(self, output: Any, target: Any) -> Value:
        # scikit-learn minimises the sum over the outputs, and reports the mean.
        return losses.mean_squared_error(output, target) * (self.n_outputs_ / 2.0)

    @property
    def _part_of_loss(self) -> float:
        return 1.0 / self.n_outputs_

    def _score_of(self, outputs: Array, targets: Array) -> float:
        return float(r2_score(targets, outputs))
