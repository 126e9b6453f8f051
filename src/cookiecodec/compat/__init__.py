"""Other libraries' interfaces on this package's rules."""
