"""Every key of the settings: one frozen dataclass for each table, one field for each key.

The field's `key(...)` is the one place that names its default, its kind and its meaning; loading, the reference in
docs/settings.md and the test of default.toml all read it there.
"""

# ruff: noqa: RUF009 - `key` is a dataclass field under another name

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from config import kinds
from config.faults import Fault, Place, dotted
from config.kinds import Kind
from config.shown import Secret

REQUIRED = object()
"""Instead of a default: the key must be there."""

INHERITED = object()
"""Instead of a default: loading takes the value from elsewhere, as `Key.inherits` says."""


@dataclass(frozen=True)
class Key:
    """What is known of one key. `default` is as TOML holds it; `inherits` says in words where INHERITED comes from.

    `environment` is the variable that overrides the file, empty where there is none.
    """

    kind: Kind
    default: object
    meaning: str
    environment: str = ""
    inherits: str = ""


def key(default: object, kind: Kind, meaning: str, *, environment: str = "", inherits: str = "") -> Any:
    """A field that is a key; its default is checked like a value of the file."""
    value = MISSING if default in (REQUIRED, INHERITED) else kind.read(default, Path())
    return field(default=value, metadata={"key": Key(kind, default, meaning, environment, inherits)})


def keys_of(section: type[Any]) -> dict[str, Key]:
    """The keys of a section in the order of its fields."""
    return {each.name: each.metadata["key"] for each in fields(section) if "key" in each.metadata}


def milliseconds(seconds: float) -> int:
    """Seconds as written in the settings in whole milliseconds; finer fractions are cut."""
    return int(Decimal(str(seconds)) * 1000)


@dataclass(frozen=True, kw_only=True)
class Site:
    """The clock of every site that `[[sites]]` does not name.

    `day_start` and `closes` are minutes since local midnight.
    """

    zone: str = key("Europe/Berlin", kinds.zone(), "Time zone of the business day.")
    day_start: int = key("00:00", kinds.clock(), "Local time at which the business day begins.")
    closes: int = key(
        "06:00",
        kinds.clock(),
        "Local time at which a day is closed: the first such time after the day has ended. Later records are late.",
    )


@dataclass(frozen=True, kw_only=True)
class OtherSite:
    """A site with a clock of its own.

    `day_start` is in minutes since local midnight.
    """

    name: str = key(REQUIRED, kinds.name(), "Name of the site, as `[[queues]]` writes it.")
    zone: str = key(INHERITED, kinds.zone(), "Time zone of this site's business day.", inherits="`site.zone`")
    day_start: int = key(
        INHERITED, kinds.clock(), "Local time at which its business day begins.", inherits="`site.day_start`"
    )


@dataclass(frozen=True, kw_only=True)
class ServiceLevel:
    """How calls of a hotline are judged; here the defaults of all hotlines."""

    threshold_seconds: float = key(
        20, kinds.number(0, 86_400), "T: a wait of at most so long is in time. Compared in milliseconds."
    )
    short_abandon_seconds: float = key(
        5, kinds.number(0, 86_400), "S: who leaves after at most so long is a short abandon. At most T."
    )
    target: float = key(0.8, kinds.number(0, 1), "Service level to reach.")
    flow_outs_count: bool = key(True, kinds.truth(), "Flow-outs in time count in the denominator of SL-Standard.")
    with_flow_outs: bool = key(False, kinds.truth(), "Flow-outs count in the denominators of service_level_1 to 6.")
    warn_margin: float = key(
        0.05, kinds.number(0, 1), "From target minus this margin up to the target the state is a warning."
    )
    minimum_n: int = key(10, kinds.number(0, 1_000_000, whole=True), "With fewer cases a value shows no traffic light.")

    @property
    def threshold_ms(self) -> int:
        return milliseconds(self.threshold_seconds)

    @property
    def short_abandon_ms(self) -> int:
        return milliseconds(self.short_abandon_seconds)


