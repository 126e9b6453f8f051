"""The command line, a module per command: it adds its arguments and runs.

Foreign text (a header, a name, a value) is shown escaped, so that no header can control a
terminal. ``--json`` is ASCII. Bad input is one line on standard error and exit status 2, with
nothing on standard output.
"""
