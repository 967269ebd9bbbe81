"""Walls, their links and the screens that were opened by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the three tables."""
    op.create_table(
        "walls",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "wall_links",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("wall_id", sa.Integer, sa.ForeignKey("walls.id"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "wall_screens",
        sa.Column("cookie_digest", sa.String(64), primary_key=True),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("wall_links.id"), nullable=False),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
    )