@dataclass(frozen=True, kw_only=True)
class Hotline(ServiceLevel):
    """One hotline with the settings that hold for it; what its own table leaves out is as in `[service_level]`."""

    name: str
    short_name: str = key(
        INHERITED, kinds.name(), "Short form of the name, for narrow screens.", inherits="the hotline's name"
    )


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What the attempts of one outbound campaign belong to. An empty name means that this level is not known."""

    name: str
    client: str = key("", kinds.name(empty=True), "Client for whom the campaign is run.")
    project: str = key("", kinds.name(empty=True), "Project that the campaign belongs to.")
    provider: str = key("", kinds.name(empty=True), "Who dials: the in-house centre or an outsourcer.")
    site: str = key("", kinds.name(empty=True), "Where they sit; decides the clock of the business day.")
    team: str = key("", kinds.name(empty=True), "Team that dials.")
    segment: str = key("", kinds.name(empty=True), "Segment of customers.")
    short_name: str = key(
        "", kinds.name(empty=True), "Short form of the name, for narrow screens; empty: the whole name."
    )
    drop_limit: float = key(0.03, kinds.number(0, 1), "The drop rate of the day that must not be exceeded.")
    contact_rate_target: float = key(0, kinds.number(0, 1), "Contact rate per attempt to reach; 0: there is no target.")


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What the calls of one queue belong to. An empty name means that this level is not known."""

    queue: str = key(REQUIRED, kinds.name(), "Name of the queue, exactly as the telephone system writes it.")
    hotline: str = key(INHERITED, kinds.name(), "Hotline that it serves.", inherits="the queue's name")
    provider: str = key("", kinds.name(empty=True), "Who answers: the in-house centre or an outsourcer.")
    site: str = key("", kinds.name(empty=True), "Where they answer; decides the clock of the business day.")
    team: str = key("", kinds.name(empty=True), "Team that answers.")
    project: str = key("", kinds.name(empty=True), "Project that the hotline belongs to.")
    client: str = key("", kinds.name(empty=True), "Client for whom the project is run.")
    channel: str = key("phone", kinds.name(), "Channel of the contacts.")
    segment: str = key("", kinds.name(empty=True), "Segment of customers.")


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Whom the telephone system means by a name, and where they belong; the first entry that fits a name holds.

    Several names can be one person. Names are needed to join what belongs together and are kept nowhere.
    """

    names: tuple[str, ...] = key(
        REQUIRED, kinds.patterns(), "Names and interfaces of agents as the telephone system writes them."
    )
    person: str = key(
        "",
        kinds.name(empty=True),
        "Who that is; * is what the * of the name stood for. Equal persons count once. Empty: the name itself.",
    )
    provider: str = key("", kinds.name(empty=True), "Provider that they work for.")
    site: str = key("", kinds.name(empty=True), "Site where they work; decides the clock of their day.")
    team: str = key("", kinds.name(empty=True), "Team that they belong to.")

    def called(self, name: str) -> str | None:
        """The person that this name means; None where the entry does not fit the name."""
        for pattern in self.names:
            before, star, after = pattern.partition("*")
            if not star:
                if name == pattern:
                    return self.person or name
            elif len(name) >= len(before) + len(after) and name.startswith(before) and name.endswith(after):
                return self.person.replace("*", name[len(before) : len(name) - len(after)]) or name
        return None


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One source of records; further keys belong to its collector.

    `options` are those keys, exactly as TOML holds them; `path` is absolute or relative to the current folder.
    """

    name: str
    collector: str = key(REQUIRED, kinds.name(), "Collector that reads this feed.")
    path: Path | None = key("", kinds.path(), "File that the collector follows.")
    supplies: tuple[str, ...] = key(
        ["talk"],
        kinds.several("door", "talk", "hold", "acw"),
        "What the feed can know; a figure made of anything else is shown as not supplied.",
    )
    agents_belong_to: str = key(
        "nobody",
        kinds.choice("nobody", "queue", "campaign"),
        "Where agents belong whom no `[[agents]]` gives a home: not known, or as the first queue or campaign they are "
        "seen in.",
    )
    enabled: bool = key(True, kinds.truth(), "false: the feed is not read.")
    options: Mapping[str, object] = field(default_factory=dict, repr=False)
    file: str = field(default="", repr=False, compare=False)
    lines: Mapping[Place, int] = field(default_factory=dict, repr=False, compare=False)

    def line(self, *place: str | int) -> int | None:
        """The line of `place` inside this feed's table, else that of the nearest table or list around it."""
        whole = ("feeds", self.name, *place)
        for length in range(len(whole), 0, -1):
            if whole[:length] in self.lines:
                return self.lines[whole[:length]]
        return None

    def fault(self, place: str | Place, what: str, instead: str) -> Fault:
        """A fault that the collector found in its options; `place` is one key or a way of keys and indexes."""
        inner = (place,) if isinstance(place, str) else place
        return Fault(self.file, self.line(*inner), dotted(("feeds", self.name, *inner)), what, instead)


