"""Settings of a topic that are not the cluster's to choose: by age or size Kafka would delete what is still needed."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

_OF_THIS_TOPIC = 1
"""Where a setting comes from, as Kafka numbers it: it was set for this topic, by whomever."""
_logger = logging.getLogger(__name__)


async def hold(admin: AIOKafkaAdminClient, topic: str, must: Mapping[str, str]) -> None:
    """Sets these settings of a topic where it has others, and says so; what else was set for it stays.

    Where Kafka does not show its settings that is said, and whoever runs it has to know. Raises `KafkaError` where it
    does not let them be changed.
    """
    if not must:
        return
    (described,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    code, said, _, _, entries = described.resources[0]
    if code != 0:
        _logger.warning(
            "Kafka does not show the settings of topic %s (%s): it has to have %s",
            topic,
            said or for_code(code).__name__,
            _listed(must),
        )
        return
    found = {name: value for name, value, *_ in entries}
    wrong = {name: value for name, value in must.items() if found.get(name) != value}
    if not wrong:
        return
    # This request replaces everything that was set for the topic: what stands there goes along.
    own = {name: value for name, value, _, source, *_ in entries if source == _OF_THIS_TOPIC and value is not None}
    (altered,) = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {**own, **must})])
    code, said, *_ = altered.resources[0]
    if code != 0:
        error: type[KafkaError] = for_code(code)
        message = f"topic {topic} has {_listed(found, wrong)}: set {_listed(wrong)}, or let Leitstand do it ({said})"
        raise error(message)
    _logger.warning("topic %s had %s and has %s now", topic, _listed(found, wrong), _listed(wrong))


def _listed(settings: Mapping[str, str], names: Mapping[str, str] | None = None) -> str:
    return ", ".join(f"{name}={settings.get(name)}" for name in sorted(names or settings))
