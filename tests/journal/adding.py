"""Adds small inspections to the journal of the given URL until it is killed, and prints each id once it is stored."""

import itertools
import sys

from builders import make_frame, make_inspection, make_recipe

from inspector.journal.store import Journal
from inspector.types import Unreadable

journal, recipe = Journal.open(sys.argv[1]), make_recipe()
for number in itertools.count():
    if number % 5 == 4:
        print(journal.add_unreadable(Unreadable(number, "broken.png", "is empty"), "loop"), flush=True)
    else:
        print(journal.add(make_inspection(make_frame((64, 64), index=number, seed=number)), recipe, "loop"), flush=True)
