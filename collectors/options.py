"""Reading a feed's own keys strictly: every fault is collected, unknown keys are named with the nearest known one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import cast

from collectors.contract import BadOptions, OptionFault

Place = tuple[str | int, ...]


class Options:
    """One table of settings. Each `take` method gives the value, or the default after noting a fault."""

    def __init__(self, table: Mapping[str, object], place: Place = (), faults: list[OptionFault] | None = None) -> None:
        self.table = table
        self.place = place
        self.faults: list[OptionFault] = [] if faults is None else faults
        self._known: set[str] = set()

    def fault(self, key: str | int | None, what: str, instead: str) -> None:
        """Notes a fault of this key, or of the table itself."""
        self.faults.append(OptionFault(self.place if key is None else (*self.place, key), what, instead))

    def _value(self, key: str) -> object:
        self._known.add(key)
        return self.table.get(key)

    def text(self, key: str, default: str | None = None, choices: Collection[str] = ()) -> str:
        """A text; without a default it is required."""
        value = self._value(key)
        if value is None:
            if default is None:
                self.fault(key, "is missing", "write a text")
            return default or ""
        if not isinstance(value, str):
            self.fault(key, f"is {value!r}, no text", "put it in quotes")
            return default or ""
        if choices and value not in choices:
            self.fault(key, f"is {value!r}", f"write one of {', '.join(choices)}")
            return default or ""
        return value

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number in [least, most]."""
        value = self._value(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(key, f"is {value!r}", f"write a whole number from {least} to {most}")
            return default
        return value

    def truth(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._value(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(key, f"is {value!r}", "write true or false")
            return default
        return value

    def texts(self, key: str, required: bool = False) -> list[str]:
        """A list of texts; a single text is a list of one."""
        value = self._value(key)
        if value is None:
            if required:
                self.fault(key, "is missing", "write a text or a list of texts")
            return []
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault(key, f"is {value!r}", "write a text or a list of texts")
            return []
        return list(value)

    def tables(self, key: str) -> dict[str, Options]:
        """Named tables inside this one, in their order."""
        value = self._value(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
            self.fault(key, "is no set of named tables", f"write [{key}.NAME] with its keys below")
            return {}
        return {name: Options(each, (*self.place, key, name), self.faults) for name, each in value.items()}

    def listed(self, key: str) -> list[Options]:
        """A list of tables."""
        value = self._value(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault(key, "is no list of tables", f"write [[{key}]] with its keys below")
            return []
        return [Options(each, (*self.place, key, number), self.faults) for number, each in enumerate(value)]

    def table_of_texts(self, key: str) -> dict[str, list[str]]:
        """A table whose values are texts or lists of texts."""
        value = self._value(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(key, f"is {value!r}", f"write {key} = {{ COLUMN = TEXT }}")
            return {}
        inner = Options(cast("dict[str, object]", value), (*self.place, key), self.faults)
        return {name: inner.texts(name) for name in inner.table}

    def raw(self, key: str) -> object:
        """The value as TOML holds it, None where it is missing."""
        return self._value(key)

    def end(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self.table:
            if key not in self._known:
                near = get_close_matches(key, self._known, 1)
                instead = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(sorted(self._known))}"
                self.fault(key, "is no key here", instead)

    def raise_faults(self) -> None:
        """Raises `BadOptions` when anything was noted."""
        if self.faults:
            raise BadOptions(self.faults)
