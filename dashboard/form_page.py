"""Pages of forms: in the layout of the phone on phones, else in that of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.login import on_phone
from dashboard.page import page

if TYPE_CHECKING:
    from dashboard.app import PageContext


def form_page(name: str, context: PageContext, **filled: object) -> str:
    """The HTML of the form page `name` for whoever asks."""
    visitor = context.visitor()
    phone = on_phone() and "phone" in visitor.may
    return page(name, visitor, context.assets, layout="phone.html" if phone else "panel.html", **filled)
