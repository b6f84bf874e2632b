// SPDX-License-Identifier: MIT
// Keys of the configuration, from their table.
#include "cli/manual/pages.h"
#include "pipeline/config_keys.h"

namespace sentra::cli {

void fill_keys(Roff &page)
{
    std::string_view section;
    for (const pipeline::ConfigKey &key : pipeline::config_keys()) {
        if (pipeline::section_of(key) != section) {
            section = pipeline::section_of(key);
            page.subheading("Below " + roff_code(section) + ":");
        }
        page.item("\\fB" + roff_code(pipeline::name_in_section(key)) + "\\fR (" +
                      roff_text(pipeline::type_text(key)) + ")",
                  marked_up(key.says) + " Default: " + roff_text(pipeline::default_text(key)) +
                      ".");
    }
}

} // namespace sentra::cli
