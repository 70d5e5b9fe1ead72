"""LaTeX becomes MathML and text, and what cannot be converted is refused, never passed through."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ddcl_theory.report.mathml import statement
from ddcl_theory.report.plaintext import plain

TEXTS = [
    (r"\tfrac{d}{dT}\,\mathbb{E}_q[d] \ge 0", "d/dT 𝔼_q[d] ≥ 0"),
    (r"\lVert z-p_j\rVert^2", "‖z − p_j‖²"),
    (r"\left\| x \right\|^2 = \bigl\| x \bigr\|^2", "‖x‖² = ‖x‖²"),
    (r"\operatorname{tr} S_q = 1 - \|q\|^2", "tr S_q = 1 − ‖q‖²"),
    (
        r"\text{for all } k \geq 2 \text{ and every } T > 0,\quad V(q(T), P) \le c",
        "for all k ≥ 2 and every T > 0, V(q(T), P) ≤ c",
    ),
    (r"\bar q, \dot P, \nabla_P E", "q̄, Ṗ, ∇_P E"),
    (r"\arg\min_{q \in \Delta} L_q(q)", "arg min_{q ∈ Δ} L_q(q)"),
    (r"\lambda_{\max}(\Sigma)", "λ_max(Σ)"),
    (r"a \implies b \iff c", "a ⟹ b ⟺ c"),
    (r"L_{\mathrm{sep}} = -\sum_{i<j}\|p_i-p_j\|^2", "L_sep = −∑_{i < j} ‖p_i − p_j‖²"),
    (r"V \to 0 \text{ as } T \to 0^+", "V → 0 as T → 0^+"),
    (r"P^\top z", "Pᵀz"),
    (r"[0,1) \subset \mathbb{R}", "[0, 1) ⊂ ℝ"),
    (r"-2q_j(z - p_j)", "−2q_j(z − p_j)"),
    (r"\text{KL}(\bar q \,\|\, u)", "KL(q̄‖u)"),
    (r"\sum_j q_j \log q_j", "∑_j q_j log q_j"),
    (r"\frac{1}{k}\sum_{j=1}^k p_j", "1/k ∑_{j = 1}^k p_j"),
    (r"\frac{a+b}{c d} + \frac{\lambda_P}{2}", "(a + b)/cd + λ_P/2"),
    (r"(P^\top P)^{-1}P^\top z", "(PᵀP)⁻¹Pᵀz"),
    (r"\text{if $x$ \& <b> fall}", "if x & <b> fall"),
    (r"x_{\text{a <b>}}", "x_{a <b>}"),
    (r"\mathbf{1}^\top q = 1", "𝟏ᵀq = 1"),
    (r"\sqrt{x^2 + 1}", "√(x² + 1)"),
    (r"\{1,\dots,k\}", "{1, …, k}"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1, 2; 3, 4)"),
    (r"S_q \succeq 0", "S_q ⪰ 0"),
]


@pytest.mark.parametrize(("latex", "text"), TEXTS)
def test_plain(latex: str, text: str) -> None:
    assert plain(latex) == text


@pytest.mark.parametrize("latex", [latex for latex, _ in TEXTS])
@pytest.mark.parametrize("display", [False, True])
def test_mathml_is_well_formed_and_closed(latex: str, display: bool) -> None:
    tree = ElementTree.fromstring(f"<p>{statement(latex, display=display)}</p>")
    assert {element.tag for element in tree.iter()} <= {
        "p",
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "mfrac",
        "msub",
        "msup",
        "msubsup",
        "mover",
        "munder",
        "munderover",
        "msqrt",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
    }
    assert "\\" not in "".join(tree.itertext())
    assert all((element.get("displaystyle") == "true") is display for element in tree.iter("math"))


BAD = [
    (r"\foo x", r"not known: \\foo"),
    (r"\frac{1", "unbalanced"),
    (r"\frac{1}", "lacks an argument|cannot be converted"),
    ("a & b", "stray '&'"),
    ("}", "unbalanced"),
    ("(a", "unbalanced"),
    ("", "is empty"),
    ("  ", "is empty"),
    (r"x^", "cannot be converted"),
    (r"\text for", "without its braces"),
    (r"\left( x", "cannot be converted|unbalanced"),
]


@pytest.mark.parametrize(("latex", "why"), BAD)
def test_refuses_what_it_does_not_understand(latex: str, why: str) -> None:
    for convert in (statement, plain):
        with pytest.raises(ValueError, match=why) as caught:
            convert(latex)
        assert repr(latex) in str(caught.value)


def test_markup_in_words_stays_text() -> None:
    assert statement(r"\text{a <script>alert(1)</script> b}") == "a &lt;script&gt;alert(1)&lt;/script&gt; b"
    assert "<b>" not in statement(r"x_{\text{<b>bold</b>}}")


def test_a_statement_breaks_at_words_commas_and_implications() -> None:
    html = statement(r"\text{if } a > 0,\ b > 0 \implies c > 0 \text{ then all is well}")
    assert html.count("<math>") == 3
    assert re.sub("<math>.*?</math>", "F", html).split() == ["if", "F,", "F", "⟹", "F", "then", "all", "is", "well"]


def test_a_long_formula_breaks_before_relations_outside_of_brackets() -> None:
    html = statement(r"\sum_j q_j d_j + V = f(a = b, c + d, e - f) - \sum_j \|z - p_j\|^2 \le 0")
    starts = re.findall(r'<math><mo form="infix">(.)</mo>', html)
    assert starts == ["+", "=", "−", "≤"]
    assert statement("a = b + c").count("<math>") == 1


def test_words_of_formulas_are_set_as_words() -> None:
    assert '<mo lspace="0" rspace="0.167em">tr</mo>' in statement(r"\operatorname{tr} S")
    assert "<msub><mi>L</mi><mi>sep</mi></msub>" in statement(r"L_{\mathrm{sep}}")
    assert statement(r"\operatorname*{arg\,min}_q x").count("argmin") == 1
