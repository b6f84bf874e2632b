// SPDX-License-Identifier: MIT
#include "engine/pattern.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <numeric>

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include "base/encode.h"
#include "base/text.h"

namespace sentra::engine {

namespace {

constexpr std::uint16_t kAnyOne = 256;
constexpr std::uint16_t kAnyRun = 257;
constexpr std::int64_t kRegexBytesMax = std::int64_t{1} << 20U; // RE2's own default is 8 MiB

// Sigma: "\*", "\?" and "\\" are the characters themselves; any other backslash stands for itself.
std::vector<std::uint16_t> parse_glob(std::string_view text)
{
    std::vector<std::uint16_t> out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
            out.push_back(static_cast<unsigned char>(next));
            ++i;
        } else if (c == '*') {
            if (out.empty() || out.back() != kAnyRun)
                out.push_back(kAnyRun);
        } else {
            out.push_back(c == '?' ? kAnyOne : static_cast<unsigned char>(c));
        }
    }
    return out;
}

bool has_wildcards(const std::vector<std::uint16_t> &glob)
{
    for (const std::uint16_t c : glob)
        if (c >= kAnyOne)
            return true;
    return false;
}

Result<std::shared_ptr<const re2::RE2>> make_regex(std::string_view text, std::string_view flags)
{
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kRegexBytesMax);
    options.set_case_sensitive(flags.find('i') == std::string_view::npos);
    // Command lines hold bytes that are not UTF-8; a match must not depend on that.
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    std::string whole;
    for (const char flag : {'m', 's'})
        if (flags.find(flag) != std::string_view::npos)
            whole += flag;
    if (!whole.empty())
        whole = "(?" + whole + ")";
    whole += text;
    auto regex = std::make_shared<re2::RE2>(whole, options);
    if (!regex->ok())
        return failure(regex->error());
    return regex;
}

// Which texts an expression needs is a formula of "and" and "or". Of them as few as will do, the
// long ones rather than the short: without any of these it cannot come true.
std::vector<std::string> texts_needed_by(const re2::RE2 &regex)
{
    constexpr int kShortest = 2;
    re2::FilteredRE2 filter(kShortest);
    int number = 0;
    std::vector<std::string> texts;
    if (filter.Add(regex.pattern(), regex.options(), &number) != re2::RE2::NoError)
        return {};
    filter.Compile(&texts);
    std::vector<int> by_length(texts.size());
    std::iota(by_length.begin(), by_length.end(), 0);
    std::stable_sort(by_length.begin(), by_length.end(), [&](int a, int b) {
        return texts[static_cast<std::size_t>(a)].size() <
               texts[static_cast<std::size_t>(b)].size();
    });
    std::vector<int> given; // even with these it cannot come true
    const auto is_possible_with = [&filter](const std::vector<int> &there) {
        std::vector<int> possible;
        filter.AllPotentials(there, &possible);
        return !possible.empty();
    };
    if (is_possible_with(given))
        return {};
    std::vector<std::string> needed;
    for (const int text : by_length) {
        given.push_back(text);
        if (is_possible_with(given)) {
            given.pop_back();
            needed.push_back(std::move(texts[static_cast<std::size_t>(text)]));
        }
    }
    const auto has_another = [&needed](const std::string &text) {
        return std::any_of(needed.begin(), needed.end(), [&](const std::string &other) {
            return text.size() > other.size() && text.find(other) != std::string::npos;
        });
    };
    std::vector<std::string> few;
    std::remove_copy_if(needed.begin(), needed.end(), std::back_inserter(few), has_another);
    return few;
}

Number number_of(std::int64_t value)
{
    if (value >= 0)
        return {false, static_cast<std::uint64_t>(value)};
    return {true, std::uint64_t{0} - static_cast<std::uint64_t>(value)};
}

} // namespace

std::optional<Number> Number::parse(std::string_view text)
{
    Number number;
    if (!text.empty() && text.front() == '-') {
        number.negative = true;
        text.remove_prefix(1);
    }
    int base = 10;
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
        base = text[1] == 'x' ? 16 : 8;
        text.remove_prefix(2);
    }
    const auto magnitude = parse_number<std::uint64_t>(text, base);
    if (!magnitude)
        return std::nullopt;
    number.magnitude = *magnitude;
    number.negative = number.negative && number.magnitude != 0;
    return number;
}

