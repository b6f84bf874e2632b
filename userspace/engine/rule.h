// SPDX-License-Identifier: MIT
// A rule as compiled: what the layers above may know of it. How it matches is the engine's own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sentra::engine {

// When a window's signal is handed up again as it grows.
struct Merge {
    std::vector<std::string> by; // "actor", "step.field", "field"; empty: host
    std::uint64_t for_ns = 0;    // window length; windows of a day and more start at UTC midnight
};

// A row of the ATT&CK catalogue (rules/attack.yaml).
struct Technique {
    std::string id, name;             // "T1098.004", "SSH Authorized Keys"
    std::vector<std::string> tactics; // "TA0003"
    std::vector<std::string> was{};   // what it was called before v19, the closest first
};

struct Stream; // engine/stream.h

// A stream of events and the rule's own signals for it, in order of first time, in their final
// form.
struct Proof {
    struct Expected {
        std::optional<std::string> state, intent, title;
        std::optional<double> risk;
        std::optional<std::uint64_t> count;
    };
    std::string name;
    std::string stream;                   // a fixture's name; empty: events are inline
    std::shared_ptr<const Stream> events; // inline ones, else null
    std::vector<Expected> signals;        // empty: the rule stays silent
    std::uint32_t line = 0;               // in Rule::file
};

// What a site changed about a rule it did not write.
struct Change {
    std::string place;             // "/etc/sentra/rules.d/keys.yaml:3:9"
    std::string reason;            // the site's own
    std::vector<std::string> says; // "risk base 0.45 -> 0.30"
    bool disables = false;
};

struct Rule {
    std::string id; // "ssh-key-added"
    std::uint32_t version = 1;
    std::string pack;   // folder name
    std::string family; // behaviour family: "B23"; controls and vocabulary hang on it
    std::string title;  // template
    std::string intent;
    std::vector<std::string> attack;                          // technique ids, v19
    std::vector<Technique> techniques;                        // those ids, looked up; same order
    std::map<std::string, std::vector<std::string>> controls; // "soc2" -> {"CC6.1"}
    std::string narrative; // template; "{story}" is the actor's way to the deed
    std::string action;    // template; the one next step
    std::string playbook;
    Merge merge;
    std::string file;                   // where it was read from
    std::string digest;                 // of its effective text: the same digest, the same rule
    std::vector<std::string> yields_to; // rules that tell the same deed better
    std::vector<Proof> proofs;
    bool is_of_site = false;  // not of the first directory
    bool is_disabled = false; // by a change: it is checked and never asked
    std::vector<Change> changes;
    std::string effective;           // as YAML, changes included, without its proofs
    std::vector<std::string> events; // event types it needs, in order of name
    std::vector<std::string> fields; // fields it reads, in order of name
};

} // namespace sentra::engine
