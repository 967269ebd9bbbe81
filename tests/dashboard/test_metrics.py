"""GET /metrics, read by Prometheus' own OpenMetrics parser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from dashboard import metrics as metrics_module
from dashboard.metrics import name_of
from dashboard.openmetrics import Family, write
from streams.catalogue import KPIS
from tests.dashboard.centre import Centre, cells, reading

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(client: FlaskClient, query: str = "") -> Samples:
    answer = client.get(f"/metrics{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    return samples_of(answer.text)


def samples_of(text: str) -> Samples:
    found: Samples = {}
    for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found
            found[key] = sample.value
    return found


def labels(**named: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(named.items()))


def test_the_numbers_are_those_of_the_api(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    samples = scrape(client)
    rows = client.get("/api/kpis?by=hotline").json["rows"]  # type: ignore[index]
    assert len(rows) == 8
    for row in rows:
        at = labels(hotline=row["by"]["hotline"], window=row["window"])
        assert samples[("leitstand_offered_calls", at)] == row["counts"]["offered"]
        for kpi in KPIS:
            assert samples.get((name_of(kpi), at)) == row["kpis"][kpi.id]["value"], kpi.id


def test_feeds_process_and_picture_are_told(centre: Centre) -> None:
    samples = scrape(centre.signed_in("chefin"))
    assert samples[("leitstand_picture_fresh", ())] == 1
    assert samples[("leitstand_feed_live", labels(feed="anlage"))] == 1
    assert samples[("leitstand_feed_lines_total", labels(feed="anlage", outcome="counted"))] == 7
    assert samples[("leitstand_feed_lines_total", labels(feed="anlage", outcome="dead"))] == 0
    assert samples[("process_resident_memory_bytes", ())] > 1_000_000
    assert samples[("process_cpu_seconds_total", ())] > 0
    assert samples[("leitstand_open_streams", ())] == 0


def test_a_picture_that_stands_still_has_no_numbers(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    centre.clock.pass_seconds(61)
    samples = scrape(client)
    assert samples[("leitstand_picture_fresh", ())] == 0
    assert samples[("leitstand_picture_age_seconds", ())] == 61
    assert samples[("leitstand_feed_live", labels(feed="anlage"))] == 0
    assert not [
        name for name, _ in samples if name.startswith(("leitstand_service", "leitstand_offered", "leitstand_wait"))
    ]


def test_nothing_happened_is_no_sample_and_never_a_zero_share(centre: Centre) -> None:
    centre.tick(1, [reading(cell, offered=0, in_time=0) for cell in cells()])
    samples = scrape(centre.signed_in("chefin"))
    assert not [name for name, _ in samples if name.startswith("leitstand_service_level")]
    assert samples[("leitstand_offered_calls", labels(hotline="Rechnung-TE", window="30m"))] == 0


def test_a_part_can_be_asked_for(centre: Centre) -> None:
    samples = scrape(
        centre.signed_in("chefin"), "?kpi=asa&window=30m&where=hotline:Rechnung-TE&where=hotline:Technik-SE"
    )
    assert {dict(at)["hotline"] for name, at in samples if name == "leitstand_asa_seconds"} == {
        "Rechnung-TE",
        "Technik-SE",
    }
    assert not [name for name, _ in samples if name.startswith("leitstand_service_level")]
    assert {dict(at)["window"] for _, at in samples if "window" in dict(at)} == {"30m"}


def test_a_scope_sees_its_own_hotlines_and_nothing_of_the_process(centre: Centre) -> None:
    text = centre.signed_in("nordcall").get("/metrics").text
    samples = samples_of(text)
    assert {dict(at)["hotline"] for _, at in samples if "hotline" in dict(at)} == {"Reklamation-NC", "Partnerlinie"}
    assert "Teleo" not in text
    assert "teleo" not in text
    assert not [name for name, _ in samples if name.startswith(("process_", "leitstand_open", "leitstand_feed_lines"))]
    assert [at for name, at in samples if name == "leitstand_feed_live"]


@pytest.mark.parametrize("query", ["?kpi=nope", "?colour=red", "?where=planet:Mars", "?window=7d", "?from=now"])
def test_wrong_questions_are_told(centre: Centre, query: str) -> None:
    assert centre.signed_in("chefin").get(f"/metrics{query}").status_code == 400


def test_what_would_hold_up_everybody_is_refused_with_a_way_out(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_module, "MOST_SAMPLES", 50)
    client = centre.signed_in("chefin")
    answer = client.get("/metrics")
    assert answer.status_code == 400
    assert "/metrics?kpi=service_level" in answer.text
    scrape(client, "?kpi=service_level&window=30m")


def test_names_are_quoted_so_that_nobody_writes_metrics_with_them() -> None:
    evil = 'A"} 1\nleitstand_service_level_ratio{hotline="B\\'
    text = write([Family("x_ratio", "line\nbreak", [({"hotline": evil}, 0.5)], unit="ratio")])
    assert samples_of(text) == {("x_ratio", labels(hotline=evil)): 0.5}
    assert text.endswith("# EOF\n")


def test_the_dashboard_for_grafana_asks_for_what_is_there(centre: Centre) -> None:
    names = {name for name, _ in scrape(centre.signed_in("chefin"))}
    board = json.loads((Path(__file__).parents[2] / "docs" / "grafana.json").read_text())
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\b(?:leitstand|process)_\w+", target["expr"])
    }
    assert len(asked) >= 10
    assert asked <= names
