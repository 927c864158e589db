"""A document that is written from top to bottom, in the colours of the verdicts."""

from inspector.journal.report.pdf import BLACK, HEIGHT, WIDTH, Colour, Pdf, text_width, wrapped
from inspector.types import Verdict

LEFT, WIDE = 48.0, WIDTH - 96.0
"""Where the text begins, and how wide it is."""

LEADING = 13.0
GREY: Colour = (0.45, 0.48, 0.51)
PALE: Colour = (0.87, 0.89, 0.9)
COLOURS: dict[Verdict, Colour] = {
    Verdict.ACCEPT: (0.11, 0.33, 0.58),
    Verdict.REVIEW: (0.96, 0.71, 0.45),
    Verdict.REJECT: (0.91, 0.4, 0.04),
}

_TOP, _BOTTOM = 56.0, HEIGHT - 48.0


class Paper:
    """A document with the height `y` at which its last page goes on."""

    def __init__(self) -> None:
        self.pdf, self.y = Pdf(), _TOP
        self.pdf.add_page()

    def need(self, height: float) -> None:
        """Begin a new page where less than that is left of this one."""
        if self.y + height > _BOTTOM:
            self.pdf.add_page()
            self.y = _TOP

    def title(self, title: str, *lines: str) -> None:
        self.pdf.text(LEFT, self.y, title, size=20, bold=True)
        for line in lines:
            self.say(line, colour=GREY)
        self.y += 8

    def head(self, text: str, height: float = 40) -> None:
        """A heading, on the page of what stands below it."""
        self.need(height + 2 * LEADING)
        self.y += 2 * LEADING
        self.pdf.text(LEFT, self.y, text, size=11, bold=True)

    def say(self, text: str, colour: Colour = BLACK) -> None:
        for line in wrapped(text, WIDE, 9):
            self.need(LEADING)
            self.y += LEADING
            self.pdf.text(LEFT, self.y, line, colour=colour)

    def right(self, x: float, text: str, size: float = 9, colour: Colour = BLACK) -> None:
        """A text that ends at `x`."""
        self.pdf.text(x - text_width(text, size), self.y, text, size, colour=colour)
