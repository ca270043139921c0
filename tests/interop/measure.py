"""Times programs as whole processes, turn by turn so that the machine's moods meet all of them alike.

usage: measure.py ROUNDS OUTPUT, and on standard input a JSON object: name -> list of words
OUTPUT is removed before each run: what it takes to give an old file's pages back is not the program's time
prints one JSON object: name -> {"seconds": best of the rounds, "megabytes": peak of resident memory}
"""

import json
import os
import sys
import time


def once(words):
    begin = time.perf_counter()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.execvp(words[0], words)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"{words}: status {status}")
    return seconds, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def main(rounds, output):
    commands = json.load(sys.stdin)
    found = {name: {"seconds": float("inf"), "megabytes": 0.0} for name in commands}
    for _ in range(rounds):
        for name, words in commands.items():
            if os.path.exists(output):
                os.remove(output)
            seconds, megabytes = once(words)
            best = found[name]
            best["seconds"] = min(best["seconds"], seconds)
            best["megabytes"] = max(best["megabytes"], megabytes)
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
