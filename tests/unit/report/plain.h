// SPDX-License-Identifier: MIT
// A page as a reader sees it, and goldens.
#pragma once

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sentra::report {

inline std::vector<std::string> all_of(const std::string &text, const std::string &pattern)
{
    std::vector<std::string> found;
    const std::regex what(pattern);
    for (std::sregex_iterator at(text.begin(), text.end(), what), end; at != end; ++at)
        found.push_back(at->str(1));
    return found;
}

// The words between the tags, without the style.
inline std::string plain(const std::string &html)
{
    const auto body = html.find("<body>");
    return std::regex_replace(html.substr(body == std::string::npos ? 0 : body),
                              std::regex("<[^>]*>"), " ");
}

inline void expect_golden(const std::string &name, const std::string &got)
{
    const std::string path = std::string(SENTRA_TESTS_DIR) + "/unit/report/golden/" + name;
    std::ifstream file(path, std::ios::binary);
    std::stringstream golden;
    golden << file.rdbuf();
    if (!file) {
        std::ofstream(path, std::ios::binary) << got;
        ADD_FAILURE() << path << " was not there and is now; look at it";
        return;
    }
    EXPECT_TRUE(golden.str() == got) << path << " says something else";
    if (golden.str() != got)
        std::ofstream("/tmp/" + name + ".got", std::ios::binary) << got;
}

} // namespace sentra::report
