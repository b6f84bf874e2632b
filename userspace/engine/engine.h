// SPDX-License-Identifier: MIT
// What happened, in order: compiled rules over the stream of events. In: events with their context,
// in time order. Out: matches. Owns partial matches, merge windows and the memory of what was seen
// before; reads no clock; every table is bounded and an eviction is counted (PARTIAL_EVICTED).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/match.h"
#include "engine/rule.h"
#include "event/event.h"
#include "event/source.h"
#include "session/session.h"

namespace sentra::engine {

// Something a rule looks for in the events it needs: for the kernel's filters.
struct Need {
    enum class How : std::uint8_t { any, is, begins, ends, contains };
    std::string event; // "file.write"
    std::string field; // "file.path"; empty where how is any: every event of the type is needed
    How how = How::any;
    std::string value; // in lower case; compare without regard to case
    bool each = false; // every single one: a rule counts them, or waits for seconds only
    friend auto operator<=>(const Need &, const Need &) = default;
};

struct SigmaReport; // engine/sigma.h
struct Catalogues;  // engine/catalogues.h

// Rules read, checked and compiled together. Immutable.
class Rules {
public:
    struct File {
        std::string path; // as complaints name it
        std::string name; // below its directory: "persistence/ssh-key-added.yaml"
        std::string text;
        std::size_t layer = 0; // whose directory: 0 the shipped rules, from 1 on the site's
    };
    // As load(), over files already read.
    [[nodiscard]] static Result<std::shared_ptr<const Rules>> compile(std::vector<File> files);
    // Reads every *.yaml below the directories, in order of path. The first holds the shipped
    // rules; later ones add to them and change them by files of their own (engine/site.h). The
    // error lists every complaint, one a line: "file:line:column: what ... did you mean ...", with
    // the offending line as a snippet below it.
    [[nodiscard]] static Result<std::shared_ptr<const Rules>>
    load(const std::vector<std::string> &directories);

    [[nodiscard]] const std::vector<std::shared_ptr<const Rule>> &all() const; // in order of id
    // all() and those that a site disabled.
    [[nodiscard]] const std::vector<std::shared_ptr<const Rule>> &known() const;
    // What a site added to lists.
    struct ListChange {
        std::string name, place; // without "$"; where it is written
        std::vector<std::string> values;
        bool is_new = false; // no shipped list has the name
    };
    [[nodiscard]] const std::vector<ListChange> &list_changes() const;
    // ATT&CK's techniques, frameworks of controls, playbooks.
    [[nodiscard]] const Catalogues &catalogues() const;
    // Playbooks and families that no rule names, controls that no family and no rule names, each
    // with its place; in the order of reading.
    [[nodiscard]] const std::vector<std::string> &unnamed() const;
    // How each of Sigma's documents fared, in the order of reading.
    [[nodiscard]] const std::vector<SigmaReport> &sigma() const;
    [[nodiscard]] const std::string &bundle() const; // sha256 over the canonical rule texts
    // Sorted, each once. An alternative that no path or program narrows needs every event of its
    // type. What a rule asks of a file's name, directory or extension is told as what that means
    // for its path; a need may let more through than its rule, never less.
    [[nodiscard]] std::vector<Need> needs() const;
    // The files whose reading some rule asks about: "/etc/shadow", "*/.ssh/id_rsa",
    // "/etc/sudoers.d/*".
    [[nodiscard]] std::vector<std::string> watched_reads() const;

    ~Rules();
    Rules(const Rules &) = delete;
    Rules &operator=(const Rules &) = delete;
    struct Compiled;
    [[nodiscard]] const Compiled &compiled() const { return *compiled_; }

private:
    explicit Rules(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

// What was seen before, for "new: 30d". key: rule-independent "field\x1fscope..."; the pipeline
// loads it at start and stores what changed with every commit.
struct Sighting {
    std::string key; // hash of what was seen and for whom
    std::uint64_t first_ns = 0, last_ns = 0;
};

class Engine {
public:
    Engine(std::shared_ptr<const Rules> rules, event::Losses &losses);
    ~Engine();
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    // Appends what the event completed. A meta.tick closes windows that have run out.
    void step(const event::Event &event, const session::Context &context,
              const session::Session &session, std::vector<Match> &out);

    // Goes on with other rules from the next event on. What was seen before is kept; so are the
    // partial matches and open windows of rules that are as they were (Rule::digest). Appends what
    // the windows of the others had not told yet.
    void replace(std::shared_ptr<const Rules> rules, const session::Session &session,
                 std::vector<Match> &out);

    void remember(const std::vector<Sighting> &sightings);
    [[nodiscard]] std::vector<Sighting> take_new_sightings();
    // A restarted engine re-reads the journal; nothing older than this may count as "first seen"
    // because of an empty memory: the first `learning` period after it never raises "new".
    void set_learning_until(std::uint64_t time_ns);

    struct Sizes {
        std::size_t partial_matches = 0, windows = 0, sightings = 0;
    };
    [[nodiscard]] Sizes sizes() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace sentra::engine
