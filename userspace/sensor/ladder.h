// SPDX-License-Identifier: MIT
// For every concern the best rung that works here. Pure choice: the ground says what the kernel has
// at all, whoever loads and attaches says what failed, and the ladder says what to try next.
//
// A rung counts only if all its required hooks can be had; the last one that is left is kept with
// whatever of it works.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/ground.h"
#include "sensor/hooks.h"
#include "sensor/sensor.h"

namespace sentra::sensor {

class Ladder {
public:
    // only: the rung to be used wherever a concern has it; its tracepoint elsewhere.
    explicit Ladder(Ground ground, std::optional<Rung> only = std::nullopt);

    // The hooks of the rungs in use, without those that are known to fail: in the table's order.
    [[nodiscard]] std::vector<const Hook *> chosen() const;
    // Programs of the table that no chosen hook needs.
    [[nodiscard]] std::vector<std::string_view> unneeded() const;
    [[nodiscard]] Rung rung(Concern concern) const;

    // This hook, or every hook of this program, cannot be had. True: a rung was left for it, so
    // what is to be loaded is different now.
    bool fail(const Hook &hook, const std::string &reason);
    bool fail(std::string_view program, const std::string &reason);
    // Every program of the class is refused at its hook.
    bool fail(Rung rung, const std::string &reason);

    // Why this hook cannot be had; empty: it can, or was not needed.
    [[nodiscard]] std::string reason(const Hook &hook) const;
    // One per hook of the rungs in use. Those that did not fail are attached.
    [[nodiscard]] std::vector<ProgramRow> rows() const;
    [[nodiscard]] std::vector<Watch> watches() const;

private:
    struct Place {
        const ConcernRow *concern = nullptr;
        std::vector<Rung> order; // those that the table has
        std::size_t at = 0;
        std::map<Rung, std::string> refused; // rungs above, and why
    };
    [[nodiscard]] std::vector<Rung> order_of(const ConcernRow &concern) const;
    [[nodiscard]] bool is_in_use(const Hook &hook) const;
    [[nodiscard]] std::string why_not(const Hook &hook) const;
    [[nodiscard]] std::string obstacle(Concern concern, Rung rung) const;
    void climb_down(Place &place);
    void describe(Watch &watch, const Place &place) const;

    Ground ground_;
    std::optional<Rung> only_;
    std::vector<Place> places_; // by Concern
    std::map<const Hook *, std::string> failed_;
};

} // namespace sentra::sensor
