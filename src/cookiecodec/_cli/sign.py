"""The command ``sign``."""

from __future__ import annotations

import argparse
import json
import warnings

from .. import WeakKeyWarning
from .signed import add_keys, add_signer, read_keys, signer_of
from .streams import Commands, Shown, add_value, print_note, read_value, show_json


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "sign", help="sign a value, or an object in JSON"
    )
    add_value(command)
    add_keys(command)
    add_signer(command)
    return command


def run(arguments: argparse.Namespace) -> Shown:
    keys = read_keys(arguments)
    if len(keys) > 1:
        raise ValueError("sign with one key")
    with warnings.catch_warnings(record=True) as weaknesses:
        warnings.simplefilter("always", WeakKeyWarning)
        signer = signer_of(arguments, keys[0])
    value = read_value(arguments)
    if arguments.object:
        content = json.loads(value)
        json.dumps(content, allow_nan=False)  # Python reads and writes NaN, JSON has none
    signed = signer.dumps(content) if arguments.object else signer.sign(value)
    if not signed.isprintable() and not arguments.json:
        raise ValueError("the value has characters that are not printable; use --json")
    for weakness in weaknesses:
        print_note("warning:", weakness.message)
    if arguments.json:
        return show_json({"signed": signed})
    return Shown([signed])
