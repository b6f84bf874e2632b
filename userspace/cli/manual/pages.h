// SPDX-License-Identifier: MIT
// The manual: which pages there are, and each as roff. Prose lies in this folder as Markdown and is
// part of the program; verbs, options, keys, events and losses come from their tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/manual/roff.h"

namespace sentra::cli {

struct PageRow {
    std::string_view name;    // "sentra.yaml"
    std::string_view section; // "5"
    std::string_view says;
    std::string_view prose; // Markdown
};

[[nodiscard]] std::span<const PageRow> manual_pages();
// "sentra.yaml", or with its section: "sentra.yaml.5", "sentra.yaml(5)"; of two pages of one name,
// the first. nullptr: there is none.
[[nodiscard]] const PageRow *find_page(std::string_view name);
[[nodiscard]] std::string manual_page(const PageRow &row);

// What the tables hold, for the places that the prose leaves. Each is one file.
void fill_verbs(Roff &page);          // of sentra
void fill_common_options(Roff &page); // those of many of its verbs
void fill_daemon_options(Roff &page); // of sentrad
void fill_exit_statuses(Roff &page);
void fill_events(Roff &page);
void fill_losses(Roff &page);
void fill_sinks(Roff &page);
void fill_keys(Roff &page); // of the configuration

} // namespace sentra::cli
