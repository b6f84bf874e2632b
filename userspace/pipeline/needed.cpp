// SPDX-License-Identifier: MIT
#include "pipeline/needed.h"

namespace sentra::pipeline {

namespace {

sensor::Need::How how_of(const engine::Need &need)
{
    switch (need.how) {
    case engine::Need::How::is:
        return sensor::Need::How::is;
    case engine::Need::How::begins:
        return sensor::Need::How::begins;
    case engine::Need::How::ends:
        return sensor::Need::How::ends;
    case engine::Need::How::contains:
        return sensor::Need::How::contains;
    case engine::Need::How::any:
        break;
    }
    return sensor::Need::How::any;
}

} // namespace

std::shared_ptr<const sensor::Wanted> wanted_by(const engine::Rules &rules)
{
    std::vector<sensor::Need> needs;
    for (const engine::Need &need : rules.needs()) {
        // The sensor goes by files' paths; programs are told anyway.
        const bool is_path = need.field == "file.path" || need.field == "file.origin.path";
        needs.push_back({need.event, is_path ? how_of(need) : sensor::Need::How::any,
                         is_path ? need.value : std::string(), need.each});
    }
    return std::make_shared<const sensor::Wanted>(std::move(needs));
}

std::vector<std::string> reads_watched_by(const engine::Rules &rules)
{
    std::vector<std::string> globs;
    for (std::string &glob : rules.watched_reads())
        if (glob.find_first_not_of("*/") != std::string::npos)
            globs.push_back(std::move(glob));
    return globs;
}

} // namespace sentra::pipeline
