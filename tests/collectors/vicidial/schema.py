"""Table definitions for the tests, written from what is known of VICIdial's columns, keys and statuses."""

from __future__ import annotations

from collectors.vicidial.statuses import FLAGS

_OUTBOUND = """
CREATE TABLE {name} (
    uniqueid VARCHAR(20) NOT NULL PRIMARY KEY,
    lead_id INT UNSIGNED NOT NULL,
    list_id BIGINT UNSIGNED,
    campaign_id VARCHAR(8),
    call_date DATETIME,
    start_epoch INT UNSIGNED,
    end_epoch INT UNSIGNED,
    length_in_sec INT,
    status VARCHAR(6),
    phone_code VARCHAR(10),
    phone_number VARCHAR(18),
    user VARCHAR(20),
    comments VARCHAR(255),
    processed ENUM('Y','N'),
    user_group VARCHAR(20),
    term_reason ENUM('CALLER','AGENT','QUEUETIMEOUT','ABANDON','AFTERHOURS','NONE') DEFAULT 'NONE',
    alt_dial VARCHAR(6) DEFAULT 'NONE',
    INDEX (lead_id),
    INDEX (call_date)
)
"""
_INBOUND = """
CREATE TABLE {name} (
    closecallid INT UNSIGNED AUTO_INCREMENT NOT NULL PRIMARY KEY,
    lead_id INT UNSIGNED NOT NULL,
    list_id BIGINT UNSIGNED,
    campaign_id VARCHAR(20),
    call_date DATETIME,
    start_epoch INT UNSIGNED,
    end_epoch INT UNSIGNED,
    length_in_sec INT,
    status VARCHAR(6),
    phone_number VARCHAR(18),
    user VARCHAR(20),
    queue_seconds DECIMAL(7,2) DEFAULT 0,
    term_reason VARCHAR(20) DEFAULT 'NONE',
    uniqueid VARCHAR(20) NOT NULL DEFAULT '',
    queue_position SMALLINT UNSIGNED DEFAULT 1,
    INDEX (lead_id),
    INDEX (call_date),
    INDEX (campaign_id)
)
"""
_AGENT_LOG = """
CREATE TABLE {name} (
    agent_log_id INT UNSIGNED AUTO_INCREMENT NOT NULL PRIMARY KEY,
    user VARCHAR(20),
    server_ip VARCHAR(15) NOT NULL DEFAULT '',
    event_time DATETIME,
    lead_id INT UNSIGNED,
    campaign_id VARCHAR(8),
    pause_epoch INT UNSIGNED,
    pause_sec SMALLINT UNSIGNED DEFAULT 0,
    wait_epoch INT UNSIGNED,
    wait_sec SMALLINT UNSIGNED DEFAULT 0,
    talk_epoch INT UNSIGNED,
    talk_sec SMALLINT UNSIGNED DEFAULT 0,
    dispo_epoch INT UNSIGNED,
    dispo_sec SMALLINT UNSIGNED DEFAULT 0,
    status VARCHAR(6),
    user_group VARCHAR(20),
    comments VARCHAR(20),
    sub_status VARCHAR(6),
    dead_epoch INT UNSIGNED,
    dead_sec SMALLINT UNSIGNED DEFAULT 0,
    INDEX (user),
    INDEX (event_time)
)
"""
_USER_LOG = """
CREATE TABLE {name} (
    user_log_id INT UNSIGNED AUTO_INCREMENT NOT NULL PRIMARY KEY,
    user VARCHAR(20),
    event VARCHAR(50),
    campaign_id VARCHAR(8),
    event_date DATETIME,
    event_epoch INT UNSIGNED,
    INDEX (user),
    INDEX (event_date)
)
"""
_FLAG_COLUMNS = ", ".join(f"{flag} ENUM('Y','N') DEFAULT 'N'" for flag in FLAGS)

