"""Runs the Python programs of a guide in docs/ and compares what they print with the page:

    venv/bin/python guides.py ../../docs/from-keras.md

The programs of a section have one output, the next block of `text`. Numbers are compared with two
units of the last digit that the page shows, words as they are; brackets and commas are not.
"""

import pathlib
import re
import subprocess
import sys

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def agree(shown, printed):
    if NUMBER.fullmatch(shown) and NUMBER.fullmatch(printed):
        digits = len(shown.partition(".")[2])
        return abs(float(shown) - float(printed)) <= 2.01 * 10**-digits or float(shown) == float(printed)
    return shown == printed


def words(text):
    return re.sub(r"[\[\](),]", " ", text.replace("None", "null")).split()


def programs(page):
    """(title, program, output) of each section that has Python."""
    for section in re.split(r"^(?=## )", page.read_text(), flags=re.M):
        title = section.splitlines()[0]
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.M | re.S)
        for i, (language, text) in enumerate(blocks):
            if language != "python":
                continue
            outputs = [other for kind, other in blocks[i:] if kind == "text"]
            yield title, text, outputs[0] if outputs else ""


def main(page):
    failed = False
    for title, program, output in programs(pathlib.Path(page)):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        shown, printed = words(output), words(done.stdout)
        equal = len(shown) == len(printed) and all(map(agree, shown, printed))
        print("ok    " if equal else "FAILED", title)
        if not equal:
            failed = True
            print(done.stdout, done.stderr[-2000:], sep="\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
