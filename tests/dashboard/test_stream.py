"""GET /stream: a snapshot first, then changes without a gap; it ends with the session."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dashboard.access import Scope
from dashboard.hub import TELL_EVERY_SECONDS
from dashboard.session_store import IDLE_MS
from dashboard.stream import STREAMS_PER_SESSION
from streams.query import iso
from tests.dashboard.centre import Centre, cells, reading

HEARTBEAT = b": the picture stands still\n\n"


class Stream:
    """One open stream, read event by event."""

    def __init__(self, answer: TestResponse) -> None:
        assert answer.status_code == 200, answer.text
        self.answer = answer
        self._parts = answer.iter_encoded()

    def raw(self) -> bytes:
        return next(self._parts)

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """What the next wake-up brings."""
        found = []
        for block in self.raw().decode().split("\n\n"):
            if block and not block.startswith(":"):
                kind, data = block.split("\n")
                assert kind.startswith("event: ")
                found.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        return found

    def event(self) -> tuple[str, dict[str, Any]]:
        (only,) = self.events()
        return only


def open_stream(centre: Centre, name: str = "chefin", query: str = "view=desk") -> Stream:
    return Stream(centre.signed_in(name).get(f"/stream?{query}"))


def test_headers_of_a_stream(centre: Centre) -> None:
    answer = centre.signed_in("chefin").get("/stream", headers={"Accept-Encoding": "br, gzip"})
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers
    answer.close()


def test_first_everything_then_only_what_changed_also_when_nothing_did(centre: Centre) -> None:
    stream = open_stream(centre)
    kind, first = stream.event()
    assert kind == "snapshot"
    assert first["as_of"] == iso(centre.clock.now_ms)
    assert any("Reklamation-NC" in text or "75,0" in text for text in first["fields"].values())
    centre.tick()
    kind, second = stream.event()
    assert kind == "change"
    assert second["seq"] == first["seq"] + 1
    assert second["as_of"] == iso(centre.clock.now_ms)
    assert second["layout"] == first["layout"]
    assert len(second["fields"]) < len(first["fields"]) / 4
    centre.tick(1, [reading(cells()[0], offered=40, in_time=4)])
    kind, third = stream.event()
    assert (kind, third["seq"]) == ("change", first["seq"] + 2)
    assert any(text.startswith("10,0") for text in third["fields"].values())
    assert {name: text for name, text in third["fields"].items() if first["fields"].get(name) == text} == {}


def test_changes_applied_to_the_snapshot_give_the_next_snapshot(centre: Centre) -> None:
    stream = open_stream(centre)
    shown = stream.event()[1]["fields"]
    for in_time in (3, 9, 27, 27, 40):
        centre.tick(1, [reading(cells()[1], offered=40, in_time=in_time)])
        shown |= stream.event()[1]["fields"]
    assert shown == open_stream(centre).event()[1]["fields"]


def test_who_falls_behind_a_little_gets_all_changes_and_who_falls_behind_far_a_snapshot(centre: Centre) -> None:
    stream = open_stream(centre)
    first = stream.event()[1]["seq"]
    for _ in range(3):
        centre.tick()
    assert [(kind, data["seq"]) for kind, data in stream.events()] == [
        ("change", first + number) for number in (1, 2, 3)
    ]
    for _ in range(50):
        centre.tick()
    assert [(kind, data["seq"]) for kind, data in stream.events()] == [("snapshot", first + 53)]


def test_at_most_two_changes_a_second(centre: Centre) -> None:
    stream = open_stream(centre)
    first = stream.event()[1]["seq"]
    for _ in range(40):
        centre.clock.pass_seconds(0.1)
        centre.publish([reading(cells()[0], in_time=centre.clock.now_ms // 100 % 40)])
        centre.hub.step()
    assert 7 <= stream.events()[-1][1]["seq"] - first <= 8


def test_a_picture_that_stands_still_sends_no_news_so_that_pages_turn_grey(centre: Centre) -> None:
    stream = open_stream(centre)
    stream.raw()
    for _ in range(3):
        centre.clock.pass_seconds(TELL_EVERY_SECONDS)
        centre.hub.push_if_due()
        assert stream.raw() == HEARTBEAT
    centre.tick()
    assert stream.event()[0] == "change"


def test_before_the_first_picture_a_stream_waits_and_then_begins(tmp_path: Any) -> None:
    centre = Centre(tmp_path, with_desk=False)
    stream = open_stream(centre)
    assert stream.raw() == HEARTBEAT
    centre.publish_all()
    centre.clock.pass_seconds(1)
    centre.hub.push_if_due()
    assert stream.event()[0] == "snapshot"


def ends_within(stream: Stream, centre: Centre, seconds: int) -> bool:
    for _ in range(seconds):
        centre.tick()
        try:
            stream.raw()
        except StopIteration:
            return True
    return False


def test_a_stream_ends_within_five_seconds_of_logout(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    stream = Stream(client.get("/stream"))
    stream.raw()
    for _ in range(12):
        centre.tick()
        stream.raw()
    client.post("/logout")
    assert ends_within(stream, centre, 5)


def test_a_stream_ends_within_five_seconds_of_a_changed_scope(centre: Centre) -> None:
    stream = open_stream(centre, "nordcall")
    user = centre.users.verify("nordcall", "a long pass phrase", "x")
    assert user is not None
    stream.raw()
    centre.users.give(user.id, "partner", Scope.of({"provider": ["Servio"]}))
    assert ends_within(stream, centre, 5)


def test_a_stream_ends_within_five_seconds_of_a_right_to_see_money_that_was_taken(centre: Centre) -> None:
    stream = open_stream(centre, "chefin")
    user = centre.users.verify("chefin", "a long pass phrase", "x")
    assert user is not None
    stream.raw()
    centre.users.give(user.id, "team_lead", Scope())
    assert ends_within(stream, centre, 5)


def test_watching_is_no_use_of_the_session_but_on_a_wall(centre: Centre) -> None:
    phone, wall = open_stream(centre, "chefin", "view=phone"), open_stream(centre, "chefin", "view=wall")
    phone.raw()
    wall.raw()
    for _ in range(IDLE_MS // 30_000 - 1):
        centre.tick(30)
        wall.raw()
        phone.raw()
    centre.tick(25)
    phone.raw()
    assert ends_within(phone, centre, 10)
    for _ in range(5):
        wall.raw()
        centre.tick()
    assert wall.raw()


def test_same_views_share_one_board_however_many_streams(centre: Centre) -> None:
    streams = [open_stream(centre, "chefin") for _ in range(5)] + [open_stream(centre, "betrieb") for _ in range(5)]
    payloads = {stream.raw() for stream in streams}
    centre.composed.clear()
    centre.tick()
    assert len(centre.composed) == 1
    assert len(payloads) == 1
    changes = [stream.raw() for stream in streams]
    assert all(change is changes[0] for change in changes)


def test_closed_streams_leave_nothing_behind(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    answers = [client.get("/stream") for _ in range(STREAMS_PER_SESSION)]
    assert client.get("/stream").status_code == 429
    for answer in answers:
        answer.close()
    centre.composed.clear()
    centre.tick()
    assert centre.composed == []
    again = client.get("/stream")
    assert again.status_code == 200
    again.close()


def test_stopping_the_server_ends_all_streams(centre: Centre) -> None:
    stream = open_stream(centre)
    stream.raw()
    centre.app.extensions["close"]()
    with pytest.raises(StopIteration):
        stream.raw()


def test_each_user_reads_in_the_own_language(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    german = Stream(client.get("/stream")).event()[1]["fields"]
    client.post("/language", data={"language": "en"})
    english = Stream(client.get("/stream")).event()[1]["fields"]
    assert german["page:as_of"].startswith("Stand")
    assert not english["page:as_of"].startswith("Stand")
