"""The quiz: questions and their answers for a day, scores for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "quiz_questions",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("open_in", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("species", sa.String(8), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("answer", sa.SmallInteger, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_questions"),
        sa.UniqueConstraint("open_in", name="uq_quiz_questions_open_in"),
    )
    op.create_index("ix_quiz_questions_due_at", "quiz_questions", ["due_at"])
    op.create_table(
        "quiz_answers",
        sa.Column("question", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("choice", sa.SmallInteger, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question", "person", name="pk_quiz_answers"),
    )
    op.create_table(
        "quiz_scores",
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("correct", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("streak", sa.Integer, nullable=False),
        sa.Column("best_streak", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("space", "person", name="pk_quiz_scores"),
    )
    op.create_index("ix_quiz_scores_best", "quiz_scores", ["space", "correct", "answered", "best_streak", "person"])
