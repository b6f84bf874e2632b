// SPDX-License-Identifier: MIT
#include <iostream>
#include <vector>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/manual/pages.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

int verb_man(const Arguments &arguments)
{
    const std::string name = arguments.text("page");
    const PageRow *page = find_page(name);
    if (page != nullptr) {
        std::cout << manual_page(*page);
        return kOk;
    }
    std::vector<std::string_view> names;
    std::string all;
    for (const PageRow &row : manual_pages()) {
        names.push_back(row.name);
        all += (all.empty() ? "" : ", ") + std::string(row.name) + "(" + std::string(row.section) +
               ")";
    }
    const auto near = nearest(name, names);
    return complain(
        kUsage, "there is no page \"" + printable(name, 100) + "\"" +
                    (near ? "; did you mean " + std::string(*near) + "?" : "; there are " + all));
}

} // namespace sentra::cli
