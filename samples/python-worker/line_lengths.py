"""A small stage: the lengths of the lines of a text file. See docs/guides/python-worker.md."""

# region stage
from penstock_worker import Permanent, Worker


def line_lengths(unit):
    def read():
        try:
            with open(unit.payload["path"], encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError as error:
            raise Permanent("source-not-found", str(error))          # no retry brings it back

    lines = unit.step("read", read)                                  # stored: a later execution skips it
    for i, _ in enumerate(lines):
        if i % 1000 == 0:
            unit.check()                                             # raises when the job was cancelled or lost
            unit.event("lines.measured", current=i, total=len(lines))
    return {"longest": max(map(len, lines), default=0)}              # the job's result


if __name__ == "__main__":
    Worker({"lab.line_lengths": line_lengths}, slots=2).run()
# endregion
