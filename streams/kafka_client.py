"""Talking to Kafka from plain code: one thread with an event loop of its own, a time limit on every call.

aiokafka repeats what failed for as long as it takes. Whoever calls here gets an answer in time instead and decides
for himself.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as NoAnswer
from typing import Any, TypeVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaError,
    KafkaStorageError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)

from streams.kafka_topics import hold
from streams.log import LogFull, LogUnavailable

CALL_SECONDS = 8.0
LARGEST_ENTRY_BYTES = 16_777_216
_Answer = TypeVar("_Answer")
_NOTHING: Mapping[str, str] = {}
# Its own words about every attempt would bury ours, which come once.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


class KafkaClient:
    """A cluster by its `host:port[,host:port]`. Threads may share one; nothing is connected before the first call."""

    def __init__(self, brokers: str, call_seconds: float = CALL_SECONDS) -> None:
        self.brokers = brokers
        self.call_seconds = call_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._clearing: list[Future[None]] = []

    def call(self, doing: str, work: Callable[[], Coroutine[Any, Any, _Answer]], more_seconds: float = 0.0) -> _Answer:
        """Does the work on the loop. Raises `LogUnavailable` (also when no answer comes in time) or `LogFull`."""
        running = asyncio.run_coroutine_threadsafe(work(), self._running_loop())
        try:
            return running.result(self.call_seconds + more_seconds)
        except NoAnswer as error:
            running.cancel()
            message = f"could not {doing}: Kafka at {self.brokers} gave no answer in {self.call_seconds:g} s"
            raise LogUnavailable(message) from error
        except KafkaStorageError as error:
            message = f"could not {doing}: the disk of Kafka at {self.brokers} is full or broken: free some ({error})"
            raise LogFull(message) from error
        except KafkaError as error:
            message = f"could not {doing} at Kafka {self.brokers}: {type(error).__name__}: {error}"
            raise LogUnavailable(message) from error

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does the work on the loop without waiting for it; what goes wrong there is of no interest any more."""

        async def quietly() -> None:
            try:
                await asyncio.wait_for(work(), self.call_seconds)
            except (KafkaError, TimeoutError) as error:
                logging.getLogger(__name__).debug("clearing away at %s: %s", self.brokers, error)

        self._clearing = [one for one in self._clearing if not one.done()]
        self._clearing.append(asyncio.run_coroutine_threadsafe(quietly(), self._running_loop()))

    def close(self) -> None:
        """Ends the loop once what `start` began is done."""
        with self._lock:
            loop, self._loop, thread = self._loop, None, self._thread
        if loop is None:
            return
        wait(self._clearing, self.call_seconds)
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(self.call_seconds)
        loop.call_soon_threadsafe(loop.stop)
        assert thread is not None
        thread.join()
        loop.close()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="kafka", daemon=True)
                self._thread.start()
            return self._loop

    def topic(self, name: str, partitions: int, settings: Mapping[str, str], must: Mapping[str, str] = _NOTHING) -> int:
        """Makes the topic where it is missing; how many partitions it has, which is not ours to change.

        `settings` are for a new topic, `must` for one that is there, too.
        """

        async def work() -> int:
            admin = AIOKafkaAdminClient(
                bootstrap_servers=self.brokers, request_timeout_ms=int(self.call_seconds * 1000)
            )
            await admin.start()
            try:
                while True:
                    (found,) = await admin.describe_topics([name])
                    if found["error_code"] == 0 and found["partitions"]:
                        await hold(admin, name, must)
                        return len(found["partitions"])
                    error = for_code(found["error_code"])
                    if error is UnknownTopicOrPartitionError:
                        new = NewTopic(name, partitions, 1, topic_configs={**settings, **must})
                        new.replication_factor = _AS_THE_BROKER_SAYS  # its constructor refuses that
                        (made,) = (await admin.create_topics([new])).topic_errors
                        if made[1] not in (0, TopicAlreadyExistsError.errno):
                            raise for_code(made[1])(made[2])
                    await asyncio.sleep(0.05)
            finally:
                await admin.close()

        return self.call(f"find or make the topic {name}", work)


_TURNS_TO_CLOSE = 4
"""A closed connection gives its socket back some turns of the loop later."""

_AS_THE_BROKER_SAYS = -1
"""The replication factor of a new topic: `default.replication.factor` of the cluster."""


async def _end_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _ in range(_TURNS_TO_CLOSE):
        await asyncio.sleep(0)
