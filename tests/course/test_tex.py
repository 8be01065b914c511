"""Formulas as text for terminals."""

import pytest

from tinygrad_neuron.course.tex import as_text, readable


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"z = w_1 x_1 + b", "z = w₁ x₁ + b"),
        (r"w_{12}^2", "w₁₂²"),
        (r"e^{z_i}", "e^(zᵢ)"),
        (r"x_{\text{new}}", "x_(new)"),
        (r"f'(x) \cdot f^\prime", "f'(x) · f′"),
        (r"w^\top x", "wᵀx"),
        (r"\frac{\partial L}{\partial z_i} = p_i - y_i", "∂L/∂zᵢ = pᵢ - yᵢ"),
        (r"\frac{(v + h)^2 - v^2}{h}", "((v + h)² - v²)/h"),
        (r"\left(\frac{q \cdot k_j}{\sqrt{n}}\right)", "((q · kⱼ)/√(n))"),
        (r"\sqrt{2 / n_{\mathrm{in}}}", "√(2 / nᵢₙ)"),
        (r"\frac12 \lambda w^2", "1/2 λw²"),
        (r"-\theta + 1", "-θ + 1"),
        (r"\Lambda \Phi\left(z\right)", "ΛΦ(z)"),
        (r"-t \ln\, p - \ln (1 - p)", "-t ln p - ln(1 - p)"),
        (r"\lVert w\rVert \lVert x\rVert \cos\alpha", "‖w‖ ‖x‖ cos α"),
        (r"\hat{y} \in \mathbb{R}", "y\u0302 ∈ ℝ"),
        (r"\vec w, \bar{x}", "w\u20d7, x\u0304"),
        (r"a \\ b", "a\nb"),
        (r"\unheard{x} \max(a, b)", "unheard x max(a, b)"),
        (r"100\,\% \{a\}", "100 % {a}"),
        ("x_", "x_()"),
        ("{a", "a"),
        ("a} b", "a b"),
        ("\\", ""),
    ],
)
def test_a_formula_is_what_unicode_can_show_of_it(tex, text):
    assert text == as_text(tex)


def test_marks_of_markdown_are_kept_from_it_in_formulas():
    assert "x\\_(a*b)" == readable(r"$x_{a*b}$", marks=True).replace("\\*", "*")
    assert "**x₁**" == readable("**$x_1$**", marks=True)
