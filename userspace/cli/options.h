// SPDX-License-Identifier: MIT
// The one table of the command line: every program, verb and option with what it is for. Parsing,
// --help and what a verb may ask for all come from its rows.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sentra::cli {

// Exit statuses, stable for scripts.
enum Exit : int {
    kOk = 0,
    kFinding = 1, // something was found, is degraded, or failed
    kUsage = 2,
    kUnreachable = 3, // no daemon, and no store to read instead
    kNotAllowed = 4,
};

struct ExitRow {
    Exit status;
    const char *says;
};
[[nodiscard]] std::span<const ExitRow> exit_statuses();

struct OptionRow {
    const char *name = "";  // "--state-dir"; without dashes: a positional
    const char *value = ""; // what it takes, "DIR"; empty: a flag
    const char *says = "";
    bool required = false;
    bool repeated = false;
    // What a shell may complete: the words it can be, with blanks between them, or "@signals",
    // "@sinks", "@overrides", "@rules" for what the host has. Files and folders by `value`.
    const char *among = "";
};

// What was given on the command line.
class Arguments {
public:
    explicit Arguments(std::map<std::string, std::vector<std::string>> given)
        : given_(std::move(given))
    {}
    [[nodiscard]] bool has(const std::string &name) const { return given_.contains(name); }
    [[nodiscard]] std::string text(const std::string &name,
                                   const std::string &otherwise = "") const;
    [[nodiscard]] std::vector<std::string> all(const std::string &name) const;

private:
    std::map<std::string, std::vector<std::string>> given_;
};

struct VerbRow {
    const char *name; // "signals", "rules check"; empty: the program itself
    const char *says;
    const char *more; // the paragraph below the options; may be empty
    std::vector<OptionRow> options;
    int (*run)(const Arguments &);
};

// Of verbs with a first word in common: "rules".
struct GroupRow {
    const char *name;
    const char *says;
};

struct ProgramRow {
    const char *name;
    const char *says;
    std::vector<VerbRow> verbs;
    std::vector<GroupRow> groups; // one for each such word
};

[[nodiscard]] const ProgramRow &sentra_program();
[[nodiscard]] const ProgramRow &sentrad_program();

struct Parsed {
    const VerbRow *verb = nullptr;
    Arguments arguments;
};
// What was asked for, or the exit status after help or a complaint has been printed.
[[nodiscard]] std::variant<Parsed, int> parse(const ProgramRow &program, int count,
                                              const char *const *words);

// parse() and run.
[[nodiscard]] int run_program(const ProgramRow &program, int count, const char *const *words);

} // namespace sentra::cli
