"""The encrypted store: database, migrations, and the register of what is in it."""
