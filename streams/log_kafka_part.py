"""One partition of the log in Kafka, as its processor reads it: only what was committed, from any position on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from streams.kafka_client import LARGEST_ENTRY_BYTES, KafkaClient
from streams.log import START, Entry

_Answer = TypeVar("_Answer")


class KafkaPart:
    """A `LogPart`. Positions are offsets in decimal, with gaps: Kafka counts the ends of transactions, too.

    `number` is that of the partition. One thread at a time.
    """

    def __init__(self, client: KafkaClient, topic: str, number: int) -> None:
        self.number = number
        self._client = client
        self._place = TopicPartition(topic, number)
        self._consumer: AIOKafkaConsumer | None = None
        self._ends: AIOKafkaConsumer | None = None
        self._next = -1

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """See `LogPart.read`. Everything that was acknowledged before the call is there."""
        start = int(after) + 1 if after != START else 0

        async def work() -> Sequence[Entry]:
            deadline = time.monotonic() + wait_seconds
            consumer = await self._reader(start)
            entries = await self._ready(consumer, limit, 0.0)
            end = -1
            while not entries:
                if end < 0:
                    _, end = await self._bounds()
                left_seconds = deadline - time.monotonic()
                behind = await consumer.position(self._place) < end
                if not behind and left_seconds <= 0:
                    break
                entries = await self._ready(consumer, limit, max(left_seconds, 0.05) if not behind else 0.5)
            if entries:
                self._next = int(entries[-1].position) + 1
            return entries

        return self._call("read", work, wait_seconds)

    def first(self) -> str | None:
        """See `LogPart.first`."""
        entries = self.read(START, 1)
        return entries[0].position if entries else None

    def last(self) -> str:
        """See `LogPart.last`."""

        first, end = self._call("read", self._bounds)
        # In front of the end stand the marks of transactions, of those that were broken off also their entries.
        step = 2
        while True:
            start = max(first, end - step)
            position = START
            while entries := self.read(str(start - 1) if start else START, 1_000):
                position = entries[-1].position
                start = int(position) + 1
            if position != START or end - step <= first:
                return position
            step *= 4

    def holds(self, position: str) -> bool:
        """See `LogPart.holds`."""
        if position == START:
            return False
        before = str(int(position) - 1) if int(position) else START
        return [entry.position for entry in self.read(before, 1)] == [position]

    def missing(self) -> tuple[int, int] | None:
        """See `LogPart.missing`. From when the missing ones were is not known: from ever."""

        async def work() -> tuple[int, int] | None:
            first, _ = await self._bounds()
            if first == 0:
                return None
            consumer = await self._reader(first)
            self._next = -1
            records = (await consumer.getmany(self._place, timeout_ms=500, max_records=1)).get(self._place, [])
            return 0, records[0].timestamp if records else time.time_ns() // 1_000_000

        return self._call("read", work)

    def trim(self, keep_after_ms: int, not_beyond_position: str) -> None:
        """Deletes what the log took in before `keep_after_ms` (UTC, exclusive), nothing at or behind the position."""
        if not_beyond_position == START:
            return

        async def work() -> None:
            consumer = await self._reader(0)
            self._next = -1
            found = (await consumer.offsets_for_times({self._place: keep_after_ms}))[self._place]
            until = int(not_beyond_position) if found is None else min(found.offset, int(not_beyond_position))
            first, _ = await self._bounds()
            if until <= first:
                return
            admin = AIOKafkaAdminClient(bootstrap_servers=self._client.brokers)
            await admin.start()
            try:
                await admin.delete_records({self._place: RecordsToDelete(until)})
            finally:
                await admin.close()

        self._call("trim", work)

    def close(self) -> None:
        """Gives the connections back; the next call opens new ones."""
        for consumer in (self._consumer, self._ends):
            if consumer is not None:
                self._client.start(consumer.stop)
        self._consumer = self._ends = None
        self._next = -1

    def _call(self, doing: str, work: Callable[[], Coroutine[Any, Any, _Answer]], more_seconds: float = 0.0) -> _Answer:
        doing = f"{doing} partition {self.number} of the log {self._place.topic}"
        try:
            return self._client.call(doing, work, more_seconds)
        except BaseException:
            # A call that was broken off may have moved the reader: the next one sets out anew.
            self._next = -1
            raise

    async def _reader(self, start: int) -> AIOKafkaConsumer:
        if self._consumer is None:
            self._consumer = await self._new_consumer("read_committed")
        if self._next != start:
            first, _ = await self._bounds()
            self._consumer.seek(self._place, max(start, first))
            self._next = start
        return self._consumer

    async def _ready(self, consumer: AIOKafkaConsumer, limit: int, wait_seconds: float) -> list[Entry]:
        entries: list[Entry] = []
        while len(entries) < limit:
            wait_ms = 0 if entries else int(wait_seconds * 1000)
            found = await consumer.getmany(self._place, timeout_ms=wait_ms, max_records=limit - len(entries))
            if not found:
                break
            entries += (Entry(str(record.offset), record.value) for record in found[self._place])
        return entries

    async def _bounds(self) -> tuple[int, int]:
        """The first offset there is, and the one behind the last, finished or not."""
        if self._ends is None:
            self._ends = await self._new_consumer("read_uncommitted")
        first, end = await asyncio.gather(
            self._ends.beginning_offsets([self._place]), self._ends.end_offsets([self._place])
        )
        return first[self._place], end[self._place]

    async def _new_consumer(self, isolation_level: str) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._client.brokers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level=isolation_level,
            max_partition_fetch_bytes=LARGEST_ENTRY_BYTES,
            request_timeout_ms=int(self._client.call_seconds * 1000),
        )
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        consumer.assign([self._place])
        return consumer
