"""The migrations, oldest first; Alembic reads them from this folder."""
