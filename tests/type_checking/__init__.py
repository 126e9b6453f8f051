"""Programs for type checkers. `nox -s checkers` checks them; nothing runs them."""
