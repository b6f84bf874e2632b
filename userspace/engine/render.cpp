// SPDX-License-Identifier: MIT
#include "engine/render.h"

#include <algorithm>

namespace sentra::engine {

namespace {

bool is_bare(std::string_view text)
{
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./$|()+-";
    constexpr std::string_view begins = "-|+(";
    if (text.empty() || begins.find(text.front()) != std::string_view::npos || text.back() == ' ')
        return false;
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return c == ' ' || letters.find(c) != std::string_view::npos;
    });
}

std::string in_quotes(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            made.append(1, '\\').append(1, c);
        else if (c == '\n')
            made += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            made.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
        else
            made += c;
    }
    return made + '"';
}

std::string scalar(const Node &node)
{
    const bool is_negative = !node.quoted && node.text.size() > 1 && node.text.front() == '-' &&
                             node.text.find_first_not_of("0123456789.", 1) == std::string::npos;
    return is_negative || (!node.quoted && is_bare(node.text)) ? node.text : in_quotes(node.text);
}

bool is_leaf(const Node &node)
{
    return node.is_scalar() || node.is_null();
}

// On one line where everything below is a value.
std::string flow(const Node &node)
{
    if (node.is_null())
        return "null";
    if (node.is_scalar())
        return scalar(node);
    std::string made;
    const auto add = [&](const std::string &part) { made += (made.empty() ? "" : ", ") + part; };
    for (const Node &item : node.items)
        add(flow(item));
    for (const Entry &entry : node.entries)
        add((is_bare(entry.key) ? entry.key : in_quotes(entry.key)) + ": " + flow(entry.value));
    return (node.is_list() ? "[" : "{") + made + (node.is_list() ? "]" : "}");
}

bool is_flat(const Node &node)
{
    constexpr std::size_t kWidest = 72;
    return is_leaf(node) || flow(node).size() <= kWidest;
}

void block(const Node &node, std::size_t depth, std::string_view without, std::string &out)
{
    const std::string indent(depth * 2, ' ');
    for (const Node &item : node.items) {
        if (is_flat(item)) {
            out += indent + "- " + flow(item) + "\n";
            continue;
        }
        std::string below;
        block(item, depth + 1, {}, below);
        out += indent + "- " + below.substr(indent.size() + 2);
    }
    for (const Entry &entry : node.entries) {
        if (!without.empty() && entry.key == without)
            continue;
        out += indent + (is_bare(entry.key) ? entry.key : in_quotes(entry.key)) + ":";
        if (is_flat(entry.value)) {
            out += " " + flow(entry.value) + "\n";
            continue;
        }
        out += "\n";
        block(entry.value, depth + 1, {}, out);
    }
}

} // namespace

std::string render(const Node &root, std::string_view without)
{
    if (is_leaf(root))
        return flow(root) + "\n";
    std::string out;
    block(root, 0, without, out);
    return out;
}

} // namespace sentra::engine
