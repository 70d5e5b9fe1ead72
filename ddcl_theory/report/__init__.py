"""A recorded result, rendered: as text for a terminal, as one HTML file, as JSON.

Running and rendering never mix.  A run ends in a plain dict (`schema.json` says what is in it); each renderer is a
pure function of that dict and computes no verdict.

    terminal.render(record, width=None, colour=False) -> str
    html.render(record) -> str
    json_.render(record) -> str
"""

from ddcl_theory.report.files import load, write_atomically
from ddcl_theory.report.schema import SCHEMA_ID, schema, validate

__all__ = ["SCHEMA_ID", "load", "schema", "validate", "write_atomically"]
