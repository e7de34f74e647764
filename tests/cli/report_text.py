"""The text of a report as a reader meets it, a line for each block: for golden tests."""
import html.parser
import sys

BLOCKS = {"p", "li", "tr", "h1", "h2", "h3", "h4", "dt", "dd", "figcaption", "caption", "title", "summary", "div", "article"}
SKIPPED = {"style", "script", "svg"}


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.lines, self.line, self.depth = [], "", 0

    def end_line(self):
        if self.line.split():
            self.lines.append(" ".join(self.line.split()))
        self.line = ""

    def handle_starttag(self, tag, attributes):
        if tag in SKIPPED:
            self.depth += 1
        if tag in BLOCKS and not self.depth:
            self.end_line()
        if tag in ("td", "th") and not self.depth:
            self.line += " | "
        if tag in ("br", "small", "span"):
            self.line += " "

    def handle_endtag(self, tag):
        if tag in SKIPPED:
            self.depth -= 1
        if tag in BLOCKS and not self.depth:
            self.end_line()

    def handle_data(self, data):
        if not self.depth:
            self.line += data


reader = Reader()
reader.feed(open(sys.argv[1], encoding="utf-8").read())
reader.end_line()
print("\n".join(reader.lines))
