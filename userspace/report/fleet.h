// SPDX-License-Identifier: MIT
// The fleet report: many hosts' weekly exports on one page per tenant. In: the exports' texts, as
// they lay in a folder, from anybody. Out: who did not report, then the hosts by state and name.
// The worst state of a host's reports is the host's; nothing is averaged, nothing is put together
// across hosts, and no tenant's page names anything of another's. A pure function.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/document.h"
#include "report/period.h"

namespace sentra::report {

// One host's export, as far as the fleet needs it; every text escaped and bounded.
struct Export {
    std::string tenant, host, host_id;
    Period period;
    std::uint64_t written_ns = 0;
    State state = State::calm;
    std::size_t open = 0;
    std::uint64_t seconds = 0, seconds_watched = 0;
    struct Open {
        std::string id, what, action;
        double score = 0;
    };
    std::vector<Open> asks;
    std::vector<std::string> reasons;   // of its standing exceptions
    std::vector<unsigned> day_percents; // watched, by day
    bool is_blind = false;              // not everything is watched right now
};

[[nodiscard]] Result<Export> export_from_json(std::string_view text);

struct FleetInput {
    std::vector<std::pair<std::string, std::string>> files; // name, text
    Period period;
    Zone zone;
    std::uint64_t written_ns = 0;
    std::optional<std::string> tenant; // only this one
    std::string version;
};

struct FleetHost {
    std::string host;
    State state = State::calm;
    std::size_t open = 0, reports = 0;
    std::uint64_t seconds = 0, seconds_watched = 0;
    std::vector<unsigned> day_percents;
    bool is_blind = false;
};

struct FleetTenant {
    std::string name; // empty: hosts that belong to none
    struct Silent {
        std::string host;
        std::uint64_t last_ns = 0; // until when its last report goes
    };
    std::vector<Silent> silent;
    std::vector<FleetHost> hosts; // worst first, then by name
    std::size_t by_state[3] = {};
    struct Action {
        std::string host, id, what, action;
        double score = 0;
    };
    std::vector<Action> actions; // the five most serious
    std::size_t further_actions = 0;
    std::vector<std::pair<std::string, std::size_t>> reasons; // given more than once
    [[nodiscard]] State state() const;
};

struct Fleet {
    std::string id, hash, version;
    Period period;
    Zone zone;
    std::uint64_t written_ns = 0;
    std::vector<FleetTenant> tenants; // by name
    std::vector<std::string> unread;  // files and why; only where no tenant was asked for
    std::size_t unread_count = 0;
    [[nodiscard]] State state() const;
};

// Refused where a tenant is asked for and no export is of it.
[[nodiscard]] Result<Fleet> fleet(const FleetInput &input);
[[nodiscard]] Document page(const Fleet &report);
[[nodiscard]] std::string to_json(const Fleet &report);

} // namespace sentra::report
