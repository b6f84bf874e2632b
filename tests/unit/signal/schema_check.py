#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""schema_check.py SCHEMA < SIGNALS: is every line a signal as the schema has it?

Prints what is wrong and exits with 1; exits with 77 where python3-jsonschema is not installed.
Besides the schema: keys stand in the schema's order, and the terms add up to the score.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: signals were not held against their schema")
    sys.exit(77)


def order_problem(pairs, schema, where):
    """The first key out of the schema's order at or below `where`, or None."""
    wanted = list(schema.get("properties", {}))
    places = [wanted.index(key) for key, _ in pairs if key in wanted]
    if places != sorted(places):
        return f"{where}: keys are out of order: {[key for key, _ in pairs]}"
    for key, value in pairs:
        below = schema.get("properties", {}).get(key, {})
        for item in value if isinstance(value, Rows) else [value]:
            if isinstance(item, Pairs):
                problem = order_problem(item, below.get("items", below), f"{where}.{key}")
                if problem:
                    return problem
    return None


class Pairs(list):
    """An object as its keys and values, in order."""


class Rows(list):
    """A list of objects."""


def in_order(value):
    if isinstance(value, dict):
        return Pairs((key, in_order(item)) for key, item in value.items())
    return Rows(in_order(item) for item in value) if isinstance(value, list) else value


def problems(line, validator, schema):
    signal = json.loads(line)
    for error in validator.iter_errors(signal):
        yield f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message}"
    problem = order_problem(in_order(signal), schema, "signal")
    if problem:
        yield problem
    total = sum(round(term["value"] * 100) for term in signal["risk"]["terms"])
    if min(100, max(0, total)) != round(signal["risk"]["score"] * 100):
        yield f"risk: terms add up to {total / 100}, not to {signal['risk']['score']}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = lines = 0
    for lines, line in enumerate(sys.stdin.buffer.read().decode("utf-8").splitlines(), 1):
        for problem in problems(line, validator, schema):
            print(f"line {lines}: {problem}")
            wrong += 1
    if lines == 0:
        print("no signal was given")
    return 1 if wrong or lines == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
