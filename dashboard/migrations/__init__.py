"""How the tables of `dashboard.database` came to be; run by `dashboard.migrate`."""
