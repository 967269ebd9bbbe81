"""What the tests on Kafka share: the broker of the session, and Redis beside it."""

from tests.kafka.session import broker
from tests.streams.conftest import clients, redis_server, start_redis

__all__ = ["broker", "clients", "redis_server", "start_redis"]
