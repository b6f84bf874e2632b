// SPDX-License-Identifier: MIT
#include "signal/words.h"

#include <array>

#include "base/text.h"
#include "base/time.h"
#include "event/value.h"

namespace sentra::signal {

namespace {

struct MethodWords {
    std::string_view method, words;
};

// As sshd names them in "Accepted <method> for".
constexpr std::array<MethodWords, 8> kMethods = {{
    {"password", "with a password"},
    {"publickey", "with an SSH key"},
    {"keyboard-interactive/pam", "by answering a prompt"},
    {"keyboard-interactive", "by answering a prompt"},
    {"hostbased", "on the word of the host it came from"},
    {"gssapi-with-mic", "with a Kerberos ticket"},
    {"gssapi-keyex", "with a Kerberos ticket"},
    {"none", "without a password"},
}};

bool starts_with(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

} // namespace

std::string in_words(const session::Person &person)
{
    if (!person.name.empty())
        return printable(person.name, kArgumentBytes);
    if (!person.id)
        return {};
    return *person.id == 0 ? "root" : "uid " + std::to_string(*person.id);
}

std::string method_in_words(std::string_view method)
{
    for (const MethodWords &row : kMethods)
        if (row.method == method)
            return std::string(row.words);
    return method.empty() ? std::string() : "with the method " + printable(method, kArgumentBytes);
}

std::string origin_in_words(const session::Login &login, std::string_view tty)
{
    if (login.source)
        return "from " + login.source->text();
    if (!login.source_name.empty())
        return "from " + printable(login.source_name, kArgumentBytes);
    for (const std::string_view screen : {"gdm", "lightdm", "sddm", "xdm"})
        if (starts_with(login.service, screen))
            return "at the screen";
    return login.service == "login" || starts_with(tty, "tty") ? "at the console" : "";
}

std::string broker_in_words(std::string_view broker)
{
    return starts_with(broker, "sudo") ? "sudo" : printable(broker, kArgumentBytes);
}

std::string command_in_words(std::string_view executable, std::string_view args)
{
    const std::string line = event::List{args}.command_line();
    if (executable.empty())
        return printable(line, kArgumentBytes);
    const auto blank = args.find('\0');
    const std::string rest = blank == std::string_view::npos ? "" : line.substr(blank);
    return printable(std::string(executable) + rest, kArgumentBytes);
}

std::string later_in_words(std::uint64_t from_ns, std::uint64_t time_ns)
{
    const std::string text = format_for_reading(time_ns);
    if (from_ns / kDayNs == time_ns / kDayNs)
        return text.substr(text.find(" at ") + 1);
    return "on " + text;
}

} // namespace sentra::signal
