"""The settings of a source, one line each, as its options model states them."""

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget


class OptionsForm(QWidget):
    """Text fields for the options of an address; an empty one is left as the device has it.

    Signals
    -------
    edited(dict)
        The options that are filled in, by name.
    """

    edited = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._model: type[BaseModel] | None = None

    def show_options(self, model: type[BaseModel] | None, values: dict[str, str]) -> None:
        """Show the fields of a model, filled with what an address says; None has none."""
        if model is not self._model:
            self._model = model
            self._rebuild()
        for name, field in self.fields.items():
            if field.text() != values.get(name, ""):
                with QSignalBlocker(field):
                    field.setText(values.get(name, ""))

    def _rebuild(self) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        self.fields = {}
        for name, info in (self._model.model_fields if self._model else {}).items():
            field = QLineEdit()
            field.setAccessibleName(_label(name, info))
            field.setToolTip(info.description or "")
            field.setPlaceholderText("as it is" if info.default is None else str(info.default))
            field.textEdited.connect(self._tell)
            self._form.addRow(_label(name, info), field)
            self.fields[name] = field

    def _tell(self) -> None:
        self.edited.emit({name: field.text() for name, field in self.fields.items() if field.text().strip()})


def _label(name: str, info: FieldInfo) -> str:
    return info.title or name.replace("_", " ")
