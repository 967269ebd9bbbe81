"""The reference of all keys for docs/settings.md, made from the code; `python -m config.reference FILE` renews it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from config.contracts import Price
from config.sections import INHERITED, REQUIRED, Key, ServiceLevel, keys_of
from config.settings import SECTIONS, heading

BEGIN = "<!-- keys: made by `python -m config.reference docs/settings.md` -->"
END = "<!-- end of keys -->"


def reference() -> str:
    """Markdown: one heading and one table of keys for each section, ending with a newline."""
    parts = []
    for section, kind in {**SECTIONS, "contracts.price": Price}.items():
        rows = [_row(section, name, key) for name, key in keys_of(kind).items()]
        lines = [
            f"### `{heading(section)}`",
            "",
            (kind.__doc__ or "").strip().partition("\n")[0],
            "",
            "| Key | Value | Default | Meaning |",
            "|---|---|---|---|",
            *rows,
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _row(section: str, name: str, key: Key) -> str:
    if key.default is REQUIRED:
        default = "none, must be given"
    elif key.default is INHERITED:
        default = key.inherits
    elif section == "hotlines" and name in keys_of(ServiceLevel):
        default = f"`service_level.{name}`"
    else:
        default = f"`{json.dumps(key.default)}`"
    variable = f" Environment: `{key.environment}`." if key.environment else ""
    return f"| `{name}` | {key.kind.words} | {default} | {key.meaning}{variable} |"


def renewed(page: str) -> str:
    """The page with its part between the two marks replaced by the reference. Raises ValueError without marks."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        message = f"the page lacks the marks {BEGIN} and {END}; put them where the keys belong"
        raise ValueError(message)
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(renewed(page.read_text("utf-8")), "utf-8")
