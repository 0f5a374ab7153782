"""The plan shows where something has changed, whatever is changed."""

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.model import Lane
from custom_components.smart_parking.plan_preview import PlanChange, level_shown

LANES = st.lists(
    st.builds(
        Lane,
        level=st.sampled_from(["", "1", "2", "Roof"]),
        points=st.tuples(st.tuples(st.integers(0, 9), st.just(0.0)), st.just((9.5, 1.0))),
    ),
    max_size=6,
)


@given(before=LANES, after=LANES)
def test_the_level_is_one_on_which_something_changed(before: list[Lane], after: list[Lane]) -> None:
    level = level_shown(PlanChange(lanes=after), PlanChange(lanes=before), "as before")
    new, gone = {*after} - {*before}, {*before} - {*after}
    assert level in ({one.level for one in new or gone} or {"as before"})


@given(lanes=LANES, data=st.data())
def test_the_level_is_that_of_the_line_that_was_typed(
    lanes: list[Lane], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(lanes)))
    typed = Lane(level="Cellar", points=((0.0, 0.0), (5.0, 5.0)))
    after = [*lanes[:at], typed, *lanes[at:]]
    assert level_shown(PlanChange(lanes=after), PlanChange(lanes=lanes), "1") == "Cellar"
    assert level_shown(PlanChange(lanes=lanes), PlanChange(lanes=after), "1") == "Cellar"