int order(const Number &a, const Number &b)
{
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    if (a.magnitude == b.magnitude)
        return 0;
    return (a.magnitude < b.magnitude) == a.negative ? 1 : -1;
}

Result<Pattern> Pattern::make(Compare compare, std::string_view text, bool cased,
                              std::string_view flags)
{
    Pattern pattern;
    pattern.compare_ = compare;
    pattern.cased_ = cased;
    pattern.written_ = text;
    switch (compare) {
    case Compare::regex: {
        auto regex = make_regex(text, flags);
        if (!regex)
            return tl::unexpected(std::move(regex.error()));
        pattern.regex_ = std::move(*regex);
        pattern.needles_ = texts_needed_by(*pattern.regex_);
        return pattern;
    }
    case Compare::network:
        pattern.network_ = Network::parse(text);
        if (!pattern.network_)
            return failure("not an address or network");
        return pattern;
    case Compare::greater:
    case Compare::at_least:
    case Compare::less:
    case Compare::at_most:
        pattern.number_ = Number::parse(text);
        if (!pattern.number_)
            return failure("not a number");
        return pattern;
    default:
        break;
    }
    if (compare == Compare::equals) {
        pattern.number_ = Number::parse(text);
        pattern.ip_ = Ip::parse(text);
    }
    const std::string lowered = cased ? std::string(text) : lower_ascii(text);
    std::vector<std::uint16_t> glob = parse_glob(lowered);
    if (has_wildcards(glob)) {
        if (compare == Compare::contains || compare == Compare::ends)
            glob.insert(glob.begin(), kAnyRun);
        if (compare == Compare::contains || compare == Compare::starts)
            glob.push_back(kAnyRun);
        pattern.glob_ = std::move(glob);
        return pattern;
    }
    for (const std::uint16_t c : glob)
        pattern.text_ += static_cast<char>(c);
    return pattern;
}

std::optional<std::string_view> Pattern::plain() const
{
    if (compare_ > Compare::ends || !glob_.empty())
        return std::nullopt;
    return text_;
}

std::vector<std::string> Pattern::pieces() const
{
    if (glob_.empty())
        return {};
    std::vector<std::string> pieces(1);
    for (const std::uint16_t c : glob_) {
        if (c >= kAnyOne)
            pieces.emplace_back();
        else
            pieces.back() += static_cast<char>(c);
    }
    return pieces;
}

