// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"
#include "engine/sigma.h"

namespace sentra::cli {

namespace {

using State = engine::SigmaReport::State;

// Every document that is not evaluated as a whole, with its reasons; then how many there are of
// each kind.
void print_sigma(const std::vector<engine::SigmaReport> &reports)
{
    std::map<std::string, std::size_t> reasons;
    std::size_t counts[3] = {};
    for (const engine::SigmaReport &report : reports) {
        ++counts[static_cast<std::size_t>(report.state)];
        if (report.state == State::whole)
            continue;
        std::cout << fmt::format("{}: {} ({}, {}): {}\n", report.place,
                                 report.state == State::none ? "not evaluated" : "in part",
                                 report.id.empty() ? "no id" : report.id,
                                 report.source.empty() ? "no source" : report.source, report.title);
        for (const std::string &reason : report.reasons) {
            std::cout << "    " << reason << "\n";
            ++reasons[reason];
        }
    }
    std::cout << fmt::format("{} Sigma rules: {} evaluated as a whole, {} in part, {} not\n",
                             reports.size(), counts[0], counts[1], counts[2]);
    std::vector<std::pair<std::size_t, std::string>> by_count;
    by_count.reserve(reasons.size());
    for (const auto &[reason, count] : reasons)
        by_count.emplace_back(count, reason);
    std::stable_sort(by_count.begin(), by_count.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    for (const auto &[count, reason] : by_count)
        std::cout << fmt::format("{:5} {}\n", count, reason);
}

// Complaints as they are said, with the lines that show the place.
int print_json(const Result<std::shared_ptr<const engine::Rules>> &rules)
{
    using Json = nlohmann::ordered_json;
    Json json{{"ok", rules && (*rules)->unnamed().empty()}};
    if (rules) {
        json["rules"] = (*rules)->all().size();
        json["bundle"] = (*rules)->bundle();
        json["complaints"] = (*rules)->unnamed();
        json["sigma"] = Json::array();
        for (const engine::SigmaReport &report : (*rules)->sigma())
            json["sigma"].push_back({{"place", report.place},
                                     {"id", report.id},
                                     {"title", report.title},
                                     {"reasons", report.reasons}});
    } else {
        json["complaints"] = Json::array({rules.error().text});
    }
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    return json["ok"].get<bool>() ? kOk : kFinding;
}

} // namespace

int verb_rules_check(const Arguments &arguments)
{
    auto directories = rules_directories(arguments.all("dir"));
    if (!directories)
        return complain(kFinding, directories.error().text);
    for (const std::string &directory : arguments.all("--sigma"))
        directories->push_back(directory);
    const auto rules = engine::Rules::load(*directories);
    if (arguments.has("--json"))
        return print_json(rules);
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return kFinding;
    }
    if (!(*rules)->sigma().empty())
        print_sigma((*rules)->sigma());
    for (const std::string &entry : (*rules)->unnamed())
        std::cerr << entry << "\n";
    std::cout << (*rules)->all().size() << " rules, bundle " << (*rules)->bundle() << "\n";
    return (*rules)->unnamed().empty() ? kOk : kFinding;
}

} // namespace sentra::cli
