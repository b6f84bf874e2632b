# SPDX-License-Identifier: MIT
"""What a case's signals are worth: pure functions from what the host told to marks and lines."""
import re
from datetime import datetime, timezone
from statistics import median

# The corpus names intents as the study did; the product has split or renamed some.
INTENTS = {
    "Defence evasion": {"Stealth", "Defense impairment"},
    "Exfiltration": {"Collection and exfiltration"},
    "Collection": {"Collection and exfiltration"},
    "Resource hijack": {"Resource hijacking"},
    "Web-shell/Initial access": {"Initial access (web shell)"},
}


def seconds(stamp):
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp()


def techniques(signal):
    return {t["id"] for t in signal.get("attack", {}).get("techniques", [])}


def news(signal, began):
    """The chapters of a story that are of this case, where it tells more than that; else nothing."""
    story = signal.get("story", [])
    new = [chapter for chapter in story if seconds(chapter["time"]["last"]) >= began - 0.2]
    return new if len(new) < len(story) else []


def behaviours(signal, began):
    """(intent, techniques) of the signal and of each behaviour it tells as one; of one that began
    before this case, of its new chapters only."""
    if not news(signal, began):
        yield signal["intent"], techniques(signal)
    for chapter in news(signal, began) or signal.get("story", []):
        yield chapter["intent"], set(chapter.get("attack", []))


def asks(signal, began):
    new = news(signal, began)
    return any(chapter["risk"] >= 0.5 for chapter in new) if new else signal["action"]["needed"]


def own(told, signal):
    """Audit session ids count up over the whole machine: another host's deeds show by theirs, and
    by the unit that its cases are run from."""
    actor = signal["actor"]
    audit_id = actor.get("session", {}).get("audit_id")
    if audit_id is not None:
        return told["sessions"][0] < audit_id < told["sessions"][1]
    return told.get("by_host", True) or actor.get("unit") != "host-command.service"


def in_window(told):
    """The last form of each signal that grew or came while the case ran."""
    return [s for s in told["signals"] if own(told, s) and seconds(s["time"]["last"]) >= told["began"] - 0.2]


def cites(signal):
    evidence = signal.get("evidence", [])
    return bool(evidence) and (bool(signal["actor"].get("process")) or
                               any(e["event"].startswith("auth.") for e in evidence))


def wanted(case):
    technique = case["technique"]
    return {technique, technique.split(".")[0], *case["aliases"]}


def latency(told, right):
    """From the deed, the newest evidence of a print, to that print: the first one that is right."""
    for at, signal in told["said"]:
        if right(signal) and own(told, signal) and at >= told["began"]:
            return max(0.0, at - seconds(signal["time"]["last"]))
    return None


def seen(signals, began=0.0):
    def told(signal):
        story = news(signal, began) or signal.get("story", [])
        rules = "+".join(chapter["rule"]["id"] for chapter in story) or signal["rule"]["id"]
        return f'{rules} {signal["risk"]["score"]:.2f} {signal["intent"]} [{" ".join(sorted(techniques(signal)))}]'

    return ", ".join(told(signal) for signal in signals) or "nothing"


def mark_attack(case, told):
    """Tier S: technique, intent, latency. Tiers C and N: nothing may ask for action."""
    signals = in_window(told)
    accepted = set().union(*(INTENTS.get(i, {i}) for i in case["intents"]))
    began = told["began"]
    actions = [s for s in signals if asks(s, began)]
    mark = {"tier": case["tier"], "actions": len(actions), "seen": seen(signals, began)}
    if case["tier"] != "S":
        mark["good"] = not actions
        return mark
    ids = wanted(case)
    hits = [(intent, s) for s in signals if cites(s) for intent, found in behaviours(s, began) if found & ids]
    mark["technique"] = bool(hits)
    mark["intent"] = any(intent in accepted for intent, _ in hits)
    mark["latency"] = latency(told, lambda s: any(found & ids for _, found in behaviours(s, began)))
    mark["good"] = mark["technique"] and mark["intent"]
    mark["accepted"] = f'{"/".join(sorted(ids))} {"/".join(sorted(accepted))}'
    return mark


def cut(told, done, began, until):
    """One attack among several on a host: what was printed from its beginning to that of the next."""
    said = [(at, signal) for at, signal in told["said"] if began <= at < until]
    return {**told, **done, "said": said, "signals": list({s["id"]: s for _, s in said}.values())}