@dataclass(frozen=True, kw_only=True)
class Web:
    """Where the pages are served. No `tls_cert` and `tls_key`: plain HTTP."""

    host: str = key("127.0.0.1", kinds.name(), "Address to listen on.", environment="LEITSTAND_HOST")
    port: int = key(
        8080,
        kinds.number(0, 65_535, whole=True),
        "Port to listen on; 0 picks a free one.",
        environment="LEITSTAND_PORT",
    )
    public_url: str = key(
        "",
        kinds.address("https", "http", origin=True),
        "How browsers reach Leitstand, where that differs from host and port.",
        environment="LEITSTAND_PUBLIC_URL",
    )
    trusted_proxies: tuple[str, ...] = key(
        [],
        kinds.networks(),
        "Proxies whose forwarding headers are believed.",
        environment="LEITSTAND_TRUSTED_PROXIES",
    )
    tls_cert: Path | None = key("", kinds.path(), "Certificate chain (PEM) to serve TLS with.")
    tls_key: Path | None = key("", kinds.path(), "Private key (PEM) of that certificate.")
    default_language: str = key(
        "de", kinds.choice("de", "en"), "Language of whoever has not chosen one.", environment="LEITSTAND_LANGUAGE"
    )


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Where data lies and how long. An empty `redis_url`: a private Redis is started."""

    data_folder: Path = key(
        "data", kinds.path(empty=False), "Folder of everything that Leitstand writes.", environment="LEITSTAND_DATA"
    )
    redis_url: Secret = key(
        "",
        kinds.address("redis", "rediss", "unix", secret=True),
        "Redis to use; empty starts a private one.",
        environment="REDIS_URL",
    )
    kafka_brokers: str = key(
        "", kinds.brokers(), "Kafka that keeps the event log; empty keeps it in Redis.", environment="KAFKA_BROKERS"
    )
    kafka_topic: str = key("leitstand", kinds.name(), "Name of the log in Kafka and of the group of its processors.")
    kafka_partitions: int = key(
        8, kinds.number(1, 1_000, whole=True), "Partitions of a log that is new; later it keeps what it has."
    )
    log_hours: int = key(48, kinds.number(1, 8_760, whole=True), "Hours that the event log keeps.")
    log_memory_mb: int = key(
        512, kinds.number(16, 1_048_576, whole=True), "Memory of the event log in MiB; at 80 % feeds pause."
    )
    history_url: Path | Secret | None = key(
        "",
        kinds.place(),
        "Where the history lies: a folder, or a URI that pyarrow opens; empty: `history` in the data folder.",
        environment="HISTORY_URL",
    )
    record_days: int = key(
        400, kinds.number(3, 36_500, whole=True), "Days that the history keeps single records; facts stay for good."
    )
    minute_days: int = key(35, kinds.number(1, 3_650, whole=True), "Days that the history keeps facts by the minute.")
    dead_letter_days: int = key(
        14, kinds.number(1, 3_650, whole=True), "Days after which the bytes of a dead letter are deleted."
    )
    dead_letter_cap: int = key(
        10_000, kinds.number(1, 10_000_000, whole=True), "Dead letters kept per feed; all are counted."
    )


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits that protect figures and persons."""

    give_up_hours: float = key(
        4, kinds.number(0.01, 168), "Hours after which a visit without an end is given up as unknown_end."
    )
    skew_seconds: float = key(
        120, kinds.number(0, 86_400), "How far in the future a record may lie; later ones are dead letters."
    )
    group_floor: int = key(
        8, kinds.number(5, 10_000, whole=True), "Fewer distinct persons than this are never shown as a group."
    )

    @property
    def give_up_ms(self) -> int:
        return milliseconds(self.give_up_hours * 3600)

    @property
    def skew_ms(self) -> int:
        return milliseconds(self.skew_seconds)
