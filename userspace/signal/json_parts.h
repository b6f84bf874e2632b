// SPDX-License-Identifier: MIT
// What everybody needs who writes or reads a signal's objects as JSON.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"

namespace sentra::signal {

// Puts the value unless it is empty: null, "", [] or {}.
inline void put(nlohmann::ordered_json &object, const char *key, nlohmann::ordered_json value)
{
    const bool empty = value.is_null() || (value.is_structured() && value.empty()) ||
                       (value.is_string() && value.get_ref<const std::string &>().empty());
    if (!empty)
        object[key] = std::move(value);
}

// The member's text; empty where there is none, or it is no text.
template <typename Object> [[nodiscard]] std::string text_of(const Object &object, const char *key)
{
    if (!object.is_object())
        return {};
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->template get<std::string>() : std::string();
}

// Takes values out of one object by key and keeps the first complaint.
class Reader {
public:
    using Json = nlohmann::json;

    Reader(const Json &object, std::string path, std::string &complaint)
        : object_(object), path_(std::move(path)), complaint_(complaint)
    {
        if (!object_.is_object())
            complain("", "is no object");
    }

    // Keys that may be missing: an empty value is never written.
    template <typename T> void take(const char *key, T &value)
    {
        if (const Json *found = find(key); found != nullptr && !get(*found, value))
            complain(key, "has the wrong type or is out of range");
    }
    template <typename T> void must(const char *key, T &value)
    {
        if (find(key) == nullptr)
            complain(key, "is missing");
        take(key, value);
    }
    void must_time(const char *key, std::uint64_t &time_ns)
    {
        std::string text;
        must(key, text);
        const auto parsed = parse_rfc3339(text);
        if (!parsed)
            complain(key, "is no time");
        time_ns = parsed.value_or(0);
    }
    void take_time(const char *key, std::uint64_t &time_ns)
    {
        if (find(key) != nullptr)
            must_time(key, time_ns);
    }
    // Calls with a reader of the object below, if there is one.
    template <typename Read> void within(const char *key, Read read)
    {
        if (const Json *found = find(key); found != nullptr) {
            Reader below(*found, name(key), complaint_);
            read(below);
        }
    }
    template <typename Read> void each(const char *key, Read read)
    {
        const Json *found = find(key);
        if (found == nullptr)
            return;
        if (!found->is_array())
            return complain(key, "is no list");
        for (const Json &item : *found) {
            Reader below(item, name(key), complaint_);
            read(below);
        }
    }
    void complain(const char *key, const char *what)
    {
        if (complaint_.empty())
            complaint_ = "\"" + name(key) + "\" " + what;
    }
    [[nodiscard]] const Json *find(const char *key) const
    {
        if (!object_.is_object())
            return nullptr;
        const auto at = object_.find(key);
        return at == object_.end() ? nullptr : &*at;
    }

private:
    static bool get(const Json &json, std::string &value)
    {
        if (json.is_string())
            value = json.get_ref<const std::string &>();
        return json.is_string();
    }
    static bool get(const Json &json, bool &value)
    {
        if (json.is_boolean())
            value = json.get<bool>();
        return json.is_boolean();
    }
    static bool get(const Json &json, double &value)
    {
        constexpr double most =
            1000; // far beyond any sum of terms; below any trouble with hundredths
        if (!json.is_number() || !(std::abs(json.get<double>()) <= most))
            return false;
        value = json.get<double>();
        return true;
    }
    template <typename Number>
    static std::enable_if_t<std::is_unsigned_v<Number>, bool> get(const Json &json, Number &value)
    {
        if (!json.is_number_unsigned() ||
            json.get<std::uint64_t>() > std::numeric_limits<Number>::max())
            return false;
        value = json.get<Number>();
        return true;
    }
    template <typename T> static bool get(const Json &json, std::optional<T> &value)
    {
        return get(json, value.emplace());
    }
    template <typename T> static bool get(const Json &json, std::vector<T> &value)
    {
        if (!json.is_array())
            return false;
        for (const Json &item : json)
            if (!get(item, value.emplace_back()))
                return false;
        return true;
    }
    [[nodiscard]] std::string name(std::string_view key) const
    {
        return path_.empty() || key.empty() ? path_ + std::string(key)
                                            : path_ + "." + std::string(key);
    }

    const Json &object_;
    std::string path_;
    std::string &complaint_;
};

} // namespace sentra::signal
