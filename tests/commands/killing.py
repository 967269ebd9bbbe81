"""Parts killed again and again while lines come in: nothing may be lost, nothing counted twice."""

from __future__ import annotations

import random
from pathlib import Path

import psutil

from tests.commands.callers import Callers, Growing
from tests.commands.running import Browser, StartUp, Up, assert_totals, gone, place_with_feed, wait_for


def kill_part(start_up: StartUp, folder: Path, part: str, times: int) -> None:
    """`kill -9` of core, redis, web or worker, each time somewhere else in the stream of lines."""
    place, queue_log = place_with_feed(folder)
    chance = random.Random(part)
    growing = Growing(queue_log, Callers(seed=3))
    growing.write_past(seconds=2000, lines=4000)
    up = start_up(place).ready()
    url = up.url
    others = {name: pid for name, pid in up.pids().items() if part not in name and (name, part) != ("worker", "web")}
    with growing:
        for _ in range(times):
            wait_for_more(up, growing, chance.randrange(300))
            up.kill(part)
        wait_for_more(up, growing, 1)
        wait_for(lambda: Browser(url).ask("GET", "/readyz")[0] == 200, "the web to be ready at the same address")
    assert_totals(up, growing.lines)
    assert {name: up.pids()[name] for name in others} == others, "a part ended that nobody killed"
    assert up.errors.count("starting it again") == (times if part != "worker" else 0), up.errors


def kill_up(start_up: StartUp, folder: Path, times: int) -> None:
    """`kill -9` of `up` itself: no orphan stays, and the next `up` on the same address goes on."""
    place, queue_log = place_with_feed(folder)
    chance = random.Random(times)
    growing = Growing(queue_log, Callers(seed=4))
    growing.write_past(seconds=2000, lines=4000)
    up = start_up(place).ready()
    port = up.url.rpartition(":")[2]
    with growing:
        for number in range(times):
            wait_for_more(up, growing, chance.randrange(300))
            everything = up.descendants()
            assert len(everything) >= 4, everything
            up.process.kill()
            up.process.wait()
            if number % 2:
                wait_until_gone(everything)
            up = start_up(place, "--port", port).ready()
            wait_until_gone(everything)
        wait_for_more(up, growing, 1)
    assert_totals(up, growing.lines)


def kill_up_while_it_starts(start_up: StartUp, folder: Path, after_children: int) -> None:
    """`kill -9` of an `up` that has just started so many processes: none of them stays."""
    place, _ = place_with_feed(folder)
    up = start_up(place)
    wait_for(lambda: len(up.descendants()) >= after_children, f"{after_children} processes")
    everything = up.descendants()
    psutil.Process(up.process.pid).suspend()
    everything += up.descendants()
    up.process.kill()
    up.process.wait()
    wait_until_gone(everything)


def wait_until_gone(processes: list[psutil.Process]) -> None:
    """Returns when none of them runs any more."""
    wait_for(lambda: gone(processes), "every process to end with `up`", 10.0)


def wait_for_more(up: Up, growing: Growing, lines: int) -> None:
    """Returns when the live picture holds all that is written by now, and so many lines more have been written."""
    written = len(growing.lines)
    wait_for(lambda: up.received() >= written, f"{written} lines to be counted")
    wait_for(lambda: len(growing.lines) >= written + lines, "more lines to be written")
