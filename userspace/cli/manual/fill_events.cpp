// SPDX-License-Identifier: MIT
// Events, their fields and the ways to lose them, from the treaty; types of sinks with their keys.
#include <algorithm>
#include <set>

#include "cli/manual/pages.h"
#include "event/catalogue.h"
#include "output/notice.h"
#include "output/transport.h"

namespace sentra::cli {

namespace {

// What a rule may compare a field with.
std::string kind_of(const event::Slot &slot)
{
    using Kind = sentra::Kind;
    switch (slot.kind) {
    case Kind::number:
    case Kind::mask:
    case Kind::integer:
        return "a number";
    case Kind::id:
        return "a number, where it is known";
    case Kind::flag:
        return "true or false";
    case Kind::text:
    case Kind::characters:
        return "a text";
    case Kind::path:
        return "a path";
    case Kind::list:
        return "a list of texts";
    case Kind::ip:
        return "an address";
    case Kind::choice:
        break;
    case Kind::hidden:
    case Kind::group:
        return "";
    }
    std::string words = "one of ";
    for (const char *choice : slot.choices)
        words.append(choice == slot.choices.front() ? "" : ", ").append(choice);
    return words;
}

std::string bold(std::string_view text)
{
    return "\\fB" + roff_code(text) + "\\fR";
}

// What all events of a process have: what two of them that have nothing else in common share.
std::set<std::string_view> common_fields()
{
    std::set<std::string_view> of_exit, common;
    for (const event::Slot &slot : event::Catalogue::get().find_type("process.exit")->slots)
        of_exit.insert(slot.name);
    for (const event::Slot &slot : event::Catalogue::get().find_type("file.write")->slots)
        if (of_exit.contains(slot.name))
            common.insert(slot.name);
    return common;
}

bool has_all(const event::Type &type, const std::set<std::string_view> &fields)
{
    return std::all_of(fields.begin(), fields.end(), [&](std::string_view field) {
        const auto id = event::Catalogue::get().find_field(field);
        return id && type.slot(*id) != nullptr;
    });
}

void add_field(Roff &page, const event::Slot &slot)
{
    page.item(bold(slot.name), roff_text(kind_of(slot)));
}

void add_keys(Roff &page, std::span<const output::SinkKey> keys)
{
    for (const output::SinkKey &key : keys)
        page.item(bold(key.name), roff_text(key.says) + (key.is_needed ? " (needed)" : ""));
}

} // namespace

void fill_events(Roff &page)
{
    const auto &catalogue = event::Catalogue::get();
    const auto common = common_fields();
    page.subheading("Fields of every event of a process");
    page.tight();
    for (const event::Slot &slot : catalogue.find_type("file.write")->slots)
        if (common.contains(slot.name))
            add_field(page, slot);
    page.loose();
    for (const event::Type &type : catalogue.types()) {
        page.subheading(roff_code(type.name));
        page.paragraph(roff_text(type.says) + ".");
        const bool has_common = has_all(type, common);
        page.tight();
        for (const event::Slot &slot : type.slots)
            if (!has_common || !common.contains(slot.name))
                add_field(page, slot);
        page.loose();
        if (has_common)
            page.paragraph("And those of every event of a process.");
    }
}

void fill_losses(Roff &page)
{
    struct Row {
        const char *name, *says;
    };
    constexpr Row kRows[] = {
#define SENTRA_LOSS(symbol, name, says) {name, says},
#include <sentra/losses.def>
#undef SENTRA_LOSS
    };
    for (const Row &row : kRows)
        page.item(bold(row.name), roff_text(row.says));
}

void fill_sinks(Roff &page)
{
    for (const output::SinkType &type : output::sink_types()) {
        page.subheading("type: " + roff_code(type.name));
        std::string words = roff_text(type.says) + ".";
        if (!type.format.empty())
            words += " Where no format is named: " + roff_text(type.format) + ".";
        if (!type.is_acknowledged)
            words += " Nobody confirms what is sent there.";
        if (type.is_notification)
            words += " Takes the keys of sinks that tell people, too.";
        page.paragraph(words);
        add_keys(page, type.keys);
    }
    page.subheading("Sinks that tell people");
    add_keys(page, output::notice_keys());
}

} // namespace sentra::cli
