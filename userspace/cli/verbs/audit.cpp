// SPDX-License-Identifier: MIT
// `sentra audit bundle` and `sentra audit verify`.
#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "cli/load_rules.h"
#include "cli/report_input.h"
#include "cli/verbs/verbs.h"
#include "report/bundle.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;

Result<std::vector<report::Delivered>> delivered_in(store::Store &store,
                                                    const report::Period &period)
{
    const auto rows = store.outbox().history(period.from_ns, period.to_ns);
    if (!rows)
        return tl::unexpected(rows.error());
    std::vector<report::Delivered> delivered;
    for (const store::Shipment &row : *rows)
        delivered.push_back({row.sequence, row.revision, row.uid, row.sink, row.state, row.attempts,
                             row.queued_ns, row.state == "delivered" ? row.settled_ns : 0,
                             row.why});
    return delivered;
}

Json json_of(const report::Checked &checked)
{
    return {{"host", checked.host},
            {"from", checked.from},
            {"to", checked.to},
            {"files", checked.files},
            {"signals", checked.signals},
            {"decisions", checked.decisions},
            {"fingerprint", checked.fingerprint}};
}

void print_json(const Json &json)
{
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

int verified_as_json(const report::Checked &checked)
{
    Json json = json_of(checked);
    json["intact"] = checked.faults.empty();
    json["faults"] = Json::array();
    for (const report::Checked::Fault &fault : checked.faults)
        json["faults"].push_back({{"file", fault.file}, {"what", fault.what}});
    print_json(json);
    return checked.faults.empty() ? kOk : kFinding;
}

} // namespace

int verb_audit_bundle(const Arguments &arguments)
{
    const auto rules = load_rules(arguments.all("--rules"));
    if (!rules)
        return complain(kFinding, rules.error().text);
    auto read = report_input(arguments, **rules, now_ns());
    if (!read)
        return complain(read.error().status, read.error().text);
    report::Input &facts = read->input;
    // Of the period, and of nothing that is so now: the same store gives the same bundle later.
    facts.written_ns = std::min(facts.written_ns, facts.period.to_ns);
    facts.blind.clear();
    facts.facts.reset();
    auto delivered = delivered_in(*read->store, facts.period);
    if (!delivered)
        return complain(kFinding, delivered.error().text);
    const std::string key_path = arguments.text("--key", state_dir_of(arguments) + "/audit.key");
    const auto key = SigningKey::open_or_make(key_path);
    if (!key)
        return complain(kFinding, "signing key: " + key.error().text);
    const report::BundleInput input{std::move(facts), std::move(*delivered),
                                    (*rules)->catalogues().frameworks, (*rules)->bundle()};
    auto members = report::bundle(input, *key);
    auto archive = members ? report::pack(*members, *key)
                           : Result<std::string>(tl::unexpected(members.error()));
    if (!archive)
        return complain(kFinding, archive.error().text);
    const std::string path = arguments.text("-o");
    if (auto written = replace_file(path, *archive, kReportMode, Keep::safely); !written)
        return complain(kFinding, written.error().text);
    const report::Checked checked = report::check_bundle(*archive);
    if (!checked.faults.empty())
        return complain(kFinding,
                        path + " does not stand its own check: " + checked.faults.front().file +
                            " " + checked.faults.front().what);
    if (arguments.has("--json")) {
        Json json = json_of(checked);
        json["file"] = path;
        print_json(json);
        return kOk;
    }
    std::cout << path << ": " << checked.files << " files, " << checked.signals << " signals, "
              << checked.decisions << " ledger entries.\nSigned with the key "
              << checked.fingerprint
              << "\nGive its readers that fingerprint on another way than the file.\n";
    return kOk;
}

int verb_audit_verify(const Arguments &arguments)
{
    const std::string path = arguments.text("file");
    const auto archive = read_file(path);
    if (!archive)
        return complain(kFinding, archive.error().text);
    const report::Checked checked = report::check_bundle(*archive, arguments.text("--fingerprint"));
    if (arguments.has("--json"))
        return verified_as_json(checked);
    for (const report::Checked::Fault &fault : checked.faults)
        std::cout << fault.file << ": " << fault.what << "\n";
    if (!checked.faults.empty())
        return complain(kFinding, path + " is not as it was made");
    std::cout << "Audit evidence of " << checked.host << " from " << checked.from << " to "
              << checked.to << ": " << checked.files << " files, " << checked.signals
              << " signals, " << checked.decisions
              << " ledger entries.\nEvery byte is as it was when it was signed with the key "
              << checked.fingerprint << "\n";
    if (!arguments.has("--fingerprint"))
        std::cout << "Whose key that is, this file cannot prove: compare the fingerprint, or give "
                     "it with --fingerprint.\n";
    return kOk;
}

} // namespace sentra::cli
