#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""read_formats.py cef|syslog|syslog-ndjson FILE NDJSON: reads what Sentra wrote and compares.

A reader that knows the formats from their own documents and not from the writer. Every line of
FILE is parsed and what it says is held against the signal of the same line of NDJSON. Then the
records are framed by octet counting, run together, and taken apart again. Prints what is wrong and
exits with 1.
"""
import json
import re
import sys

# The keys of CEF's dictionary that we use; anything else is custom and belongs in a numbered slot.
KEYS = set("""rt start end externalId cat act src dst shost dhost suser suid duser duid dvchost
deviceExternalId sproc spid fname filePath cnt reason msg""".split())
SLOT = re.compile(r"^(cs[1-6]|cn[1-3]|cfp[1-4]|c6a[1-4]|flexString[12])(Label)?$")
# RFC 5424, 6: the grammar, field by field.
SYSLOG = re.compile(
    r"<(?P<pri>0|[1-9][0-9]{0,2})>(?P<version>[1-9][0-9]{0,2})"
    r" (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))"
    r" (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) (?P<proc>[!-~]{1,128}) (?P<msgid>[!-~]{1,32}) ")
NAME = re.compile(r"[!#-<>-\\^-~]{1,32}")


class Wrong(Exception):
    pass


def expect(is_true, text):
    if not is_true:
        raise Wrong(text)


def unescape(text, escaped):
    """Takes one level of backslashes off; only what is in `escaped` may follow one."""
    out, at = [], 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
            expect(at < len(text) and text[at] in escaped, f"a stray backslash in {text!r}")
            out.append({"n": "\n", "r": "\r"}.get(text[at], text[at]) if "n" in escaped else text[at])
        else:
            out.append(text[at])
        at += 1
    return "".join(out)


def parse_cef(line):
    """(the seven fields of the header, the extension as a dict)."""
    expect(line.startswith("CEF:0|"), "no CEF:0 at the start")
    parts = re.split(r"(?<!\\)((?:\\\\)*)\|", line, maxsplit=7)
    # The groups between are backslashes that escape one another and belong to the field before.
    fields = [parts[i] + (parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]
    expect(len(fields) == 8, f"{len(fields)} fields in the header")
    header = [unescape(field, "\\|") for field in fields[:7]]
    extension, text = {}, fields[7]
    starts = list(re.finditer(r"(?:^| )([A-Za-z0-9_]+)=", text))
    starts = [found for found in starts if not ends_in_backslash(text, found.end() - 1)]
    expect(starts and starts[0].start() == 0, "the extension does not begin with a key")
    for found, after in zip(starts, starts[1:] + [None]):
        key = found.group(1)
        expect(key not in extension, f"{key} twice")
        extension[key] = unescape(text[found.end():after.start() if after else None], "\\=nr")
    return header, extension


def ends_in_backslash(text, end):
    count = 0
    while end - count > 0 and text[end - count - 1] == "\\":
        count += 1
    return count % 2 == 1


def parse_syslog(record):
    """(header, structured data as {id: {name: value}}, message)."""
    found = SYSLOG.match(record)
    expect(found, f"no header of RFC 5424: {record[:120]!r}")
    at, data = found.end(), {}
    expect(record[at] == "[", "no structured data")
    while record[at] == "[":
        name = NAME.match(record, at + 1)
        expect(name and name.group() not in data, "no name, or one twice, in structured data")
        at, values = name.end(), {}
        while record[at] == " ":
            name_of = NAME.match(record, at + 1)
            expect(name_of and record.startswith('="', name_of.end()), "no parameter")
            end = name_of.end() + 2
            begin = end
            while record[end] != '"':
                expect(record[end] != "]", "a bare ] in a value")
                end += 2 if record[end] == "\\" else 1
            values[name_of.group()] = unescape(record[begin:end], '"\\]')
            at = end + 1
        expect(record[at] == "]", "structured data does not end")
        data[name.group()] = values
        at += 1
    expect(record[at] == " ", "nothing between data and message")
    message = record[at + 1:]
    expect(not message.startswith("\ufeff"), "a byte order mark")
    return found.groupdict(), data, message


def is_begin_of(text, whole):
    """Long texts are cut with an ellipsis; blanks at the ends belong to no value."""
    whole = whole.strip()
    return text == whole or (len(text) > 400 and text.endswith("\u2026") and whole.startswith(text[:-1]))


def check_cef(line, signal):
    header, extension = parse_cef(line)
    for key in extension:
        slot = SLOT.match(key)
        expect(key in KEYS or slot, f"{key} is not in the dictionary")
        if slot and not slot.group(2):
            expect(key + "Label" in extension, f"{key} has no label")
    expect(header[4] == signal["rule"]["id"], f"signature {header[4]!r}")
    expect(is_begin_of(header[5], signal["title"]), f"name {header[5]!r}")
    score = signal["risk"]["score"]
    severity = 3 if score < 0.25 else 5 if score < 0.5 else 8 if score < 0.8 else 10
    expect(header[6] == str(severity), f"severity {header[6]} of {score}")
    expect(is_begin_of(extension["msg"], signal["narrative"]), f"msg {extension['msg']!r}")
    expect(extension["externalId"] == signal["id"], "externalId")
    expect(extension["cs1"] == signal["uid"], "uid")
    expect(extension["cat"] == signal["intent"], "cat")
    expect(extension["cnt"] == str(signal["count"]), "cnt")
    expect(float(extension["cfp1"]) == score, "risk")
    user = signal["actor"].get("user", signal["actor"].get("effective", {}))
    expect(is_begin_of(extension.get("suser", ""), user.get("name", "")), "suser")
    techniques = [row["id"] for row in signal.get("attack", {}).get("techniques", [])]
    expect(extension.get("cs2", "") == ", ".join(techniques), "techniques")
    args = signal["actor"].get("process", {}).get("args", [])
    expect(is_begin_of(extension.get("cs6", ""), " ".join(a for a in args)), "command")


def check_syslog(record, signal, check_message):
    header, data, message = parse_syslog(record)
    score = signal["risk"]["score"]
    severity = 5 if score < 0.25 else 4 if score < 0.5 else 3 if score < 0.8 else 2
    expect(int(header["pri"]) == 10 * 8 + severity, f"priority {header['pri']} of {score}")
    expect(header["version"] == "1" and header["app"] == "sentrad", "version or program")
    expect(header["time"] == signal["time"]["last"], "time")
    expect(header["msgid"] == signal["rule"]["id"][:32], "msgid")
    own = next(values for name, values in data.items() if re.match(r"sentra@\d+$", name))
    expect(own["uid"] == signal["uid"] and own["state"] == signal["state"], "uid or state")
    expect(float(own["risk"]) == score, "risk")
    expect(own.get("tenant", "") == signal.get("tenant", ""), "tenant")
    check_message(message, signal)


def check_same(message, signal):
    expect(json.loads(message) == signal, "the message is not the signal")


def unframed(stream):
    """Octet counting (RFC 6587 3.4.1) taken apart."""
    while stream:
        length, _, rest = stream.partition(b" ")
        expect(re.fullmatch(rb"[1-9][0-9]*", length), f"no length: {length[:20]!r}")
        yield rest[:int(length)]
        stream = rest[int(length):]


def main(kind, file, ndjson):
    with open(file, "rb") as opened:
        raw = opened.read().split(b"\n")[:-1]
    with open(ndjson, encoding="utf-8") as opened:
        signals = [json.loads(line) for line in opened.read().split("\n")[:-1]]
    wrong = 0 if len(raw) == len(signals) else 1
    if wrong:
        print(f"{file}: {len(raw)} records of {len(signals)} signals")
    framed = b"".join(b"%d %s" % (len(record), record) for record in raw)
    if list(unframed(framed)) != raw:
        print(f"{file}: the framed records are not the records")
        wrong += 1
    for number, (record, signal) in enumerate(zip(raw, signals), 1):
        try:
            text = record.decode("utf-8")
            if kind == "cef":
                check_cef(text, signal)
            else:
                check_syslog(text, signal, check_cef if kind == "syslog" else check_same)
        except (Wrong, UnicodeDecodeError, KeyError, IndexError, ValueError) as error:
            print(f"{file}:{number}: {type(error).__name__}: {error}")
            wrong += 1
    return 1 if wrong or not raw else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