std::string_view lower_into(std::string_view text, std::string &buffer)
{
    buffer.resize(text.size());
    std::size_t i = 0;
    // Eight letters at once: the top bit of each byte says whether it is a capital.
    constexpr std::uint64_t kEach = 0x0101010101010101U;
    for (std::uint64_t part = 0; i + sizeof part <= text.size(); i += sizeof part) {
        std::memcpy(&part, text.data() + i, sizeof part);
        const std::uint64_t low = part & 0x7f * kEach;
        const std::uint64_t from_a = low + (0x80 - 'A') * kEach;
        const std::uint64_t above_z = low + (0x7f - 'Z') * kEach;
        const std::uint64_t capitals = (from_a ^ above_z) & ~part & 0x80 * kEach;
        part |= capitals >> 2U; // 'a' - 'A' is 0x20
        std::memcpy(buffer.data() + i, &part, sizeof part);
    }
    for (; i < text.size(); ++i) {
        const char c = text[i];
        buffer[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return buffer;
}

// Backs up to the last star only: a star takes as little as it can, so an earlier one need not
// move.
bool Pattern::glob(std::string_view text) const
{
    constexpr std::size_t kNone = ~std::size_t{0};
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = kNone;
    std::size_t star_at = 0;
    while (at < text.size()) {
        const bool more = in < glob_.size();
        if (more && glob_[in] == kAnyRun) {
            star = in++;
            star_at = at;
        } else if (more &&
                   (glob_[in] == kAnyOne || glob_[in] == static_cast<unsigned char>(text[at]))) {
            ++in;
            ++at;
        } else if (star != kNone) {
            in = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (in < glob_.size() && glob_[in] == kAnyRun)
        ++in;
    return in == glob_.size();
}

bool texts_compare(std::string_view text, std::string_view part, Compare compare)
{
    switch (compare) {
    case Compare::contains:
        return text.find(part) != std::string_view::npos;
    case Compare::starts:
        return text.substr(0, part.size()) == part;
    case Compare::ends:
        return text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
    default:
        return text == part;
    }
}

bool Pattern::matches_text(std::string_view text, std::string &buffer) const
{
    if (compare_ == Compare::regex)
        return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
    if (compare_ == Compare::network) {
        const auto ip = Ip::parse(text);
        return ip && network_->contains(*ip);
    }
    if (compare_ > Compare::ends) {
        const auto number = Number::parse(text);
        return number && matches_number(*number);
    }
    return matches_lowered(cased_ ? text : lower_into(text, buffer));
}

bool Pattern::matches_lowered(std::string_view text) const
{
    if (!glob_.empty())
        return glob(text);
    return texts_compare(text, text_, compare_);
}

bool Pattern::matches_number(const Number &number) const
{
    const int side = number_ ? order(number, *number_) : 0;
    switch (compare_) {
    case Compare::greater:
        return side > 0;
    case Compare::at_least:
        return side >= 0;
    case Compare::less:
        return side < 0;
    case Compare::at_most:
        return side <= 0;
    default:
        return number_ && side == 0;
    }
}

bool Pattern::matches(const event::Value &value, std::string &buffer) const
{
    const bool as_number = number_ && (compare_ == Compare::equals || compare_ > Compare::network);
    if (const auto *number = std::get_if<std::uint64_t>(&value)) {
        if (as_number)
            return matches_number({false, *number});
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
        return matches_text({digits, static_cast<std::size_t>(end - digits)}, buffer);
    }
    if (const auto *number = std::get_if<std::int64_t>(&value))
        return as_number ? matches_number(number_of(*number))
                         : matches_text(std::to_string(*number), buffer);
    if (const auto *text = std::get_if<std::string_view>(&value))
        return matches_text(*text, buffer);
    if (const auto *flag = std::get_if<bool>(&value))
        return matches_text(*flag ? "true" : "false", buffer);
    if (const auto *ip = std::get_if<Ip>(&value)) {
        if (compare_ == Compare::network)
            return network_->contains(*ip);
        if (ip_)
            return *ip == *ip_;
        return matches_text(ip->text(), buffer);
    }
    if (const auto *list = std::get_if<event::List>(&value)) {
        std::string_view rest = list->joined;
        while (!rest.empty()) {
            const std::string_view item = rest.substr(0, rest.find('\0'));
            if (matches_text(item, buffer))
                return true;
            rest.remove_prefix(std::min(rest.size(), item.size() + 1));
        }
    }
    return false;
}

// Every dash that begins a word, in each of the forms that programs and word processors write.
std::vector<std::string> windash_forms(std::string_view text)
{
    std::vector<std::string> forms;
    for (const std::string_view dash : {"-", "/", "\u2013", "\u2014", "\u2015"}) {
        std::string form;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool begins = i == 0 || text[i - 1] == ' ';
            if (begins && (text[i] == '-' || text[i] == '/'))
                form += dash;
            else
                form += text[i];
        }
        bool known = false;
        for (const std::string &other : forms)
            known = known || other == form;
        if (!known)
            forms.push_back(std::move(form));
    }
    return forms;
}

// The text inside a longer one that was encoded: it may begin at any of three places in a group.
// Characters that also depend on its neighbours are cut off.
std::vector<std::string> base64_offset_forms(std::string_view bytes)
{
    constexpr std::size_t first_sure[] = {0, 2, 3};
    constexpr std::size_t unsure_at_end[] = {0, 3, 2};
    std::vector<std::string> forms;
    for (std::size_t offset = 0; offset < 3; ++offset) {
        const std::string encoded = to_base64(std::string(offset, ' ').append(bytes));
        const std::size_t end = encoded.size() - unsure_at_end[(bytes.size() + offset) % 3];
        if (end > first_sure[offset])
            forms.push_back(encoded.substr(first_sure[offset], end - first_sure[offset]));
    }
    return forms;
}

std::string utf16_of(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        // U+0080 to U+00FF are two bytes in UTF-8, led by C2 or C3.
        if ((byte == 0xc2 || byte == 0xc3) && i + 1 < text.size())
            byte = static_cast<unsigned char>((byte & 3U) << 6U |
                                              (static_cast<unsigned char>(text[++i]) & 0x3fU));
        out += static_cast<char>(byte);
        out += '\0';
    }
    return out;
}

} // namespace sentra::engine
