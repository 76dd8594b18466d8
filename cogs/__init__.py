"""What people type, one module a feature; each is a discord.py extension."""
