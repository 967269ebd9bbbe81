"""One good file per feature: what the settings then say."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from textwrap import dedent

import pytest

from config.sections import Feed, Hotline, OtherSite, ServiceLevel, Site
from config.settings import Settings, load

FEED = Feed(name="q", collector="queue_log")


def loaded(folder: Path, text: str, environment: dict[str, str] | None = None) -> Settings:
    file = folder / "leitstand.toml"
    file.write_text(dedent(text), "utf-8")
    return load(file, environment or {}, ("queue_log", "columns"))


CENTRE = """
    [site]
    zone = "Europe/Berlin"
    day_start = "05:30"

    [service_level]
    threshold_seconds = 30
    target = 0.9

    [[sites]]
    name = "Lissabon"
    zone = "Europe/Lisbon"

    [[sites]]
    name = "Köln"
    day_start = "00:15"

    [[queues]]
    queue = "reklamation-nc"
    hotline = "Reklamation"
    provider = "Nordcall"
    site = "Leipzig"
    team = "Leipzig 2"
    project = "Möbel"
    client = "Möbelhaus"
    channel = "chat"
    segment = "Gold"

    [[queues]]
    queue = "technik"

    [hotlines."Reklamation"]
    threshold_seconds = 12.5
    short_name = "Rekla"
    minimum_n = 0

    [feeds.queue_log]
    collector = "queue_log"
    path = "log/queue_log"
    supplies = ["acw", "talk"]
    keep_hours = 48
    [feeds.queue_log.names]
    a = 1

    [feeds.bank]
    collector = "columns"
    path = "/srv/bank.tsv"
    enabled = false
    """


def test_without_a_file_the_defaults_hold_and_there_is_no_feed() -> None:
    assert load(None, {}) == Settings()
    assert not Settings().feeds


def test_an_empty_file_says_the_same_as_none(tmp_path: Path) -> None:
    assert load(None, {}).changes(loaded(tmp_path, "")) == []


def test_a_byte_order_mark_and_windows_lines_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "leitstand.toml"
    file.write_bytes(b"\xef\xbb\xbf[web]\r\nport = 9000\r\n")
    assert load(file, {}).web.port == 9000


def test_a_mapped_queue(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CENTRE)
    assert settings.route("reklamation-nc", settings.feeds["queue_log"]) == {
        "hotline": "Reklamation",
        "provider": "Nordcall",
        "site": "Leipzig",
        "team": "Leipzig 2",
        "project": "Möbel",
        "client": "Möbelhaus",
        "channel": "chat",
        "segment": "Gold",
        "threshold_ms": 12_500,
        "short_abandon_ms": 5_000,
        "supplies": ("talk", "acw"),
        "configured": True,
    }


def test_a_queue_without_a_hotline_is_a_hotline_of_its_own_name(tmp_path: Path) -> None:
    route = loaded(tmp_path, CENTRE).route("technik", FEED)
    assert (route["hotline"], route["provider"], route["channel"]) == ("technik", "", "phone")
    assert (route["threshold_ms"], route["configured"]) == (30_000, True)


def test_a_queue_that_nobody_named_is_counted_but_not_configured(tmp_path: Path) -> None:
    route = loaded(tmp_path, CENTRE).route("neu", FEED)
    assert (route["hotline"], route["threshold_ms"], route["configured"]) == ("neu", 30_000, False)


@pytest.mark.parametrize(
    ("text", "configured"),
    [
        ('[hotlines."PS"]\nthreshold_seconds = 10', True),
        ('[[queues]]\nqueue = "a"\nhotline = "PS"', True),
        ('[[queues]]\nqueue = "a"\nhotline = "PT"', False),
    ],
)
def test_a_feed_that_knows_the_hotline_only(tmp_path: Path, text: str, configured: bool) -> None:
    route = loaded(tmp_path, text).route("PS", FEED)
    assert (route["hotline"], route["configured"]) == ("PS", configured)


def test_a_hotline_takes_what_it_leaves_out_from_service_level(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CENTRE)
    own = settings.hotline("Reklamation")
    assert own == Hotline(
        name="Reklamation",
        short_name="Rekla",
        threshold_seconds=12.5,
        short_abandon_seconds=5,
        target=0.9,
        minimum_n=0,
    )
    other = settings.hotline("Technik")
    assert other == Hotline(name="Technik", short_name="Technik", threshold_seconds=30, target=0.9)


def test_sites_have_their_own_clocks(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CENTRE)
    assert settings.site_clock("Lissabon") == ("Europe/Lisbon", 330)
    assert settings.site_clock("Köln") == ("Europe/Berlin", 15)
    assert settings.site_clock("Leipzig") == ("Europe/Berlin", 330)
    assert settings.site_clock("") == ("Europe/Berlin", 330)
    assert settings.site.closes == 360


def test_a_feed_keeps_the_keys_of_its_collector_untouched(tmp_path: Path) -> None:
    feeds = loaded(tmp_path, CENTRE).feeds
    assert list(feeds) == ["queue_log", "bank"]
    assert feeds["queue_log"].options == {"keep_hours": 48, "names": {"a": 1}}
    assert feeds["queue_log"].line("names", "a") == 43
    assert feeds["bank"].enabled is False
    assert feeds["bank"].supplies == ("talk",)


def test_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    text = '[web]\ntls_cert = "c.pem"\ntls_key = "/etc/k.pem"\n[storage]\ndata_folder = "d"'
    settings = loaded(tmp_path, text + dedent(CENTRE))
    assert settings.feeds["queue_log"].path == tmp_path / "log/queue_log"
    assert settings.feeds["bank"].path == Path("/srv/bank.tsv")
    assert (settings.web.tls_cert, settings.web.tls_key) == (tmp_path / "c.pem", Path("/etc/k.pem"))
    assert settings.storage.data_folder == tmp_path / "d"
    assert load(None, {}).web.tls_cert is None


@pytest.mark.parametrize(
    ("seconds", "milliseconds"),
    [("0", 0), ("20", 20_000), ("0.001", 1), ("1.005", 1_005), ("2.0009", 2_000), ("0.1", 100), ("4.35", 4_350)],
)
def test_seconds_become_milliseconds_without_rounding_errors(tmp_path: Path, seconds: str, milliseconds: int) -> None:
    text = f"[service_level]\nthreshold_seconds = {seconds}\nshort_abandon_seconds = {seconds}"
    judged = loaded(tmp_path, text).service_level
    assert (judged.threshold_ms, judged.short_abandon_ms) == (milliseconds, milliseconds)


def test_limits_in_milliseconds(tmp_path: Path) -> None:
    limits = loaded(tmp_path, "[limits]\ngive_up_hours = 0.5\nskew_seconds = 0.25").limits
    assert (limits.give_up_ms, limits.skew_ms) == (1_800_000, 250)


def test_the_environment_beats_the_file_and_an_empty_variable_is_none(tmp_path: Path) -> None:
    text = '[web]\nport = 9000\nhost = "::1"\n[storage]\nredis_url = "redis://file"\ndata_folder = "d"'
    environment = {
        "REDIS_URL": "redis://environment:6379/1",
        "LEITSTAND_DATA": "somewhere",
        "LEITSTAND_PORT": "9100",
        "LEITSTAND_HOST": "",
        "LEITSTAND_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
        "LEITSTAND_OTHER": "x",
    }
    settings = loaded(tmp_path, text, environment)
    assert settings.storage.redis_url.reveal() == "redis://environment:6379/1"
    assert settings.storage.data_folder == Path("somewhere")
    assert (settings.web.port, settings.web.host) == (9100, "::1")
    assert settings.web.trusted_proxies == ("10.0.0.0/8", "::1")


@pytest.mark.parametrize("url", ["redis://h", "rediss://u:p@h:6380/0", "unix:///run/r.sock?db=1"])
def test_addresses_of_redis(tmp_path: Path, url: str) -> None:
    assert loaded(tmp_path, f'[storage]\nredis_url = "{url}"').storage.redis_url.reveal() == url


def test_a_secret_never_shows_itself(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[storage]\nredis_url = "redis://u:geheim@h"\n[feeds.q]\ncollector="columns"\npw="pst"')
    for text in (repr(settings), str(settings.storage.redis_url), f"{settings.storage.redis_url}"):
        assert "geheim" not in text
        assert "pst" not in text
    assert settings.storage.redis_url
    assert not Settings().storage.redis_url


def test_settings_can_be_sent_to_another_process(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CENTRE)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_changes_name_every_difference_and_no_secret(tmp_path: Path) -> None:
    old = loaded(tmp_path, CENTRE + '\n    pw = "alt"\n    [storage]\n    redis_url = "redis://alt"')
    text = (
        CENTRE.replace('"05:30"', '"06:00"')
        .replace("threshold_seconds = 12.5", "threshold_seconds = 10")
        .replace('queue = "technik"', 'queue = "technik-2"')
        .replace("a = 1", "a = 2")
    )
    new = loaded(
        tmp_path, "# moved by a line\n" + text + '\n    pw = "neu"\n    [storage]\n    redis_url = "redis://neu"'
    )
    assert old.changes(new) == [
        "site.day_start: 330 -> 360",
        "storage.redis_url: changed",
        'sites."Lissabon".day_start: 330 -> 360',
        'queues."technik": removed',
        'queues."technik-2": added',
        'hotlines."Reklamation".threshold_seconds: 12.5 -> 10',
        'feeds."queue_log": names changed',
        'feeds."bank": pw changed',
    ]
    assert new.changes(new) == []


def test_sections_stand_on_their_own() -> None:
    assert Site() == Site(zone="Europe/Berlin", day_start=0, closes=360)
    assert (ServiceLevel().threshold_ms, ServiceLevel().short_abandon_ms) == (20_000, 5_000)
    with pytest.raises(TypeError, match="name"):
        OtherSite(zone="UTC", day_start=0)


def test_many_hotlines_load_quickly_enough_to_reload(tmp_path: Path) -> None:
    rows = (f'[[queues]]\nqueue = "q{i}"\nhotline = "H {i}"\n[hotlines."H {i}"]\ntarget = 0.8' for i in range(2_000))
    text = "\n".join(rows)
    begun = time.process_time()
    settings = loaded(tmp_path, text)
    assert len(settings.configured_hotlines) == 2_000
    # Linear work needs about 0.2 s; a quadratic search for lines or routes takes minutes.
    assert time.process_time() - begun < 5
