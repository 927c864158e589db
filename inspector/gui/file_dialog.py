"""Asking for a file or a folder; the line, and the window, go on meanwhile."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

Mode = QFileDialog.FileMode


def ask_file(
    parent: QWidget,
    title: str,
    kinds: str,
    mode: Mode,
    then: Callable[[Path], object],
    suffix: str = "",
    name: str = "",
) -> QFileDialog:
    """Open a dialog that does something with what is chosen.

    What is there already is chosen without a question, which would stand before everything: `then` has to look.

    Parameters
    ----------
    parent : QWidget
    title, kinds : str
        Of the dialog, and of the files in it; see `QFileDialog`.
    mode : Mode
        `AnyFile` asks where to save.
    then : callable
    suffix : str
        What a name gets that is written without one.
    name : str
        Proposed to save under, with or without its folder.
    """
    dialog = QFileDialog(parent, title, filter=kinds)
    dialog.setFileMode(mode)
    if mode is Mode.AnyFile:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(name)
    dialog.setModal(False)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.show()
    return dialog
