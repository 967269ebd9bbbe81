"""Every text that a screen shows, as one typed list: a language is complete or does not load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The texts of one language. Braces are filled in by the caller; names are those of the places."""

    language: str
    product: str
    service_level: str
    reachability: str
    wait_p90: str
    waiting_now: str
    # states of a number: beside colour and shape
    good: str
    warn: str
    bad: str
    few: str
    empty: str
    none: str
    lost: str
    short_states: Mapping[str, str]
    # states of a campaign, and what makes it bad or near to it
    campaign_states: Mapping[str, str]
    campaign_short_states: Mapping[str, str]
    not_supplied: str
    withheld: str
    currencies: str
    # a tile
    now: str
    now_long: str
    today: str
    goal: str
    weighted: str
    points: str
    cases: str
    waiting_none: str
    waiting: str
    agents: str
    agents_by_state: Mapping[str, str]
    drop_limit: str
    reach: str
    reach_long: str
    margin: str
    loss: str
    revenue_today: str
    margin_now: str
    provisional: str
    higher: str
    lower: str
    level: str
    no_direction: str
    # why a tile is unknown
    feed_silent: str
    feed_error: str
    feed_full: str
    feed_incomplete: str
    feed_off: str
    of_feed: str
    more_feeds: str
    picture_old: str
    tile_missing: str
    # the sentence on top
    units: Mapping[str, str]
    units_of: Mapping[str, str]
    unit_one: Mapping[str, str]
    say_lead: str
    say_one: str
    say_since: str
    say_worst: str
    say_below: str
    say_close: str
    say_close_tail: str
    say_good: str
    say_good_tail: str
    say_only: str
    say_some_good: str
    say_some_good_tail: str
    say_campaign: str
    say_campaigns: str
    say_campaigns_good: str
    say_campaigns_good_tail: str
    say_campaigns_too: str
    say_campaigns_empty: str
    say_campaigns_quiet: str
    say_campaign_states: Mapping[str, str]
    say_hotlines_good: str
    say_few: str
    say_empty: str
    say_quiet: str
    say_unknown: str
    say_all_lost: str
    say_all_lost_tail: str
    say_nothing: str
    say_no_feeds: str
    minutes_one: str
    minutes: str
    hours: str
    # age
    as_of: str
    late: str
    gone: str
    gone_tail: str
    feeds_live: str
    feeds_live_one: str
    feeds_silent: str
    # designed states
    no_feeds_title: str
    no_feeds_text: str
    no_feeds_steps: tuple[str, ...]
    nothing_title: str
    nothing_text: str
    insecure: str
    offline_title: str
    offline_text: str
    retry: str
    loading: str
    no_script: str
    # navigation
    situation: str
    hotlines: str
    campaigns: str
    more: str
    desk: str
    wall: str
    walls: str
    design: str
    skip: str
    main_navigation: str
    everything: str
    # more
    language_title: str
    languages: Mapping[str, str]
    theme_title: str
    themes: Mapping[str, str]
    account_title: str
    signed_in_as: str
    own_account: str
    users: str
    feeds: str
    catalogue: str
    find: str
    find_key: str
    find_hint: str
    find_nothing: str
    palette_kinds: Mapping[str, str]
    role: str
    roles: Mapping[str, str]
    logout: str
    age_title: str
    age_text: str
    views_title: str
    howto: str
    # desk and wall
    overview: str
    group_title: str
    groups: Mapping[str, str]
    only_title: str
    only: Mapping[str, str]
    sort_by: str
    columns: Mapping[str, str]
    legend_now: str
    legend_today: str
    legend_goal: str
    page_of: str
    forward: str
    sound_on: str
    full_screen: str
    sums_lost: str
    sums_late: str
    sums_waiting: str
    sums_offered: str
    sums_stock: str
    attempts_today: str
    reached: str
    contact_rate: str
    net_contacts: str
    net_contacts_short: str
    drop: str
    stock: str
    margin_today: str
    all_kpis: str
    choose_row: str
    snapshot: str
    close: str
    # the definition passport
    definition: str
    formula: str
    value: str
    cases_long: str
    counts: str
    basis: str
    basis_live: str
    instant: str
    passport_gone: str
    hold_hint: str
    other_kpis: str
    reasons_null: Mapping[str, str]
    counters: Mapping[str, str]
