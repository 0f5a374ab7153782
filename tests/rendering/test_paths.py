"""Paths become corners that can be painted."""

from math import hypot, isclose

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.rendering.glyphs import disc, hatching, rounded
from custom_components.smart_parking.rendering.paths import Contour, contours


def test_lines_are_what_they_are() -> None:
    assert contours("M1 2L3-4.5H6V-.5Z") == (
        Contour(((1.0, 2.0), (3.0, -4.5), (6.0, -4.5), (6.0, -0.5)), closed=True),
    )


def test_a_path_may_have_several_parts() -> None:
    first, second = contours("M0 0L1 0M5 5V6")
    assert first == Contour(((0.0, 0.0), (1.0, 0.0)), closed=False)
    assert second == Contour(((5.0, 5.0), (5.0, 6.0)), closed=False)


def test_small_letters_go_on_from_where_one_is() -> None:
    assert contours("M10 20l1 2h3v-4") == contours("M10 20L11 22H14V18")
    (relative,), (absolute,) = contours("M10 20c1 0 2 1 2 2"), contours("M10 20C11 20 12 21 12 22")
    assert relative == absolute


def test_a_curve_begins_and_ends_where_it_says() -> None:
    (curve,) = contours("M0 0Q10 0 10 10")
    assert curve.points[0] == (0.0, 0.0)
    assert curve.points[-1] == (10.0, 10.0)
    assert curve.points[len(curve.points) // 2] == (7.5, 2.5)


def test_a_smooth_curve_goes_on_in_the_same_direction() -> None:
    (smooth,) = contours("M0 0C0 5 5 10 10 10S20 5 20 0")
    (spelt_out,) = contours("M0 0C0 5 5 10 10 10C15 10 20 5 20 0")
    assert smooth == spelt_out


@given(st.floats(0.5, 100.0))
def test_a_disc_is_round_and_goes_all_the_way(radius: float) -> None:
    (circle,) = contours(disc(radius))
    assert circle.closed
    radius = round(radius, 1)
    assert all(isclose(hypot(x, y), radius, rel_tol=1e-6) for x, y in circle.points)
    for sign_x, sign_y in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        assert any(x * sign_x > 0.0 and y * sign_y > 0.0 for x, y in circle.points)


@pytest.mark.parametrize(
    ("path", "large"),
    [
        ("M-1 0A1 1 0 0 1 0-1", False),
        ("M-1 0A1 1 0 1 0 0-1", True),
        ("M0-1A1 1 0 0 0-1 0", False),
        ("M0-1A1 1 0 1 1-1 0", True),
    ],
)
def test_an_arc_takes_the_side_that_it_says(path: str, large: bool) -> None:
    ((points, _),) = contours(path)
    assert all(isclose(hypot(x, y), 1.0) for x, y in points)
    assert any(x > 0.5 for x, _ in points) is large


@given(st.floats(1.0, 300.0), st.floats(1.0, 300.0), st.floats(0.0, 40.0))
def test_a_rectangle_is_as_big_as_it_says(width: float, height: float, radius: float) -> None:
    (rectangle,) = contours(rounded(width, height, radius))
    xs, ys = zip(*rectangle.points, strict=True)
    assert max(xs) - min(xs) == pytest.approx(width, abs=0.2)
    assert max(ys) - min(ys) == pytest.approx(height, abs=0.2)


@given(st.floats(8.0, 300.0), st.floats(8.0, 300.0), st.sampled_from([5.0, 11.0, 13.0]))
def test_hatching_stays_inside(width: float, height: float, gap: float) -> None:
    for line in contours(hatching(width, height, gap)):
        assert all(abs(x) <= width / 2.0 + 0.1 for x, _ in line.points)
        assert all(abs(y) <= height / 2.0 + 0.1 for _, y in line.points)
        (x, y), (to_x, to_y) = line.points
        assert abs(to_x - x) == pytest.approx(abs(to_y - y), abs=0.21), "it is at 45°"


@pytest.mark.parametrize("path", ["M0 0T5 5", "M0 0L1", "M0 0Z5", "M0 0LL1 1"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError):
        contours(path)
