"""What the bot does, one module a feature: rules and state, no Discord objects."""
