"""Words in the names, parts, sources and reasons of a million inspections, found by SQLite's own index of texts."""

from sqlalchemy import ColumnElement, Connection, column, select, table
from sqlalchemy.exc import OperationalError

SHORTEST = 3
"""Shorter texts are not indexed."""

_TEXTS = "name, part, source, reasons"
_NEW, _OLD = (", ".join(f"{row}.{name}" for name in _TEXTS.split(", ")) for row in ("new", "old"))
_MAKE = (
    f"CREATE VIRTUAL TABLE texts USING fts5({_TEXTS}, content=inspections, content_rowid=id, tokenize=trigram)",
    f"""CREATE TRIGGER texts_added AFTER INSERT ON inspections BEGIN
        INSERT INTO texts (rowid, {_TEXTS}) VALUES (new.id, {_NEW}); END""",
    f"""CREATE TRIGGER texts_removed AFTER DELETE ON inspections BEGIN
        INSERT INTO texts (texts, rowid, {_TEXTS}) VALUES ('delete', old.id, {_OLD}); END""",
    "INSERT INTO texts (texts) VALUES ('rebuild')",
)


def index_texts(connection: Connection) -> None:
    """Make the index of a journal in a file; a server, and a SQLite before 3.34, searches row by row."""
    if connection.dialect.name != "sqlite":
        return
    try:
        connection.exec_driver_sql(_MAKE[0])
    except OperationalError as error:
        if "no such" in str(error):  # module or tokenizer
            return
        raise
    for statement in _MAKE[1:]:
        connection.exec_driver_sql(statement)


def with_text(inspection_id: ColumnElement[int], text: str) -> ColumnElement[bool]:
    """Whether the index has the inspection under this text, of `SHORTEST` characters at least."""
    quoted = '"{}"'.format(text.replace('"', '""'))
    texts = table("texts", column("rowid"))
    return inspection_id.in_(select(texts.c.rowid).where(column("texts").op("MATCH")(quoted)))
