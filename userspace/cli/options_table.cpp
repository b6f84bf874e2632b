// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <array>

#include "cli/manual/pages.h"
#include "cli/verbs/verbs.h"
#include "output/format.h"

namespace sentra::cli {

namespace {

constexpr OptionRow kJson{"--json", "", "JSON, one object a line"};
constexpr OptionRow kNoColor{"--no-color", "", "no colour, on a terminal neither"};
constexpr OptionRow kStateDir{"--state-dir", "DIR",
                              "where sentrad keeps its store (default /var/lib/sentra)"};
constexpr OptionRow kSocket{"--socket", "PATH",
                            "where sentrad listens (default: as its state directory says)"};
constexpr OptionRow kRules{"--rules", "DIR",
                           "rules; may be given several times (default: the "
                           "rules installed with this program)",
                           false, true};
constexpr OptionRow kRulesFolder{"dir", "DIR",
                                 "rules (default: the rules installed with this program)"};
constexpr OptionRow kSinkName{"sink", "NAME", "a sink's name", true, false, "@sinks"};
constexpr OptionRow kSignalId{"id", "ID",  "a signal's id, or how it begins",
                              true, false, "@signals"};
constexpr OptionRow kFrom{"--from", "DAY", "the first day, or a time: 2026-03-02"};
constexpr OptionRow kTo{"--to", "DAY", "the last day, which is part of it, or a time: 2026-03-08"};
constexpr OptionRow kWeek{"--week", "WEEK", "that week: 2026-W10, or a day in it"};
constexpr OptionRow kReportFormat{
    "--format", "NAME", "html, md or json (default: as the file's name ends, else md)",
    false,      false,  "html md json"};
constexpr OptionRow kReportFile{"-o", "FILE", "write it there instead of on stdout"};
constexpr OptionRow kAllFormats{"--all-formats", "DIR",
                                "write html, md and json there, named after the period"};
constexpr OptionRow kTimeZone{"--time-zone", "NAME",
                              "whose days and times: Europe/Berlin (default: UTC)"};
constexpr OptionRow kConfig{
    "--config", "FILE",
    "configuration, with conf.d/*.yaml beside it (default: /etc/sentra/sentra.yaml where it is)"};

const char *says_formats()
{
    static const std::string kSays =
        "as a signal would leave the host, its secrets removed: " + output::format_names() +
        " (default: the signal as the store holds it)";
    return kSays.c_str();
}

const char *words_of_formats()
{
    static const std::string kWords = [] {
        std::string words = output::format_names();
        std::erase(words, ',');
        return words;
    }();
    return kWords.c_str();
}

const char *says_pages()
{
    static const std::string kSays = [] {
        std::string names;
        for (const PageRow &row : manual_pages())
            names.append(names.empty() ? "" : ", ")
                .append(row.name)
                .append(".")
                .append(row.section);
        return names;
    }();
    return kSays.c_str();
}

const char *words_of_pages()
{
    static const std::string kWords = [] {
        std::string words = says_pages();
        std::erase(words, ',');
        return words;
    }();
    return kWords.c_str();
}

constexpr std::array kExitStatuses = {
    ExitRow{kOk, "it is well, or was done"},
    ExitRow{kFinding, "something was found, is degraded or failed; what, is said"},
    ExitRow{kUsage, "wrong usage: a word that is not known, or is missing"},
    ExitRow{kUnreachable, "sentrad does not run, and there is no store to read instead"},
    ExitRow{kNotAllowed, "not permitted: root or the group sentra may ask"},
};

} // namespace

std::span<const ExitRow> exit_statuses()
{
    return kExitStatuses;
}

// NOLINTNEXTLINE(readability-function-size): a table
const ProgramRow &sentra_program()
{
    static const ProgramRow kProgram{
        "sentra",
        "Sentra: a handful of explained security facts a day.",
        {
            {"signals",
             "what was seen, newest last",
             "Exit status: 0, also when there is nothing to show; 3 when neither sentrad nor its "
             "store "
             "can be reached; 4 without permission.",
             {kJson,
              {"--since", "TIME", "only what happened since: 7d, 30m, 2026-03-02T10:11:00Z"},
              {"--until", "TIME", "only what happened until then"},
              kStateDir,
              kSocket},
             verb_signals},
            {"watch",
             "signals as they come, until Ctrl-C",
             "Begins with those of the last hour, at most ten. A story that has grown is shown "
             "again, as an update. A restart of sentrad is waited for. With --json each is a line "
             "as it comes, and what is said besides goes to stderr.",
             {kJson,
              {"--since", "TIME", "begin with all that happened since: 7d, 30m"},
              kNoColor,
              kStateDir,
              kSocket},
             verb_watch},
            {"sessions",
             "what became of each login, newest last",
             "Who came, from where and how, as whom they acted, until when, and which signals "
             "speak "
             "of it; also where nothing stood out.",
             {kJson,
              {"--since", "TIME",
               "only sessions that did something since: 7d, 30m, "
               "2026-03-02T10:11:00Z"},
              {"--until", "TIME", "only what happened until then"},
              kStateDir,
              kSocket},
             verb_sessions},
            {"show", "one signal in full", "", {kSignalId, kJson, kStateDir, kSocket}, verb_show},
            {"explain",
             "why a signal says what it says: the rule, every risk term, the evidence",
             "",
             {kSignalId, kJson, kStateDir, kSocket},
             verb_explain},
            {"review",
             "say what a signal turned out to be",
             "The decision, who took it and why go into the ledger; the signal stays, and says so. "
             "A "
             "reviewed signal asks for nothing again, unless its story goes on.",
             {kSignalId,
              {"--verdict", "WORD",
               "false-positive, true-positive, benign, disregard, test, security-risk, "
               "managed-externally, duplicate; suspicious and insufficient-data settle nothing",
               true, false,
               "false-positive true-positive benign disregard test security-risk "
               "managed-externally duplicate suspicious insufficient-data"},
              {"--note", "TEXT", "why, for whoever reads it later", true},
              {"--resolved", "", "what had to be done is done"},
              kJson,
              kStateDir,
              kSocket},
             verb_review},
            {"reviews export",
             "the reviews in force, as one JSON object by signal",
             "",
             {kStateDir, kSocket},
             verb_reviews_export},
            {"reviews import",
             "take reviews from a file of that form",
             "Each is taken by itself; what is refused is said. Exit status: 0 all taken, 1 some "
             "were not.",
             {{"file", "FILE", "{\"<id>\": {\"status\": \"REVIEWED\", \"note\": \"...\"}}", true},
              kJson,
              kStateDir,
              kSocket},
             verb_reviews_import},
            {"override add",
             "a standing decision: what it covers is told as reviewed until it ends",
             "Name at least one thing that a signal must have. Nothing is deleted, and what the "
             "sensor says of itself is never covered. At most 90 days.",
             {{"--reason", "TEXT", "why", true},
              {"--for", "TIME", "how long it lasts: 2h, 7d", true},
              {"--from", "TIME", "when it begins: 2026-03-02T10:11:00Z (default: now)"},
              {"--kind", "WORD",
               "maintenance-window, accepted-risk or expected-change (default: expected-change)",
               false, false, "maintenance-window accepted-risk expected-change"},
              {"--rule", "ID", "a rule's id", false, false, "@rules"},
              {"--user", "NAME", "who signed in, or as whom a service runs"},
              {"--executable", "PATH", "the program that acts"},
              {"--unit", "NAME", "the systemd unit that acts"},
              {"--source", "ADDRESS", "where the actor signed in from: 203.0.113.7, 10.0.0.0/8"},
              {"--ticket", "TEXT", "where it was agreed"},
              {"--max-hits", "N", "covers at most that many signals"},
              kJson,
              kStateDir,
              kSocket},
             verb_override_add},
            {"override list",
             "overrides, those that ended too, and how much they covered",
             "",
             {kJson, kStateDir, kSocket},
             verb_override_list},
            {"override check",
             "which overrides would cover a signal, and why not",
             "",
             {kSignalId, kJson, kStateDir, kSocket},
             verb_override_check},
            {"override end",
             "end an override before its time",
             "",
             {{"override", "ID", "an override's id: ov-3", true, false, "@overrides"},
              kJson,
              kStateDir,
              kSocket},
             verb_override_end},
            {"ledger",
             "every decision, by whom and when, and whether the chain is whole",
             "Exit status: 1 where an entry was changed or taken out.",
             {{"--head", "N:HASH",
               "the entry that must be in it, as a document that left the host carries it "
               "(sentra.ledger_head)"},
              kJson,
              kStateDir,
              kSocket},
             verb_ledger},
            {"sink list",
             "who is told of signals, what waits for them and since when",
             "",
             {kJson, kStateDir, kSocket},
             verb_sink_list},
            {"sink test",
             "bring a marked test signal to a sink, and say what became of it",
             "Past everything that waits. Exit status: 0 delivered, 1 not, 3 not running.",
             {kSinkName,
              {"--config", "FILE", "let this program do it, with that configuration"},
              kJson,
              kStateDir,
              kSocket},
             verb_sink_test},
            {"sink pause",
             "bring a sink nothing until it is resumed; what waits is kept",
             "",
             {kSinkName,
              {"--reason", "TEXT", "why, for whoever finds it later", true},
              kJson,
              kStateDir,
              kSocket},
             verb_sink_pause},
            {"sink resume",
             "bring a paused sink what waits for it",
             "",
             {kSinkName, kJson, kStateDir, kSocket},
             verb_sink_resume},
            {"sink dead-letter",
             "what a sink will never take, and why",
             "",
             {kSinkName, kJson, kStateDir, kSocket},
             verb_sink_dead_letter},
            {"sink requeue",
             "bring a sink its dead letters again",
             "",
             {kSinkName,
              {"--sequence", "N", "only this one (default: all of them)"},
              kJson,
              kStateDir,
              kSocket},
             verb_sink_requeue},
            {"status",
             "whether sentrad runs, what it sees and what it lost",
             "While sentrad does not run, its store is read, and the page says so. Exit status: 0 "
             "healthy, 1 degraded, 3 not running, 4 without permission.",
             {kJson,
              {"--all", "", "every kernel event's account and every gap, too"},
              kNoColor,
              kStateDir,
              kSocket},
             verb_status},
            {"doctor",
             "what this host offers the sensor, what is not seen here, and what would help",
             "Each line says what is, why it matters and what to do. While sentrad does not run, "
             "root tries the hooks of this kernel for a few seconds. Exit status: 0 well, 1 with "
             "trouble.",
             {kJson, kNoColor, kConfig, kStateDir, kSocket, kRules},
             verb_doctor},
            {"record",
             "record what happens on this host until Ctrl-C, for a later replay",
             "Reads the kernel and the journal itself, beside sentrad if that runs. Needs root for "
             "the "
             "kernel's events.",
             {{"file", "FILE", "the recording; it must not exist yet", true},
              {"--for", "TIME", "end by itself after that long: 30s, 5m"},
              {"--pins", "DIR",
               "a directory in a BPF file system: what happens while the recorder is not there "
               "(killed, or sent SIGUSR1) is in the next recording with the same one"},
              kConfig},
             verb_record},
            {"replay",
             "put a recording, a saved journal or a log through the rules",
             "Reads recordings, `journalctl -o json`, `journalctl -o export`, and plain auth.log "
             "or "
             "secure. Prints each signal once, in its final form, ordered by the time of its first "
             "event and its id, when the whole file has been read. The same file and rules give "
             "the "
             "same bytes on every machine. Notes go to stderr.",
             {{"file", "FILE", "what to replay", true},
              kRules,
              {"--events", "", "print the events instead of the signals"},
              {"--format", "NAME", says_formats(), false, false, words_of_formats()}},
             verb_replay},
            {"report weekly",
             "what a site owner needs to know of a week, on one page",
             "Without a period: the last week that is over, from Monday to Sunday. Files are "
             "written whole, with mode 0640. Who has administrator access is read from this host's "
             "files where the store is this host's. Exit status: 0, also where action is "
             "recommended; 3 without a store, 4 without permission.",
             {kFrom,
              kTo,
              kWeek,
              {"--tenant", "NAME", "only what is of this tenant"},
              kReportFormat,
              kReportFile,
              kAllFormats,
              kTimeZone,
              kStateDir,
              kSocket,
              kRules},
             verb_report_weekly},
            {"report fleet",
             "one report of many hosts, from their weekly reports as JSON",
             "Reads every *.json in DIR. Hosts that have reported before and not for this period "
             "come first. A host has the worst state of its reports.",
             {{"dir", "DIR", "a folder with the hosts' weekly reports as JSON", true},
              kFrom,
              kTo,
              kWeek,
              {"--tenant", "NAME", "only this tenant; nothing of any other is named"},
              kReportFormat,
              kReportFile,
              kAllFormats,
              kTimeZone},
             verb_report_fleet},
            {"audit bundle",
             "everything an auditor asks for of a period, in one signed archive",
             "Complete populations: signals, sessions, decisions, gaps, losses, deliveries, "
             "controls, the weekly reports, and a manifest. Secrets are removed. The same store "
             "and period give the same bytes.",
             {{"-o", "FILE", "where to write it: evidence.zip", true},
              kFrom,
              kTo,
              kWeek,
              {"--tenant", "NAME", "only what is of this tenant"},
              {"--key", "FILE",
               "the signing key (default: audit.key of the state directory, made "
               "when it is not there)"},
              kJson,
              kTimeZone,
              kStateDir,
              kSocket,
              kRules},
             verb_audit_bundle},
            {"audit verify",
             "whether an audit bundle is as it was made",
             "Needs nothing but the file. Exit status: 1 where anything was changed, and which "
             "file it was.",
             {{"file", "FILE", "an audit bundle", true},
              {"--fingerprint", "HEX", "of the key that must have signed it"},
              kJson},
             verb_audit_verify},
            {"rules list",
             "the rules, by id, pack, state and title",
             "The state says what a site made of a rule: as shipped, changed, disabled, or its "
             "own.",
             {kJson, kRules},
             verb_rules_list},
            {"rules show",
             "one rule as it is in force, with what the site changed",
             "",
             {{"id", "ID", "a rule's id", true, false, "@rules"}, kRules},
             verb_rules_show},
            {"rules diff",
             "what the site changed: rules, lists, exceptions, each with its reason",
             "",
             {kJson, kRules},
             verb_rules_diff},
            {"rules reload",
             "have sentrad read the rules again",
             "What is on its way in rules that did not change is kept. Rules with a fault change "
             "nothing: those of before stay in force. SIGHUP does the same. Exit status: 0 in "
             "force, 1 refused, 3 not running, 4 without permission.",
             {kJson, kStateDir, kSocket},
             verb_rules_reload},
            {"rules check",
             "read and check rules",
             "Of Sigma rules, says which cannot be evaluated, or only in part, and why. Exit "
             "status: 0 good, 1 with complaints.",
             {kRulesFolder,
              {"--sigma", "DIR",
               "check Sigma rules (*.yml) together with them; may be given several times", false,
               true},
              kJson},
             verb_rules_check},
            {"rules add",
             "add Sigma rules to this host: sentra rules add sigma DIR",
             "Checks every *.yml below DIR together with the installed rules and copies them, as "
             "they are, to /etc/sentra/rules.d/sigma. What matches is evidence on the signals of "
             "the same actor; only level high and critical make a signal of their own. A single "
             "one is switched off by \"change: ID\" with \"disable: true\" in a file of "
             "/etc/sentra/rules.d. Exit status: 0 copied, 1 with complaints, 4 without permission.",
             {{"kind", "KIND", "what is added: sigma", true, false, "sigma"},
              {"dir", "DIR", "where the rules are", true},
              {"--to", "DIR", "the site's rules (default /etc/sentra/rules.d)"},
              kJson,
              kRules},
             verb_rules_add},
            {"rules test",
             "run the proofs of rules",
             "Exit status: 0 all hold, 1 if one does not.",
             {kRulesFolder,
              {"--rule", "ID", "only the proofs of this rule", false, false, "@rules"},
              kJson},
             verb_rules_test},
            {"config check",
             "whether the configuration can be used: its keys, its rules, its sinks",
             "Complaints come as file:line:column, all of them. Nothing is sent anywhere. Exit "
             "status: 0 good, 1 with complaints.",
             {{"file", "FILE", "instead of the host's configuration"}, kJson, kConfig, kRules},
             verb_config_check},
            {"config show",
             "what the configuration says, and which line of which file",
             "Secrets are taken out of what is shown.",
             {{"--effective", "", "also what is not written, with its default"}, kJson, kConfig},
             verb_config_show},
            {"config schema",
             "the configuration as a JSON Schema, for editors",
             "",
             {},
             verb_config_schema},
            {"support dump",
             "what somebody who helps asks for first, in one archive",
             "Status, doctor, configuration, versions, sinks and sentrad's log. Secrets, "
             "addresses and the names of people are taken out. Written for its owner alone.",
             {{"-o", "FILE", "where to write it: sentra-support.zip", true},
              {"--with-signals", "", "signals, names and addresses too; secrets never"},
              kJson,
              kConfig,
              kStateDir,
              kSocket},
             verb_support_dump},
            {"man",
             "a page of the manual, as man(1) reads it",
             "sentra man sentra.yaml | man -l - shows it. The installed pages are made by it.",
             {{"page", "PAGE", says_pages(), true, false, words_of_pages()}},
             verb_man},
            {"completion",
             "what makes a shell complete the words of sentra and sentrad",
             "source <(sentra completion bash) has it in this shell. The words signals, sinks, "
             "overrides and rules print what this host has, one a line: those scripts ask for it.",
             {{"shell", "WORD", "bash, zsh or fish; or signals, sinks, overrides, rules", true,
               false, "bash zsh fish"},
              kStateDir,
              kSocket},
             verb_completion},
        },
        {
            {"reviews", "take the reviews in force from one host to another"},
            {"override",
             "standing decisions: maintenance windows, accepted risks, expected changes"},
            {"sink", "who is told of signals, and what waits for them"},
            {"report", "what a site owner or a fleet's owner needs to know, on a page"},
            {"audit", "everything an auditor asks for, in one archive that can be checked"},
            {"rules", "what is looked for: list, show, check, test, add, reload"},
            {"config",
             "what is configured, whether it can be used, and what there is to configure"},
            {"support", "what somebody who helps asks for first"},
        }};
    return kProgram;
}

const ProgramRow &sentrad_program()
{
    static const ProgramRow kProgram{
        "sentrad",
        "sentrad: the sensor. Watches this host and keeps what deserves a sentence.",
        {{"",
          "",
          "Ends on SIGTERM or SIGINT after everything that was seen has been kept; a second one "
          "ends it "
          "at once. SIGUSR1 ends it too, but leaves its programs in the kernel: what they see "
          "until the next sentrad starts is told by that one. SIGHUP has it read the rules again.",
          {kConfig,
           {"--state-dir", "DIR", "where the store lies (default /var/lib/sentra)"},
           {"--socket", "PATH",
            "where to listen for sentra (default /run/sentra/sentrad.sock, or "
            "in the state directory if another one is given)"},
           kRules,
           {"--print", "",
            "print each signal on stdout: as sentences on a terminal, else a line of JSON"},
           {"--check-config", "",
            "say whether the configuration and the rules can be used, and do nothing else: 0 they "
            "can, 1 a rule is wrong, 2 the configuration is"},
           {"--forget-pins", "",
            "remove what an ended sentrad left in the kernel, and do nothing else"}},
          run_daemon}},
        {}};
    return kProgram;
}

} // namespace sentra::cli
