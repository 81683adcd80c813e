"""The programs in Python: reads names, and answers each with `= ` and what the program gives."""

import functools
import json
import sys


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def calls():
    return fib(30)


def whileLoop():
    sum = 0
    i = 0
    while i < 10000000:
        sum = sum + i
        i = i + 1
    return sum


def forLoop():
    sum = 0
    for i in range(10000000):
        sum += i * 3 % 7
    return sum


def floats():
    sum = 0.0
    x = 0.5
    for i in range(5000000):
        x = x * 1.0000001 + 0.25
        sum = sum + x / 3.0
    return sum


def interpolation():
    name = "world"
    total = 0
    for i in range(1000000):
        text = f"Hello {name}!"
        total += len(text)
    return total


def longInterpolation():
    name = "world"
    total = 0
    for i in range(1000000):
        text = f"Hello {name}, you are visitor number {i}!"
        total += len(text)
    return total


def building():
    total = 0
    for round in range(10):
        lines = []
        for i in range(50000):
            lines.append("line ")
            lines.append(str(i))
            lines.append("\n")
        total += len("".join(lines))
    return total


def growing():
    total = 0
    for round in range(5):
        text = ""
        for i in range(10000):
            text += f"line {i}\n"
        total += len(text)
    return total


def array():
    numbers = []
    for i in range(1000000):
        numbers.append(i)
    sum = 0
    for round in range(5):
        for i in range(1000000):
            sum += numbers[i]
    return sum


def numberKeys():
    squares = {}
    for i in range(500000):
        squares[i * 7] = i
    sum = 0
    for i in range(500000):
        sum += squares[i * 7]
    return sum


def textKeys():
    keys = []
    for i in range(1000):
        keys.append(f"key{i}")
    counts = {}
    for i in range(1000000):
        key = keys[i % 1000]
        counts[key] = counts.get(key, 0) + 1
    return counts["key7"]


def words():
    texts = []
    for i in range(200000):
        texts.append(f"word{i * 7 % 5003}")
    text = " ".join(texts)
    counts = {}
    for word in text.split(" "):
        counts[word] = counts.get(word, 0) + 1
    return len(counts) * 1000 + counts["word7"]


def randoms(n):
    numbers = []
    x = 12345
    for i in range(n):
        x = x * 16807 % 2147483647
        numbers.append(x)
    return numbers


def sorting():
    numbers = randoms(100000)
    ordered = sorted(numbers, key=functools.cmp_to_key(lambda x, y: -1 if x < y else 1))
    return ordered[500]


def merged(numbers, isBefore):
    n = len(numbers)
    source = numbers
    target = []
    for i in range(n):
        target.append(0)
    width = 1
    while width < n:
        low = 0
        while low < n:
            middle = low + width
            if middle > n:
                middle = n
            high = middle + width
            if high > n:
                high = n
            i = low
            j = middle
            k = low
            while k < high:
                if i < middle and (j >= high or not isBefore(source[j], source[i])):
                    target[k] = source[i]
                    i += 1
                else:
                    target[k] = source[j]
                    j += 1
                k += 1
            low = high
        source, target = target, source
        width = width * 2
    return source


def mergeSort():
    numbers = randoms(100000)
    ordered = merged(numbers, lambda x, y: x < y)
    return ordered[500]


def mapping():
    numbers = []
    for i in range(200000):
        numbers.append(i)
    k = 3
    total = 0
    for round in range(5):
        mapped = list(map(lambda x: x * k + 1, numbers))
        total += mapped[1000]
    return total


def each(numbers, change):
    changed = []
    for x in numbers:
        changed.append(change(x))
    return changed


def ownMapping():
    numbers = []
    for i in range(200000):
        numbers.append(i)
    k = 3
    total = 0
    for round in range(5):
        mapped = each(numbers, lambda x: x * k + 1)
        total += mapped[1000]
    return total


def capturing():
    sum = 0

    def add(n):
        nonlocal sum
        sum = sum + n

    for i in range(2000000):
        add(i)
    return sum


def adder(k):
    return lambda x: x + k


def makingClosures():
    sum = 0
    for i in range(1000000):
        sum = adder(i)(sum) % 1000003
    return sum


people = [
    {"id": i, "name": f"user {i}", "tags": ["a", "b", "c"], "active": i % 2 == 0, "manager": None} for i in range(2000)
]
text = json.dumps(people, separators=(",", ":"))


def parsing():
    total = 0
    for round in range(20):
        total += json.loads(text)[round]["id"]
    return total


def printing():
    total = 0
    for round in range(20):
        total += len(json.dumps(people, separators=(",", ":")))
    return total


for line in sys.stdin:
    program = globals().get(line.strip())
    print("=", program() if program else "none", flush=True)
