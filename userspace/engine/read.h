// SPDX-License-Identifier: MIT
// YAML in, a tree of nodes that know their place out. The only file that meets yaml-cpp; its
// exceptions end here. One document a file; no anchors, aliases or tags: a rule is read as it is
// written, and a small file cannot become a large tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/complain.h"

namespace sentra::engine {

struct Entry;

struct Node {
    enum class Kind : std::uint8_t { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string text;    // of a scalar
    bool quoted = false; // it was written in quotes: never a number, a macro or null
    Mark mark;
    std::vector<Node> items;    // of a list
    std::vector<Entry> entries; // of a map, in the order written; keys are unique

    [[nodiscard]] bool is_null() const { return kind == Kind::null; }
    [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
    [[nodiscard]] bool is_list() const { return kind == Kind::list; }
    [[nodiscard]] bool is_map() const { return kind == Kind::map; }
    [[nodiscard]] const Node *find(std::string_view key) const; // of a map, else nullptr
    // What a reader calls it: "a list", "a text", ...
    [[nodiscard]] const char *kind_name() const;
};

struct Entry {
    std::string key;
    Mark mark; // of the key
    Node value;
};

inline constexpr std::size_t kRuleBytesMax = 256 * 1024; // the longest of SigmaHQ's is 11 KiB
inline constexpr std::size_t kStreamBytesMax = 8 * 1024 * 1024;

// nullopt: a complaint says why. An empty document is a null node. The source must outlive the
// node.
[[nodiscard]] std::optional<Node> read_yaml(const Source &source, std::size_t max_bytes,
                                            Complaints &complaints);

} // namespace sentra::engine
