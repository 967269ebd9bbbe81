"""The log in a Kafka topic: its partitions are the parts.

An append is one transaction: an entry for every partition, and the bookmark, as the newest record of its name in a
compacted topic. Each bookmark has a transactional id of its own. After a failure the writer reads its bookmark, and
that begins with a new producer of this id: Kafka then first ends whatever the old one had begun, one way or the other,
and hears nothing from it any more. So what the bookmark says is final, and an old collector is kept out.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Mapping, Sequence

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import IllegalOperation

from streams.kafka_client import LARGEST_ENTRY_BYTES, KafkaClient
from streams.log import LogUnavailable
from streams.log_kafka_part import KafkaPart

DEFAULT_PARTITIONS = 8
_TRANSACTION_SECONDS = 10
"""A writer that was killed inside an append holds readers up for so long, or until it is started again."""

_NO_BOOKMARK = ""
_LOG_SETTINGS = {"max.message.bytes": str(LARGEST_ENTRY_BYTES)}
_LOG_MUST = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
"""Kafka itself deletes nothing: it does not know what is counted and recorded. `KafkaPart.trim` deletes behind both."""
_BOOKMARK_SETTINGS = {"segment.bytes": "16777216", "max.message.bytes": str(LARGEST_ENTRY_BYTES)}
_BOOKMARK_MUST = {"cleanup.policy": "compact"}
_GONE_ON_WITH = (IllegalOperation, AssertionError)
"""What aiokafka raises for the next step of a transaction that has failed since the step before."""
_fields = msgspec.msgpack.Decoder(dict[str, bytes])


class KafkaLog:
    """An `EventLog` in `topic`, with bookmarks in `topic`-bookmarks; both are made where they are missing.

    `partitions` counts only for a new topic. Threads may share one instance as long as each bookmark name has one
    writer.
    """

    def __init__(self, client: KafkaClient, topic: str = "leitstand", partitions: int = DEFAULT_PARTITIONS) -> None:
        self.client = client
        self.topic = topic
        self._partitions = partitions
        self._parts: tuple[KafkaPart, ...] = ()
        self._producers: dict[str, AIOKafkaProducer] = {}
        self._unsure: set[str] = set()
        self._own_name = f"{topic}:{uuid.uuid4()}"
        self._lock = threading.Lock()

    @property
    def parts(self) -> Sequence[KafkaPart]:
        """See `EventLog.parts`."""
        with self._lock:
            if not self._parts:
                count = self.client.topic(self.topic, self._partitions, _LOG_SETTINGS, _LOG_MUST)
                self.client.topic(self._bookmarks, 1, _BOOKMARK_SETTINGS, _BOOKMARK_MUST)
                self._parts = tuple(KafkaPart(self.client, self.topic, number) for number in range(count))
            return self._parts

    def append(
        self, payloads: Sequence[bytes], bookmark: tuple[str, Mapping[str, bytes]] | None = None
    ) -> tuple[str, ...]:
        """See `EventLog.append`. After a failure it fails until the bookmark was read."""
        to_each = list(zip(self.parts, payloads, strict=True))
        name, fields = bookmark or (_NO_BOOKMARK, None)
        if name in self._unsure and fields is not None:
            message = f"an append to {self.topic} failed: read the bookmark {name!r} to learn whether it happened"
            raise LogUnavailable(message)

        async def in_one_transaction(producer: AIOKafkaProducer) -> tuple[str, ...]:
            await producer.begin_transaction()
            # Sent first, awaited together: all of it travels at once.
            sent = [await producer.send(self.topic, payload, partition=part.number) for part, payload in to_each]
            if fields is not None:
                value = msgspec.msgpack.encode(dict(fields))
                sent.append(await producer.send(self._bookmarks, value, key=name.encode(), partition=0))
            reports = await asyncio.gather(*sent)
            await producer.commit_transaction()
            return tuple(str(report.offset) for report in reports[: len(to_each)])

        async def work() -> tuple[str, ...]:
            producer = self._producers.get(name) or await self._new_producer(name)
            try:
                return await in_one_transaction(producer)
            except _GONE_ON_WITH as error:
                message = f"an append to {self.topic} was broken off: another writer of {name!r} has begun"
                raise LogUnavailable(message) from error

        try:
            return self.client.call(f"append to the log {self.topic}", work)
        except BaseException:
            self._unsure.add(name)
            self._drop(name)
            raise

    def bookmark(self, name: str) -> dict[str, bytes]:
        """See `EventLog.bookmark`. Whoever else writes under this name has to read it anew, too."""
        assert self.parts
        self._drop(name)

        async def work() -> dict[str, bytes]:
            await self._new_producer(name)
            return await self._read_bookmark(name)

        fields = self.client.call(f"read a bookmark of the log {self.topic}", work)
        self._unsure.discard(name)
        return fields

    def close(self) -> None:
        """Gives every connection back."""
        for name in list(self._producers):
            self._drop(name)
        for part in self._parts:
            part.close()

    @property
    def _bookmarks(self) -> str:
        return f"{self.topic}-bookmarks"

    async def _new_producer(self, name: str) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.client.brokers,
            transactional_id=f"{self.topic}:{name}" if name != _NO_BOOKMARK else self._own_name,
            transaction_timeout_ms=_TRANSACTION_SECONDS * 1000,
            request_timeout_ms=int(self.client.call_seconds * 1000),
            max_request_size=LARGEST_ENTRY_BYTES,
            max_batch_size=LARGEST_ENTRY_BYTES,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        self._producers[name] = producer
        return producer

    async def _read_bookmark(self, name: str) -> dict[str, bytes]:
        place = TopicPartition(self._bookmarks, 0)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.client.brokers, enable_auto_commit=False, isolation_level="read_committed"
        )
        await consumer.start()
        try:
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            # No producer of this name lives besides the new one: what it finished is behind no later end than this.
            end = (await consumer.end_offsets([place]))[place]
            fields: dict[str, bytes] = {}
            while await consumer.position(place) < end:
                for records in (await consumer.getmany(place, timeout_ms=500)).values():
                    for record in records:
                        if record.key == name.encode():
                            fields = _fields.decode(record.value)
            return fields
        finally:
            await consumer.stop()

    def _drop(self, name: str) -> None:
        producer = self._producers.pop(name, None)
        if producer is not None:
            # What it still sends counts for nothing: the next producer of its name breaks its transaction off.
            self.client.start(producer.stop)
