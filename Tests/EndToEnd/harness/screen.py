"""A terminal for tests: what a program draws is kept as the lines that scrolled away and those on the screen."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


class Screen:
    """Enough of a terminal for what Penstock writes; anything else is an error."""

    def __init__(self, columns, rows):
        self.columns = columns
        self.rows = rows
        self.lines = [""]  # all lines, the last `rows` of them on the screen
        self.row = 0
        self.column = 0
        self.wrapped = []  # whether a line goes on in the next one
        self.drawings = 0
        self.snapshots = []

    def feed(self, text):
        place = 0
        while place < len(text):
            letter = text[place]
            place += 1
            if letter == "\x1b":
                match = SEQUENCE.match(text, place - 1)
                assert match, f"unknown sequence {text[place - 1:place + 20]!r}"
                self.control(match.group(2), match.group(1))
                place = match.end()
            elif letter == "\r":
                self.column = 0
            elif letter == "\n":
                self.next_line(False)
            else:
                assert letter >= " " or letter == "\t", f"control character {letter!r}"
                self.put(letter)

    def control(self, kind, number):
        if kind == "m":
            return
        if kind == "A":
            self.row -= int(number or 1)
            assert self.row >= max(0, len(self.lines) - self.rows), "the cursor left the screen"
        elif kind == "J":
            assert number == ""
            self.snapshots.append(self.lines[self.row:])
            self.drawings += 1
            del self.lines[self.row + 1:], self.wrapped[self.row:]
            self.lines[self.row] = self.lines[self.row][:self.column]
        else:
            raise AssertionError(f"unknown sequence {number}{kind}")

    def put(self, letter):
        if self.column == self.columns:
            self.next_line(True)
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + letter + line[self.column + 1:]
        self.column += 1

    def next_line(self, wraps):
        if self.row + 1 == len(self.lines):
            self.lines.append("")
        self.wrapped[self.row:self.row + 1] = [wraps]
        self.row += 1
        self.column = 0

    def text(self):
        """All lines, those that were wrapped made whole."""
        whole = [""]
        for line, wraps in zip(self.lines, self.wrapped + [False]):
            whole[-1] += line
            if not wraps:
                whole.append("")
        return whole


def run(words, folder, environment, columns=100, rows=30, keys=(), timeout=60, draws=True):
    """Runs a program on a terminal of its own; gives its exit code and the screen.

    `keys` are pairs of a text to wait for and what to type then. With `draws` false, what it writes is only collected.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [str(word) for word in words], cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)
    screen, raw, waiting, deadline = Screen(columns, rows), b"", list(keys), time.monotonic() + timeout
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.1)[0]:
            try:
                piece = os.read(master, 1 << 16)
            except OSError:
                break
            if not piece:
                break
            raw += piece
            while waiting and waiting[0][0].encode() in raw:
                os.write(master, waiting.pop(0)[1].encode())
    else:
        process.kill()
        raise AssertionError(f"it did not end within {timeout} s\n{raw.decode(errors='replace')}")
    os.close(master)
    # The terminal turns each line break into two characters.
    if draws:
        screen.feed(raw.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("^C", ""))
    return process.wait(), screen, raw
