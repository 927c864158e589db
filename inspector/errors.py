"""The one error that people see: a sentence that says what, where and what to do."""


class InspectorError(Exception):
    """Something outside the program is unusable: a file, a model, a recipe, a folder.

    The message is one sentence in plain words, fit for the operator's banner, for stderr and for the
    ``error`` field of results.jsonl. Anything else that is raised is a fault of the program itself.
    """
