// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "store/store.h"

namespace sentra::cli {

int verb_ledger(const Arguments &arguments)
{
    using Json = nlohmann::ordered_json;
    const auto fetched = fetch(arguments, {.verb = pipeline::Request::Verb::ledger});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    std::vector<store::Entry> ledger;
    for (const std::string &line : fetched->lines) {
        const Json json = Json::parse(line, nullptr, false);
        store::Entry &entry = ledger.emplace_back();
        entry.json = json.value("entry", "");
        entry.hash = json.value("hash", "");
        const Json inside = Json::parse(entry.json, nullptr, false);
        if (inside.is_object())
            entry.number = inside.value("number", std::uint64_t{0});
        if (arguments.has("--json"))
            std::cout << line << "\n";
        else if (inside.is_object())
            std::cout << fmt::format("{:>4}  {}  {:<10}  {:<20}  {:.16}  {}\n", entry.number,
                                     inside.value("time", "").substr(0, 19),
                                     inside.value("kind", ""),
                                     printable(inside.value("author", ""), 20),
                                     inside.value("subject", ""), entry.hash.substr(0, 12));
    }
    const std::string wrong = store::verify(ledger);
    if (!wrong.empty())
        return complain(kFinding, "the ledger is not as it was written: " + wrong);
    if (!arguments.has("--json"))
        std::cout << ledger.size() << " entries; every one follows from the one before it.\n";
    return kOk;
}

} // namespace sentra::cli
