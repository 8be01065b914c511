"""What PyTorch's users write by habit and has another form here: by room, the name and the way.

Read where a name is not found (`public`), and where an object of PyTorch is given (`checking`).
Every name in backticks here exists; a test holds it.
"""

from typing import Any

_GRAPH = "every Value records its graph, and a graph is freed when nothing refers to it any more; "
_SCALARS = "a Value is one number, without shape, type or device; "
_LISTS = "there are no tensors, only numbers and lists of them: "
_NAMED = "it is the function "
_FUNCTIONAL = (
    "activations are functions of the package and methods of Values, as in `v.relu()`; losses are "
    "functions in `tinygrad_neuron.losses`"
)

PYTORCH: dict[str, dict[str, str]] = {
    "Value": {
        **dict.fromkeys(
            (
                "numpy",
                "tolist",
                "cpu",
                "cuda",
                "to",
                "double",
                "float",
                "half",
                "long",
                "int",
                "bool",
                "type",
                "is_cuda",
                "nelement",
            ),
            _SCALARS + "its number is `v.data`, a Python float",
        ),
        **dict.fromkeys(
            (
                "T",
                "shape",
                "size",
                "dim",
                "ndim",
                "view",
                "reshape",
                "squeeze",
                "unsqueeze",
                "flatten",
                "transpose",
                "permute",
                "dtype",
                "device",
            ),
            _SCALARS + "a list of Values stands for a vector, a list of lists for a matrix",
        ),
        **{
            name: "a Value is one number; of a list of Values it is a function, as in "
            f"`tinygrad_neuron.{name}([a, b])`"
            for name in ("sum", "mean", "softmax", "logsumexp", "argmax")
        },
        "log_softmax": "of a list it is `[z - logsumexp(logits) for z in logits]`; "
        "`losses.cross_entropy(logits, target)` takes the logits themselves",
        **dict.fromkeys(
            ("clone", "contiguous"), "write `v + 0`, or use v itself: nothing is done in place"
        ),
        **dict.fromkeys(
            ("matmul", "mm", "mv", "dot"), "write `sum([a * b for a, b in zip(x, y)])`"
        ),
        **dict.fromkeys(
            ("add_", "sub_", "mul_", "div_", "zero_", "fill_", "copy_", "clamp_"),
            "nothing is done in place but by assignment, as in `v.data = 0.0`",
        ),
        **dict.fromkeys(("clamp", "clip"), "write `v.maximum(lowest).minimum(highest)`"),
        **dict.fromkeys(
            ("gt", "lt", "ge", "le", "eq", "ne"),
            "comparisons are of numbers, as in `v > 1.0` or `v.data == 1.0`",
        ),
        "requires_grad_": "every Value gets a gradient; what shall not learn is left out of the "
        "list that the optimiser gets",
        "zero_grad": "write `v.grad = 0.0`",
        "numel": "it is one number; a model has `len(model.parameters())`",
        "pow": "write `v ** 2`",
        "square": "write `v ** 2`",
        "silu": "its name here is `swish`",
        "neg": "write `-v`",
        "mul": "write `a * b`",
        "sub": "write `a - b`",
        "div": "write `a / b`",
        "max": "of two Values it is `a.maximum(b)`",
        "min": "of two Values it is `a.minimum(b)`",
        "grad_fn": "the operation is `v._op`, its operands are `v._prev`; "
        "`tinygrad_neuron.draw_dot(v)` shows the graph",
        "is_leaf": "a leaf is what has no operands, `not v._prev`",
        "retain_grad": "nothing to do: every node keeps its gradient",
        "register_hook": "`tinygrad_neuron.walkthrough(v)` shows every contribution; to change "
        "one, assign `v._backward`",
    },
    "Module": {
        **dict.fromkeys(
            (
                "to",
                "cpu",
                "cuda",
                "double",
                "float",
                "half",
                "type",
                "device",
                "dtype",
                "share_memory",
            ),
            "every number is a Python float, on the processor; leave it away",
        ),
        **dict.fromkeys(
            ("fit", "train_step", "training_step"),
            "it is `tinygrad_neuron.training.fit`, or a loop with an optimiser of "
            "`tinygrad_neuron.optim`",
        ),
        **dict.fromkeys(
            ("predict", "predict_proba"), "call the module itself, as in `model([0.5, 1.0])`"
        ),
        **dict.fromkeys(("num_parameters", "numel"), "it is `len(model.parameters())`"),
        "get_parameter": "it is in `dict(model.named_parameters())`",
        "summary": "it is `nn.summary(model)`",
        "buffers": "what is no parameter is in no list; a plain number in an attribute is kept",
        **dict.fromkeys(
            ("children", "named_children", "named_modules", "apply"),
            "go through `model.modules()`, or `model.named_parameters()`",
        ),
        **dict.fromkeys(
            ("register_parameter", "add_module", "register_module"),
            "assign it to an attribute; it is found there",
        ),
        **dict.fromkeys(
            ("register_forward_hook", "register_backward_hook", "register_full_backward_hook"),
            "`tinygrad_neuron.walkthrough(v)` shows every number of both passes",
        ),
        **dict.fromkeys(
            ("weight", "bias"),
            "an `nn.Linear` has it; in an `nn.MLP` each neuron has its own, as in "
            "`model.layers[0].neurons[0].w`, and `b`",
        ),
        "forward": "call the module itself, as in `model([0.5, 1.0])`",
        "requires_grad_": "what shall not learn is left out of the list that the optimiser gets",
        "register_buffer": "a plain number or list in an attribute is no parameter; assign it",
        "compile": "write `tinygrad_neuron.compile(f)`, of the function that gives the loss",
    },
    "Optimiser": {
        "param_groups": "there is one group; the learning rate is `optimiser.lr`",
        "add_param_group": "make an optimiser for each group",
    },
    "datasets": {
        **dict.fromkeys(
            ("DataLoader", "TensorDataset", "random_split", "Subset"),
            "a data set is a list of pairs (input, target); `tinygrad_neuron.training.fit` makes "
            "shuffled batches of it, and `datasets.train_test_split` parts",
        ),
        **dict.fromkeys(
            ("mnist", "MNIST", "FashionMNIST", "CIFAR10", "ImageFolder"),
            "nothing is downloaded; there are the handwritten digits of `datasets.digits()`, and "
            "your own by `datasets.from_csv` and `datasets.from_arrays`",
        ),
        **dict.fromkeys(
            ("load_iris", "load_digits", "load_breast_cancer", "make_moons", "make_circles"),
            "the names are `datasets.iris`, `datasets.digits`, `datasets.breast_cancer`, "
            "`datasets.moons` and `datasets.circles`",
        ),
    },
    "": {
        **dict.fromkeys(
            ("no_grad", "inference_mode", "enable_grad", "set_grad_enabled"),
            _GRAPH + "leave the `with` away, and take numbers by `v.data` or a constant by "
            "`v.detach()`",
        ),
        **dict.fromkeys(
            ("tensor", "Tensor", "as_tensor", "scalar", "Variable"),
            _LISTS + "`Value(2.0)` is one number that gets a gradient; data can be plain lists",
        ),
        **dict.fromkeys(
            (
                "zeros",
                "ones",
                "rand",
                "randn",
                "arange",
                "linspace",
                "eye",
                "full",
                "empty",
                "from_numpy",
                "stack",
                "cat",
                "zeros_like",
                "ones_like",
            ),
            _LISTS + "write a list, as in `[Value(0.0) for _ in range(3)]`",
        ),
        **dict.fromkeys(
            ("matmul", "mm", "mv", "dot", "einsum", "bmm"),
            "write `sum([w * x for w, x in zip(ws, xs)])`, or use `nn.Linear`",
        ),
        "manual_seed": "there is no global generator: pass `seed=0` to models and data sets",
        "save": "write `model.save(path)`",
        "load": "write `model.load(path)`",
        "autograd": "gradients are `v.backward()`, `tinygrad_neuron.gradients(y, [x])` and "
        "`tinygrad_neuron.grad(f)`",
        "clamp": "write `maximum(minimum(v, highest), lowest)`",
        "clip": "write `maximum(minimum(v, highest), lowest)`",
        "pow": "write `v ** 2`, or `power(a, b)`",
        "max": "of two numbers it is `maximum(a, b)`; of many, `select(values, argmax(values))`",
        "min": "of two numbers it is `minimum(a, b)`",
        "mul": _NAMED + "`multiply`",
        "sub": _NAMED + "`subtract`",
        "div": _NAMED + "`divide`",
        "neg": _NAMED + "`negate`",
        "silu": _NAMED + "`swish`",
        "cuda": _SCALARS + 'compiled functions are fast on the processor: `compile(f, target="c")`',
        "device": _SCALARS + "leave it away",
        "utils": "data sets are in `tinygrad_neuron.datasets`; batches are made by "
        "`tinygrad_neuron.training.fit`",
        "functional": _FUNCTIONAL,
        **dict.fromkeys(
            (
                "float16",
                "float32",
                "float64",
                "int64",
                "long",
                "double",
                "dtype",
                "bfloat16",
                "set_default_dtype",
                "get_default_dtype",
                "set_printoptions",
            ),
            "every number is a Python float, of 64 bits",
        ),
        "one_hot": "a class is its number, `losses.cross_entropy(logits, target)`",
        "jit": "write `tinygrad_neuron.compile(f)`",
        "vmap": "go through a list, as in `[f(v) for v in values]`",
        "func": "`grad`, `jacobian`, `hessian` and `hvp` are functions of the package itself",
        "where": "of numbers it is `select([a, b], 0)`; on data a plain if will do",
        "distributed": "a model goes on in PyTorch, on one machine or many: "
        "`tinygrad_neuron.to_torch`",
    },
    "training": {
        **dict.fromkeys(
            ("train", "Trainer", "DataLoader", "train_loop"),
            "it is `training.fit`, which makes shuffled batches of pairs (input, target)",
        ),
    },
    "init": {
        **{
            theirs: f"its name is `init.{ours}`"
            for ours in ("he_normal", "he_uniform")
            for theirs in (f"kaiming_{ours[3:]}", f"kaiming_{ours[3:]}_")
        },
        **dict.fromkeys(
            ("normal", "normal_", "orthogonal", "orthogonal_", "trunc_normal_", "ones_", "eye_"),
            "one of your own is a function of a generator, fan-in and fan-out that returns a "
            "number: `nn.Linear(2, 3, init=lambda generator, fan_in, fan_out: generator.gauss(0, "
            "1))`",
        ),
    },
    "nn": {
        "Parameter": "a `Value` that stands in an attribute of an `nn.Module` is a parameter",
        **dict.fromkeys(
            ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict"),
            "a plain list or dictionary in an attribute of an `nn.Module` is found",
        ),
        **dict.fromkeys(
            ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm", "InstanceNorm1d"),
            "there are `nn.LayerNorm` and `nn.RMSNorm`, which need no batch",
        ),
        **dict.fromkeys(
            ("Softmax", "LogSoftmax"),
            "it is a function of a list, `softmax(logits)`; the loss takes the logits themselves",
        ),
        **dict.fromkeys(
            ("AdaptiveAvgPool1d", "AdaptiveAvgPool2d"),
            "a pool over the whole map gives one number for each channel: `nn.AvgPool2d(4)` of 4 x "
            "4",
        ),
        **dict.fromkeys(
            ("Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout"), "there is `nn.Dropout`"
        ),
        **dict.fromkeys(
            ("TransformerEncoder", "TransformerDecoder", "TransformerDecoderLayer", "Transformer"),
            "there is `nn.TransformerEncoderLayer`; several in a row are a `nn.Sequential` of them",
        ),
        **dict.fromkeys(
            (
                "Hardswish",
                "ReLU6",
                "CELU",
                "GLU",
                "LogSigmoid",
                "Threshold",
                "Softmin",
                "Bilinear",
                "Upsample",
                "ConvTranspose1d",
                "ConvTranspose2d",
                "Conv3d",
                "CosineSimilarity",
                "EmbeddingBag",
                "PixelShuffle",
                "Unfold",
                "Fold",
                "LPPool2d",
                "MaxUnpool2d",
            ),
            "it is not here; a layer of your own is an `nn.Module` with a method forward",
        ),
        "functional": _FUNCTIONAL,
        "init": "initialisers are in `tinygrad_neuron.init`, and given by name, as in "
        '`nn.Linear(2, 3, init="xavier_uniform")`',
        "utils": "clipping is `optim.clip_gradient_norm(parameters, largest)`",
        "CrossEntropyLoss": "losses are functions: `losses.cross_entropy(logits, target)`",
        "NLLLoss": "losses are functions: `losses.cross_entropy(logits, target)`",
        "MSELoss": "losses are functions: `losses.mean_squared_error(outputs, targets)`",
        "L1Loss": "losses are functions: `losses.mean_absolute_error(outputs, targets)`",
        "SmoothL1Loss": "losses are functions: `losses.huber(outputs, targets)`",
        "KLDivLoss": "losses are functions; `losses.cross_entropy(logits, [0.1, 0.9])` takes a "
        "distribution as its target",
        "HuberLoss": "losses are functions: `losses.huber(outputs, targets)`",
        "BCELoss": "losses are functions: `losses.binary_cross_entropy(p, target)`",
        "BCEWithLogitsLoss": "losses are functions: "
        "`losses.binary_cross_entropy_with_logits(logit, target)`",
    },
    "optim": {
        **dict.fromkeys(
            (
                "lr_scheduler",
                "StepLR",
                "MultiStepLR",
                "ExponentialLR",
                "LinearLR",
                "LambdaLR",
                "CosineAnnealingLR",
                "OneCycleLR",
                "ReduceLROnPlateau",
            ),
            "a schedule is given as the learning rate, as in `optim.SGD(parameters, "
            "lr=optim.step_decay(0.1, every=30))`; others are functions of the step",
        ),
        **dict.fromkeys(
            ("RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "LBFGS"),
            "there are `optim.SGD`, `optim.Adam` and `optim.AdamW`; one of your own is a subclass "
            "of `optim.Optimiser`",
        ),
    },
    "losses": {
        **dict.fromkeys(("mse_loss", "mse", "MSELoss"), "its name is `losses.mean_squared_error`"),
        **dict.fromkeys(("l1_loss", "mae", "L1Loss"), "its name is `losses.mean_absolute_error`"),
        **dict.fromkeys(("nll_loss", "CrossEntropyLoss"), "its name is `losses.cross_entropy`"),
        **dict.fromkeys(
            ("smooth_l1_loss", "SmoothL1Loss", "huber_loss", "HuberLoss"),
            "its name is `losses.huber`",
        ),
        "kl_div": "`losses.cross_entropy(logits, [0.1, 0.9])` takes a distribution as its target",
        **dict.fromkeys(("bce", "BCELoss"), "its name is `losses.binary_cross_entropy`"),
        **dict.fromkeys(
            ("bce_with_logits", "BCEWithLogitsLoss"),
            "its name is `losses.binary_cross_entropy_with_logits`",
        ),
    },
}

# Options of PyTorch's functions, where none of ours is near.
OPTIONS: dict[str, str] = {
    "requires_grad": "every `Value` gets a gradient; for a number that gets none write the plain "
    "number, or `v.detach()`",
    "dtype": "every number is a Python float, of 64 bits",
    "learning_rate": "its name is lr",
    "lr": "the learning rate is the optimiser's",
    "return_X_y": "a data set is a list of pairs, taken apart by `X, y = zip(*datasets.iris())`",
    "device": "there is one, the processor; leave it away",
    "dim": "a list has one dimension; go through a list of lists with a loop",
    "inplace": "every operation makes a new `Value`; leave it away",
    "reduction": "a loss is the mean over the examples; for their sum, multiply by how many there "
    "are",
    "foreach": "leave it away",
    "padding_mode": "padding is with zeros",
    "test_size": "its name is test_fraction",
    "verbose": "its name is progress",
    "strict": "every name has to fit; leave it away",
    "batch_first": "a call takes one example; leave it away",
    "dilation": "there is none; leave it away, or put zeros into a larger kernel",
    "groups": "every channel sees all others; leave it away, or use several layers",
    "bidirectional": "run a second layer on the reversed sequence, `x[::-1]`",
    "padding_idx": "no index is special; leave it away",
    "negative_slope": "its name is slope",
    "input": "it is the first argument, given by its place",
    "weight": "examples weigh the same; `2.0 * losses.cross_entropy(logits, target)` is the loss "
    "of one that weighs more",
    "label_smoothing": "give a distribution as the target, as in `losses.cross_entropy(logits, "
    "[0.9, 0.1])`",
    "ignore_index": "leave those examples out",
    **dict.fromkeys(
        ("amsgrad", "dampening", "maximize", "fused", "capturable", "differentiable"),
        "leave it away; an optimiser of your own is a subclass of `optim.Optimiser`",
    ),
    "weights_only": "nothing in a file is executed; leave it away",
}

# Objects of PyTorch, by a class that they are of: what stands for them here.
OBJECTS: dict[str, str] = {
    "Tensor": "as numbers it is .tolist(), or .item() of a single one",
    "Optimizer": PYTORCH["optim"]["RMSprop"],
    "LRScheduler": PYTORCH["optim"]["lr_scheduler"],
    "_Loss": "losses are functions in `tinygrad_neuron.losses`",
    "Module": "`tinygrad_neuron.from_torch` brings a module over",
    "DataLoader": "it gives batches: give its .dataset, and batch_size=32, for batches are made "
    "here",
}


def is_of_torch(x: Any) -> bool:
    """Whether this is a class, a function or an object of PyTorch itself."""
    return _of_torch(x) or (not isinstance(x, type) and _of_torch(type(x)))


def _of_torch(x: Any) -> bool:
    """Whether a class or a function stands in a module of PyTorch."""
    module = getattr(x, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] == "torch"


def instead_of(x: Any) -> str:
    """What to write here for what PyTorch has, or what was made of its classes; empty for anything
    else."""
    kind = x if isinstance(x, type) else type(x)
    if not any(map(_of_torch, (x, *kind.__mro__))):
        return ""
    name = getattr(x, "__name__", kind.__name__)
    kinds = [k.__name__ for k in kind.__mro__]
    if name in ("SGD", "Adam", "AdamW") and "Optimizer" in kinds:
        return f"here it is `optim.{name}(model.parameters(), lr=0.1)`"
    ours = {**PYTORCH["losses"], **PYTORCH["optim"], **PYTORCH["nn"]}.get(name)
    if ours is not None:
        return ours
    if name.startswith(("cross_entropy", "binary_cross_entropy")):
        return f"here it is `losses.{name}`"
    return next((OBJECTS[k] for k in kinds if k in OBJECTS), "")
