// SPDX-License-Identifier: MIT
#include "report/bundle.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/encode.h"
#include "base/hash.h"
#include "report/bundle_tables.h"
#include "report/document.h"

namespace sentra::report {

namespace {

using Json = nlohmann::ordered_json;

std::string lines(const Json &json)
{
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What proves a signal, and what was decided about it, with the chain it stands in.
Member evidence_of(const Picture &picture, const signal::Signal &signal)
{
    Json json;
    json["signal"] = Json::parse(signal::to_json(signal), nullptr, false);
    Json decisions = Json::array();
    for (const store::Entry &entry : picture.input.ledger)
        if (entry.subject == signal.uid)
            decisions.push_back({{"number", entry.number}, {"hash", entry.hash}});
    json["decisions"] = std::move(decisions);
    return {"evidence/" + signal.uid + ".json", lines(json)};
}

// The whole ledger, for its chain begins with its first entry: as it was written, to the byte.
Member ledger_of(const Input &input)
{
    std::string text;
    for (const store::Entry &entry : input.ledger)
        text += entry.hash + " " + entry.json + "\n";
    return {"population/ledger.txt", std::move(text)};
}

// A report for each week that the period touches.
void add_reports(const Input &input, std::vector<Member> &members)
{
    constexpr int kDaysInWeek = 7;
    Period week = input.period;
    for (std::uint64_t end_ns = input.period.to_ns; end_ns > input.period.from_ns;
         end_ns = week.from_ns) {
        week = days_before(end_ns, 0, kDaysInWeek, input.zone);
        week.from_ns = std::max(week.from_ns, input.period.from_ns);
        Input part = input;
        part.period = week;
        const Weekly report = weekly(std::move(part));
        const std::string name = "reports/" + format_date(week.from_ns);
        members.push_back({name + ".html", to_html(page(report))});
        members.push_back({name + ".json", to_json(report)});
        if (week.from_ns >= end_ns)
            break; // nothing left to step over
    }
}

Member readme_of(const Input &input, const std::vector<Member> &members,
                 const std::string &fingerprint)
{
    Document page{"Audit evidence of " + input.host, {}};
    page.blocks.emplace_back(Heading{1, page.title, {}, false});
    page.blocks.emplace_back(Paragraph{
        Text("From " + format_rfc3339(input.period.from_ns) + " to " +
             format_rfc3339(input.period.to_ns) +
             ", the end not included. Every signal, decision, gap and delivery of the period that "
             "the host's store holds is here: nothing was chosen."),
        false});
    page.blocks.emplace_back(Heading{2, "How to check it", {}, false});
    page.blocks.emplace_back(Items{
        {Text("On any machine with Sentra: ").code("sentra audit verify FILE"),
         Text("It compares every byte with the seal at the end of the archive, every file with "
              "manifest.json, the signature with the key, and every ledger entry with the one "
              "before it."),
         Text("Compare the key's fingerprint with the one you were given on another way: ")
             .code(fingerprint)},
        true});
    page.blocks.emplace_back(Heading{2, "What is in it", {}, false});
    Table table{"Files", {"File", "What it holds", "Bytes"}, {}};
    for (const Member &member : members)
        if (const std::string says = says_of(member.name); !says.empty())
            table.rows.push_back(
                {{}, {member.name, says, std::to_string(member.bytes.size())}, false});
    page.blocks.emplace_back(std::move(table));
    page.blocks.emplace_back(
        Paragraph{Text("Controls are named where a signal supports evidence for them; nothing "
                       "more is said of any."),
                  false});
    return {"README.html", to_html(page)};
}

Json entry_of(const Member &member)
{
    Json json = {{"name", member.name},
                 {"sha256", sha256_hex(member.bytes)},
                 {"bytes", member.bytes.size()}};
    if (member.name.ends_with(".csv")) // without the head; no field holds a line's end
        json["rows"] = std::count(member.bytes.begin(), member.bytes.end(), '\n') - 1;
    return json;
}

Member manifest_of(const BundleInput &input, const Picture &picture,
                   const std::vector<Member> &members, const std::string &public_key)
{
    const Input &facts = input.facts;
    Json json = {{"schema", kBundleSchema},
                 {"version", facts.version},
                 {"tenant", facts.tenant},
                 {"host", {{"name", facts.host}, {"id", facts.host_id}}},
                 {"from", format_rfc3339(facts.period.from_ns)},
                 {"to", format_rfc3339(facts.period.to_ns)},
                 {"rules", input.rule_bundle},
                 {"signals", picture.seen.size()},
                 {"secrets_removed", picture.redacted},
                 {"ledger",
                  {{"entries", facts.ledger.size()},
                   {"head", facts.ledger.empty() ? "" : facts.ledger.back().hash}}},
                 {"public_key", to_hex(public_key)},
                 {"files", Json::array()}};
    for (const Member &member : members)
        json["files"].push_back(entry_of(member));
    return {"manifest.json", lines(json)};
}

} // namespace

std::string fingerprint_of(std::string_view public_key)
{
    return sha256_hex(public_key);
}

Result<std::vector<Member>> bundle(const BundleInput &input, const SigningKey &key)
{
    const auto public_key = key.public_key();
    if (!public_key)
        return tl::unexpected(public_key.error());
    Picture picture = sorted_out(input.facts);
    std::vector<Member> members = tables_of(input, picture);
    members.push_back(ledger_of(picture.input));
    std::set<std::string> seen;
    for (const signal::Signal *signal : picture.seen)
        if (seen.insert(signal->uid).second)
            members.push_back(evidence_of(picture, *signal));
    add_reports(input.facts, members);
    std::sort(members.begin(), members.end(),
              [](const Member &a, const Member &b) { return a.name < b.name; });
    members.insert(members.begin(), readme_of(input.facts, members, fingerprint_of(*public_key)));
    members.push_back(manifest_of(input, picture, members, *public_key));
    auto signature = key.sign(members.back().bytes);
    if (!signature)
        return tl::unexpected(std::move(signature.error()));
    members.push_back({"manifest.json.sig", to_hex(*signature) + "\n"});
    return members;
}

} // namespace sentra::report
