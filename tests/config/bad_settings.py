"""Bad settings, one fault each: the file, then the one message that it must give behind "FILE:"."""

CONTRACT = """[[contracts]]
name = "one"
direction = "sold"
party = "C"
valid_from = 2026-01-01
hotlines = ["A"]"""
PLANNED = """[[costs]]
name = "x"
kind = "agents"
valid_from = 2026-01-01
hotlines = ["A"]
hours = "planned"
"""
PRICED = f'{CONTRACT}\n[contracts.price]\nper_call = "1"'

BAD: dict[str, tuple[str, str]] = {
    # Syntax
    "text without quotes": (
        "[site]\nzone = Europe/Berlin",
        "2: this is not TOML: Invalid value (column 8); "
        "write texts in quotes, lists in [ ], numbers like 0.8, and true or false in small letters",
    ),
    "key without a value": (
        "[site]\nzone",
        "2: this is not TOML: Expected '=' after a key in a key/value pair at the end of the file; "
        "write key = value, and names with spaces or points in quotes",
    ),
    "key twice": (
        '[site]\nzone = "UTC"\nzone = "UTC"',
        "3: this is not TOML: Cannot overwrite a value at the end of the file; "
        "this key was set above: keep one of the two",
    ),
    "table twice": (
        "[site]\n[web]\n[site]",
        "3: this is not TOML: Cannot declare ('site',) twice (column 6); this table was begun above: join the two",
    ),
    "quotes not closed": (
        '[site]\nzone = "UTC\nday_start = "00:00"',
        "2: this is not TOML: Illegal character '\\n' (column 12); close the quotes on the same line",
    ),
    "backslash": (
        '[feeds.q]\npath = "C:\\logs"',
        "2: this is not TOML: Unescaped '\\' in a string (column 13); "
        "write paths with backslashes in single quotes: 'C:\\logs'",
    ),
    "two on one line": (
        "[web]\nport = 80 80",
        "2: this is not TOML: Expected newline or end of document after a statement (column 11); "
        "write one key on each line, and texts in quotes",
    ),
    # Unknown keys and tables in the wrong shape
    "misspelt key": (
        "[service_level]\n\ntreshold_seconds = 20",
        "3: service_level.treshold_seconds: this key is not known; did you mean threshold_seconds?",
    ),
    "misspelt table": (
        "[hotline.A]",
        "1: hotline: this key is not known; did you mean hotlines?",
    ),
    "key above all tables": (
        'zone = "UTC"',
        "1: zone: this key is not known; it belongs in [site]",
    ),
    "key of another table": (
        '[[queues]]\nqueue = "a"\ntarget = 0.8',
        "3: queues[0].target: this key is not known; it belongs in [service_level]",
    ),
    "key like no other": (
        "[limits]\nxyz = 1",
        "2: limits.xyz: this key is not known; known here: give_up_hours, skew_seconds, group_floor",
    ),
    "hotline with a point": (
        "[hotlines.Bestellung.Nord]\ntarget = 0.5",
        "1: hotlines.Bestellung.Nord: this key is not known; "
        'put a name that holds a point in quotes: [hotlines."Bestellung.Nord"]',
    ),
    "one queue as a table": (
        '[queues]\nqueue = "a"',
        "1: queues: a table stands where a list of tables belongs; begin each with [[queues]]",
    ),
    "site as a list": (
        '[[site]]\nzone = "UTC"',
        "1: site: a list stands where a table belongs; begin it with [site]",
    ),
    "site as a text": ('site = "Köln"', '1: site: "Köln" stands where a table belongs; begin it with [site]'),
    "hotlines without a name": (
        "[hotlines]\ntarget = 0.9",
        '2: hotlines.target: 0.9 stands where a table belongs; begin it with [hotlines."NAME"]',
    ),
    "queue that is a number": (
        "queues = [\n  1]",
        "2: queues[0]: 1 stands where a table belongs; begin it with [[queues]]",
    ),
    # Kinds of values
    "number in quotes": (
        '[service_level]\nthreshold_seconds = "20"',
        '2: service_level.threshold_seconds: "20" is not a number; write 20 without quotes',
    ),
    "true as a number": (
        "[service_level]\nminimum_n = true",
        "2: service_level.minimum_n: true is not a whole number; write a whole number, 0 to 1000000",
    ),
    "number as true": (
        "[service_level]\nflow_outs_count = 1",
        "2: service_level.flow_outs_count: 1 is neither true nor false; write true or false, without quotes",
    ),
    "true in quotes": (
        '[service_level]\nwith_flow_outs = "true"',
        '2: service_level.with_flow_outs: "true" is neither true nor false; write true or false, without quotes',
    ),
    "fraction of a whole number": (
        "[web]\nport = 80.5",
        "2: web.port: 80.5 is not a whole number; write a whole number, 0 to 65535",
    ),
    "float as a whole number": ("[web]\nport = 80.0", "2: web.port: 80.0 is not a whole number; write 80"),
    "negative": (
        "[service_level]\nshort_abandon_seconds = -1",
        "2: service_level.short_abandon_seconds: -1 is out of range; write a number, 0 to 86400",
    ),
    "not a number": (
        "[service_level]\nwarn_margin = nan",
        "2: service_level.warn_margin: nan is not a number; write a number, 0 to 1",
    ),
    "infinity": (
        "[limits]\ngive_up_hours = inf",
        "2: limits.give_up_hours: inf is not a number; write a number, 0.01 to 168",
    ),
    "percent": (
        "[service_level]\ntarget = 80",
        "2: service_level.target: 80 is out of range; write a number, 0 to 1; 80 % is 0.8",
    ),
    "floor below the law": (
        "[limits]\ngroup_floor = 4",
        "2: limits.group_floor: 4 is out of range; write a whole number, 5 to 10000",
    ),
    "zone unknown": (
        '[site]\nzone = "Europe/Berln"',
        '2: site.zone: "Europe/Berln" is not a known time zone; '
        'write an IANA name such as "Europe/Berlin" (did you mean "Europe/Berlin"?)',
    ),
    "zone is a folder": (
        '[site]\nzone = "Europe"',
        '2: site.zone: "Europe" is not a known time zone; write an IANA name such as "Europe/Berlin"',
    ),
    "zone leaves its folder": (
        '[site]\nzone = "../../etc/passwd"',
        '2: site.zone: "../../etc/passwd" is not a known time zone; write an IANA name such as "Europe/Berlin"',
    ),
    "zone with leap seconds": (
        '[site]\nzone = "right/Etc/UTC"',
        '2: site.zone: "right/Etc/UTC" is not a known time zone; write an IANA name such as "Europe/Berlin"',
    ),
    "time without quotes": (
        "[site]\nday_start = 06:00:00",
        '2: site.day_start: 06:00:00 (a date or time without quotes) is not a text; write "06:00" in quotes',
    ),
    "hour 24": (
        '[site]\ncloses = "24:00"',
        '2: site.closes: "24:00" is not a time of day; write a local time "HH:MM", 00:00 to 23:59',
    ),
    "one digit": (
        '[site]\nday_start = "6:00"',
        '2: site.day_start: "6:00" is not a time of day; write a local time "HH:MM", 00:00 to 23:59',
    ),
    "name with space": (
        '[[queues]]\nqueue = "a "',
        '2: queues[0].queue: "a " has space around it; write "a"',
    ),
    "name with a control character": (
        '[[queues]]\nqueue = "a"\nteam = "x\\u001by"',
        '3: queues[0].team: "x\\u001by" holds a control character; write printable characters only',
    ),
    "empty name": (
        '[[queues]]\nqueue = ""',
        "2: queues[0].queue: the name is empty; write a name of at least one character",
    ),
    "hotline's name": (
        '[hotlines." A"]',
        '1: hotlines." A": " A" has space around it; write "A"',
    ),
    "language": (
        '[web]\ndefault_language = "fr"',
        '2: web.default_language: "fr" is not known here; write one of "de", "en"',
    ),
    "supplies unknown": (
        '[feeds.q]\ncollector = "columns"\nsupplies = ["talks"]',
        '3: feeds.q.supplies: "talks" is not known here; '
        'write a list out of "door", "talk", "hold", "acw" (did you mean "talk"?)',
    ),
    "supplies no list": (
        '[feeds.q]\ncollector = "columns"\nsupplies = "talk"',
        '3: feeds.q.supplies: "talk" is not a list; '
        'write a list out of "door", "talk", "hold", "acw", in square brackets',
    ),
    "supplies twice": (
        '[feeds.q]\ncollector = "columns"\nsupplies = ["talk", "talk"]',
        "3: feeds.q.supplies: the list names something twice; name it once",
    ),
    "proxy": (
        '[web]\ntrusted_proxies = ["10.0.0.1/8"]',
        '2: web.trusted_proxies: "10.0.0.1/8" is not an address: 10.0.0.1/8 has host bits set; '
        'write a list of addresses and networks, ["10.0.0.0/8"]',
    ),
    "public address with a path": (
        '[web]\npublic_url = "https://example.org/x"',
        "2: web.public_url: this URL says more than scheme, host and port; write it as https://leitstand.example",
    ),
    "redis without showing the password": (
        '[storage]\nredis_url = "http://u:geheim@x"',
        "2: storage.redis_url: this is not such a URL; write a URL with redis:// or rediss:// or unix://, or empty",
    ),
    "port of a URL": (
        '[storage]\nredis_url = "redis://x:99999"',
        "2: storage.redis_url: this is not a URL; write a URL with redis:// or rediss:// or unix://, or empty",
    ),
    # Keys that must fit together
    "S above T": (
        "[service_level]\nthreshold_seconds = 4.5",
        "2: service_level.threshold_seconds: short_abandon_seconds (5) is more than threshold_seconds (4.5); "
        "write short_abandon_seconds = 4.5 or less in [service_level]",
    ),
    "S above T of one hotline": (
        '[hotlines."A b"]\nshort_abandon_seconds = 20.001',
        '2: hotlines."A b".short_abandon_seconds: '
        "short_abandon_seconds (20.001) is more than threshold_seconds (20); "
        'write short_abandon_seconds = 20 or less in [hotlines."A b"]',
    ),
    "queue twice": (
        '[[queues]]\nqueue = "a"\nhotline = "A"\n[[queues]]\nhotline = "B"\nqueue = "a"',
        '6: queues[1].queue: "a" stands on line 2 already; keep one [[queues]] for each queue',
    ),
    "site twice": (
        '[[sites]]\nname = "K"\n[[sites]]\nname = "K"',
        '4: sites[1].name: "K" stands on line 2 already; keep one [[sites]] for each name',
    ),
    "queue without its name": (
        '[[queues]]\nqueue = "a"\n\n[[queues]]\nhotline = "A"',
        "4: queues[1].queue: this key is missing; add queue = a name",
    ),
    "feed without a collector": (
        "[feeds.q]\ncolector = 1",
        "1: feeds.q.collector: this key is missing; add collector = a name (it may be what colector was meant to be)",
    ),
    "collector unknown": (
        '[feeds.q]\ncollector = "queuelog"',
        '2: feeds.q.collector: there is no collector "queuelog"; '
        'write one of "columns", "queue_log" (did you mean "queue_log"?)',
    ),
    "feed's name": (
        '[feeds."a/b"]\ncollector = "columns"',
        '1: feeds."a/b": this name cannot name a feed; write 1 to 64 of the characters A-Z a-z 0-9 _ -',
    ),
    "price as a number": (
        f"{CONTRACT}\n[contracts.price]\nper_call = 0.85",
        '8: contracts[0].price.per_call: 0.85 is a number, not an amount; write it in quotes: "0.85"',
    ),
    "negative price": (
        f'{CONTRACT}\n[contracts.price]\nper_minute = "-0.10"',
        '8: contracts[0].price.per_minute: "-0.10" is negative; write an amount in quotes, "0.59", never negative',
    ),
    "negative included minutes": (
        f'{CONTRACT}\n[contracts.price]\nper_minute = "0.10"\nincluded_unit = "minutes"\nincluded = -100',
        "10: contracts[0].price.included: -100 is out of range; write a whole number, 0 to 1000000000",
    ),
    "no price": (
        CONTRACT,
        "1: contracts[0].price: this contract has no price; begin its prices with [contracts.price] below it",
    ),
    "price of nothing": (
        f"{CONTRACT}\n[contracts.price]\nstep_seconds = 60",
        '7: contracts[0].price: this contract has no price; add one, such as per_call = "0.85"',
    ),
    "minimum without a price of one": (
        f'{CONTRACT}\n[contracts.price]\nper_minute = "0.10"\nminimum = 5',
        "9: contracts[0].price.minimum: minimum counts calls, and no price of one is given; "
        'add per_call = "…", or name another minimum_unit',
    ),
    "misspelt price": (
        f'{CONTRACT}\n[contracts.price]\nper_call = "1"\nper_hour = "1"',
        "9: contracts[0].price.per_hour: this key is not known; did you mean per_agent_hour?",
    ),
    "two prices at the same time": (
        f"{PRICED}\n{PRICED.replace('one', 'two').replace('01-01', '06-01')}",
        "13: contracts[1].valid_from: hotline A has a price from 2026-01-01 on already (line 1); "
        "let one end on the day before the other begins",
    ),
    "two currencies in one sum": (
        f'{PRICED}\n[[costs]]\nname = "x"\nkind = "staff"\nper_month = "9"\nvalid_from = 2026-01-01\n'
        'hotlines = ["A"]\ncurrency = "CHF"',
        "15: costs[0].currency: CHF and EUR (line 1) would stand in one sum, that of hotline A; "
        "state both in one currency",
    ),
    "planned hours of which no feed tells": (
        f'{PLANNED}per_agent_hour = "9"',
        "6: costs[0].hours: no feed brings shifts; add one with the collector shifts or ics",
    ),
    "planned hours without a price": (
        f'{PLANNED}per_month = "9"',
        '6: costs[0].hours: no hour of this cost has a price; add per_agent_hour = "…"',
    ),
    "contract that ends before it begins": (
        PRICED.replace("2026-01-01", "2026-01-01\nvalid_to = 2025-12-31"),
        "6: contracts[0].valid_to: it ends before it begins; write a day not before valid_from",
    ),
    "contract of an unknown project": (
        PRICED.replace("hotlines", "projects"),
        '6: contracts[0].projects[0]: no queue and no campaign belongs to project "A"; '
        "write it there, or correct its name here",
    ),
    "certificate without key": (
        '[web]\ntls_cert = "c.pem"',
        "2: web.tls_cert: TLS needs a key too, and web.tls_key is not set; add tls_key = a path, or leave both out",
    ),
}
