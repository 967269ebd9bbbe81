"""Faust as what hands out the parts of the log: membership, assignment and rebalance, nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Any

import faust

SESSION_SECONDS = 8.0
"""A worker that is gone is noticed after this."""

_HEARTBEAT_SECONDS = 1.0
_REQUEST_SECONDS = 12.0
for _name in ("faust", "mode"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def turns_topic(topic: str) -> str:
    """The empty topic whose partitions stand for the parts of the log `topic`."""
    return f"{topic}-turns"


async def follow(
    brokers: str,
    topic: str,
    worker: str,
    assigned: Callable[[Collection[int]], None],
    stop: asyncio.Event,
    scratch: str,
) -> None:
    """Keeps this worker in the group until `stop`; `assigned` hears all parts that are its own, at every change.

    `worker` is its fixed name in the group: one that is started again under its name within the session gets its
    parts back at once. `scratch`: a folder that Faust wants to have and puts nothing into. Ends with an error when the
    group or Faust fails for good.
    """
    app = faust.App(
        topic,
        broker=[f"kafka://{broker}" for broker in brokers.split(",")],
        broker_client_id=f"{topic}-{worker}",
        consumer_group_instance_id=worker,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=_HEARTBEAT_SECONDS,
        broker_request_timeout=_REQUEST_SECONDS,
        store="memory://",
        datadir=scratch,
        key_serializer="raw",
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    turns = app.topic(turns_topic(topic), key_type=bytes, value_type=bytes)

    @app.agent(turns, concurrency=1)
    async def nothing(stream: Any) -> None:
        async for _ in stream:
            logging.getLogger(__name__).error("a record in %s, which must stay empty, is ignored", turns_topic(topic))

    @app.on_partitions_assigned.connect
    def on_assigned(_app: Any, /, *said: Any, **_: Any) -> None:
        (places,) = said
        assigned({place.partition for place in places if place.topic == turns_topic(topic)})

    app.finalize()
    await app.start()
    try:
        ended = asyncio.ensure_future(app.wait_until_stopped())
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        ended.cancel()
        if not stop.is_set():
            message = f"Faust ended by itself: {app.crash_reason!r}"
            raise RuntimeError(message)
    finally:
        await app.stop()
