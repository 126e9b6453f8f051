"""The command ``unsign``."""

from __future__ import annotations

import argparse

from .signed import (
    Candidate,
    add_keys,
    add_reading,
    add_signer,
    read_keys,
    show,
    signer_of,
    verify,
)
from .streams import Commands, Shown, add_value, print_note, read_value


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "unsign", help="verify a signed value, and show it"
    )
    add_value(command)
    add_keys(command)
    add_signer(command)
    add_reading(command)
    return command


def run(arguments: argparse.Namespace) -> Shown:
    candidates = [
        Candidate(position, "", signer_of(arguments, key))
        for position, key in enumerate(read_keys(arguments), 1)
    ]
    found = verify(arguments, candidates, read_value(arguments), arguments.object)
    if not arguments.json and found.position:
        print_note(found.source)
    return show(arguments, found, [])