DEFAULT_STATUSES: dict[str, tuple[str, ...]] = {
    "NEW": (),
    "QUEUE": (),
    "INCALL": (),
    "DROP": ("human_answered",),
    "XDROP": ("human_answered",),
    "PDROP": ("human_answered",),
    "NA": (),
    "B": (),
    "A": (),
    "AA": (),
    "ADC": (),
    "N": ("human_answered",),
    "NI": ("human_answered", "customer_contact", "not_interested"),
    "NP": ("human_answered", "customer_contact"),
    "CALLBK": ("human_answered", "customer_contact", "scheduled_callback"),
    "DNC": ("human_answered", "dnc"),
    "DC": ("human_answered", "unworkable"),
    "SALE": ("human_answered", "sale"),
}
"""The statuses that the tests use, with their flags as they are delivered: SALE has no customer_contact."""

_LISTS = (
    "CREATE TABLE vicidial_lists (list_id BIGINT UNSIGNED PRIMARY KEY, list_name VARCHAR(30), campaign_id VARCHAR(8), "
    "active ENUM('Y','N'))",
    "CREATE TABLE vicidial_list (lead_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, status VARCHAR(6), user VARCHAR(20), "
    "list_id BIGINT UNSIGNED NOT NULL DEFAULT 0, called_since_last_reset VARCHAR(3) DEFAULT 'N', "
    "phone_number VARCHAR(18), called_count SMALLINT UNSIGNED DEFAULT 0, last_local_call_time DATETIME, "
    "INDEX (list_id), INDEX (status))",
    "CREATE TABLE vicidial_hopper (hopper_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, lead_id INT UNSIGNED, "
    "campaign_id VARCHAR(8), status VARCHAR(6), list_id BIGINT UNSIGNED, INDEX (lead_id))",
    "CREATE TABLE vicidial_callbacks (callback_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, lead_id INT UNSIGNED, "
    "list_id BIGINT UNSIGNED, campaign_id VARCHAR(8), status VARCHAR(10), callback_time DATETIME, user VARCHAR(20), "
    "recipient ENUM('USERONLY','ANYONE'), INDEX (lead_id), INDEX (status), INDEX (callback_time))",
    "CREATE TABLE vicidial_campaigns (campaign_id VARCHAR(8) PRIMARY KEY, dial_statuses VARCHAR(255) DEFAULT ' NEW -', "
    "call_count_limit SMALLINT UNSIGNED DEFAULT 0, drop_lockout_time VARCHAR(6) DEFAULT '0')",
    "CREATE TABLE vicidial_lead_recycle (recycle_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, campaign_id VARCHAR(8), "
    "status VARCHAR(6) NOT NULL, attempt_delay SMALLINT UNSIGNED DEFAULT 1800, "
    "attempt_maximum TINYINT UNSIGNED DEFAULT 2, active ENUM('Y','N') DEFAULT 'N', INDEX (campaign_id))",
)

CREATE = (
    *_LISTS,
    _OUTBOUND.format(name="vicidial_log"),
    _OUTBOUND.format(name="vicidial_log_archive"),
    _INBOUND.format(name="vicidial_closer_log"),
    _INBOUND.format(name="vicidial_closer_log_archive"),
    _AGENT_LOG.format(name="vicidial_agent_log"),
    _AGENT_LOG.format(name="vicidial_agent_log_archive"),
    _USER_LOG.format(name="vicidial_user_log"),
    _USER_LOG.format(name="vicidial_user_log_archive"),
    "CREATE TABLE vicidial_statuses (status VARCHAR(6) NOT NULL PRIMARY KEY, status_name VARCHAR(30), "
    f"{_FLAG_COLUMNS})",
    "CREATE TABLE vicidial_campaign_statuses (status VARCHAR(6) NOT NULL, status_name VARCHAR(30), "
    f"campaign_id VARCHAR(8), {_FLAG_COLUMNS}, INDEX (campaign_id))",
    *[
        f"INSERT INTO vicidial_statuses (status, {', '.join((*FLAGS,))}) VALUES ('{status}', "
        + ", ".join("'Y'" if flag in flags else "'N'" for flag in FLAGS)
        + ")"
        for status, flags in DEFAULT_STATUSES.items()
    ],
)