def parts(case, told):
    """Each case of a host's day with what was first said while it ran (a roll-up counts once a day)."""
    if "parts" not in case:
        yield case, told
        return
    if isinstance(told, str):
        yield case["parts"][0], told
        yield from ((part, "as the one before") for part in case["parts"][1:])
        return
    first = {}
    for at, signal in told["said"]:
        first.setdefault(signal["id"], at)
    begins = [part["began"] for part in told["parts"]] + [float("inf")]
    for number, (part, done) in enumerate(zip(case["parts"], told["parts"])):
        if part["kind"] in ("atomics", "variants"):
            yield part, cut(told, done, begins[number], begins[number + 1])
            continue
        news = [s for s in in_window(told) if begins[number] <= first.get(s["id"], 0) < begins[number + 1]
                or (number == 0 and first.get(s["id"], 0) < begins[0])]
        yield part, {**told, **done, "began": told["began"], "signals": news}


def mark_benign(case, told):
    """A workload that did not do its work proves nothing, so it does not count as good."""
    signals = in_window(told)
    actions = [s for s in signals if s["action"]["needed"]]
    return {"good": told["status"] == 0 and not actions and len(signals) <= 5, "actions": len(actions), "signals": len(signals),
            "seen": seen(signals)}


def steps_in_order(steps, signal):
    """The longest run of steps that the evidence tells in their order."""
    lines = [f'{e["event"]} {e["text"]}' for e in signal.get("evidence", [])]
    best = [0] * (len(lines) + 1)
    for step in steps:
        row = [0]
        for number, line in enumerate(lines):
            hit = re.search(step, line, re.IGNORECASE) is not None
            row.append(max(row[number], best[number + 1], best[number] + hit if hit else 0))
        best = row
    return best[-1]


def mark_intrusion(case, told):
    signals = in_window(told)
    counted = [(steps_in_order(case["steps"], s), s["risk"]["score"], s) for s in signals]
    best = max(counted, key=lambda c: c[:2], default=(0, 0.0, None))
    share = best[0] / len(case["steps"])
    accepted = set().union(*(INTENTS.get(i, {i}) for i in case["intents"]))
    intent = best[2]["intent"] if best[2] else "-"
    good = share >= 0.8 and best[1] >= 0.8 and (not accepted or intent in accepted)
    return {"good": good, "steps": f'{best[0]}/{len(case["steps"])}', "risk": best[1], "intent_seen": intent,
            "signals": len(signals), "latency": latency(told, lambda s: best[2] and s["id"] == best[2]["id"]),
            "seen": seen(signals)}


def percent(part, whole):
    return f"{part}/{whole} ({100 * part / whole:.0f} %)" if whole else "-"


def recall_holds(attacks):
    wanted_ones = [m for m in attacks if m["tier"] == "S"]
    return sum(m["technique"] for m in wanted_ones) >= 0.9 * len(wanted_ones)


def attack_rows(title, attacks):
    if not attacks:
        return []
    wanted_ones = [m for m in attacks if m["tier"] == "S"]
    found = [m for m in wanted_ones if m["technique"]]
    rows = [(f"{title}: technique recall, tier S", percent(len(found), len(wanted_ones)), ">= 90 %"),
            (f"{title}: intent right where the technique is", percent(sum(m["intent"] for m in found), len(found)), ">= 95 %")]
    for tier in "CN":
        of_tier = [m for m in attacks if m["tier"] == tier]
        rows.append((f"{title}: tier {tier} that asks for action", f'{sum(m["actions"] > 0 for m in of_tier)} of {len(of_tier)}', "0"))
    return rows


def table(marks):
    """The rows of the scoreboard: (metric, value, bar)."""
    rows = []
    for kind, title in (("atomics", "shared attacks"), ("variants", "variants")):
        rows += attack_rows(title, [m for _, k, m in marks if k == kind])
    benign = [m for _, kind, m in marks if kind == "benign"]
    if benign:
        rows += [
            ("benign: signals asking for action", f'{sum(m["actions"] for m in benign)} in {len(benign)} workloads', "0"),
            ("benign: signals in all", str(sum(m["signals"] for m in benign)), "<= 5"),
        ]
    intrusions = [m for _, kind, m in marks if kind == "intrusions"]
    if intrusions:
        rows.append(("intrusions: one signal, 80 % of the steps in order, risk >= 0.8",
                     percent(sum(m["good"] for m in intrusions), len(intrusions)), "100 %"))
    late = [m["latency"] for _, _, m in marks if m.get("latency") is not None]
    if late:
        rows.append(("deed to print, median / longest", f"{median(late):.2f} s / {max(late):.2f} s", ""))
    return rows
