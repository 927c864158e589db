"""Loaded models, kept while the program runs."""

import threading
from collections.abc import Callable

from inspector.networks.bundle import Model, load_model
from inspector.paths import find_model
from inspector.settings import load_settings


def load_named(name: str) -> Model:
    """Load the bundle that a recipe names."""
    return load_model(find_model(name), threads=load_settings().threads or None)


class Models:
    """Each model is loaded once; safe to use from several threads.

    Parameters
    ----------
    load : callable
        Loads the model of a recipe's `model`.
    """

    def __init__(self, load: Callable[[str], Model] = load_named) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: dict[str, Model] = {}

    def get(self, name: str) -> Model:
        """The model that a recipe names, loaded if this is the first time.

        Raises
        ------
        InspectorError
            If it can't be used.
        """
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]
