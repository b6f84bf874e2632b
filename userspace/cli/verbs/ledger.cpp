// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "signal/json_parts.h"
#include "store/store.h"

namespace sentra::cli {

namespace {

// head: "<number>:<hash>", as documents that left the host carry it; empty: nothing is asked.
bool holds(const std::vector<store::Entry> &ledger, const std::string &head)
{
    return head.empty() ||
           std::any_of(ledger.begin(), ledger.end(), [&](const store::Entry &entry) {
               return std::to_string(entry.number) + ":" + entry.hash == head;
           });
}

} // namespace

int verb_ledger(const Arguments &arguments)
{
    using Json = nlohmann::ordered_json;
    const auto fetched = fetch(arguments, {.verb = pipeline::Request::Verb::ledger});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    std::vector<store::Entry> ledger;
    for (const std::string &line : fetched->lines) {
        const Json json = Json::parse(line, nullptr, false);
        ledger.push_back(
            store::entry_from(signal::text_of(json, "entry"), signal::text_of(json, "hash")));
        const store::Entry &entry = ledger.back();
        if (arguments.has("--json"))
            std::cout << line << "\n";
        else
            std::cout << fmt::format("{:>4}  {}  {:<10}  {:<20}  {:.16}  {}\n", entry.number,
                                     format_rfc3339(entry.time_ns).substr(0, 19),
                                     printable(entry.kind, 20), printable(entry.author, 20),
                                     printable(entry.subject, 80), entry.hash.substr(0, 12));
    }
    const std::string wrong = store::verify(ledger);
    if (!wrong.empty())
        return complain(kFinding, "the ledger is not as it was written: " + wrong);
    if (const std::string head = arguments.text("--head"); !holds(ledger, head))
        return complain(kFinding, "the ledger does not hold the entry " + printable(head, 100) +
                                      ": it was written anew, or is another host's");
    if (!arguments.has("--json"))
        std::cout << ledger.size() << " entries; every one follows from the one before it.\n";
    return kOk;
}

} // namespace sentra::cli
