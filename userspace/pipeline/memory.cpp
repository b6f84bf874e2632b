// SPDX-License-Identifier: MIT
#include "pipeline/memory.h"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "base/time.h"

namespace sentra::pipeline {

namespace {

// The new store knows nothing of the numbers the old one gave out; a second of 1970's reckoning is
// greater than any of them, and a jump at a sink says that something may be missing.
Result<void> take_place(store::Store &store, const std::string &set_aside, const std::string &why,
                        std::uint64_t now_ns)
{
    if (auto done = store.outbox().number_after(now_ns / kSecondNs); !done)
        return done;
    const nlohmann::ordered_json body{{"did", "set aside"}, {"why", why}};
    store::Batch batch;
    batch.now_ns = now_ns;
    batch.entries.push_back(
        {.time_ns = now_ns,
         .author = "sentrad",
         .kind = "store",
         .subject = set_aside,
         .body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)});
    if (auto done = store.commit(batch); !done)
        return tl::unexpected(std::move(done.error()));
    return {};
}

} // namespace

Result<Memory> Memory::open(const Config &config, std::uint64_t now_ns)
{
    const std::string path = store_path(config.state_dir);
    auto opened = store::Store::open_or_replace(path);
    if (!opened)
        return tl::unexpected(std::move(opened.error()));
    Memory memory;
    memory.store = std::move(opened->store);
    if (!opened->set_aside.empty()) {
        // What was found, without what a person could have done.
        const std::string why = printable(opened->why.substr(0, opened->why.find("; ")), 300);
        memory.set_aside = opened->set_aside;
        memory.damaged_ns = std::min(opened->until_ns, now_ns);
        spdlog::error("{}; it was set aside as {}: signals, decisions and what was not delivered "
                      "yet are there, and sentrad begins with an empty store",
                      why, memory.set_aside);
        if (auto done = take_place(*memory.store, memory.set_aside, why, now_ns); !done)
            spdlog::error("{}; the new store's ledger does not say so", done.error().text);
    }
    auto reader = store::Store::open(path, store::Store::Access::read);
    if (!reader)
        return tl::unexpected(std::move(reader.error()));
    memory.reader = std::move(*reader);
    return memory;
}

Result<store::Position> Memory::position() const
{
    auto position = store->position();
    if (position && position->watermark_ns == 0)
        position->watermark_ns = damaged_ns;
    return position;
}

Result<Committer::Rebuild> Memory::rebuild_after(const store::Position &last,
                                                 std::uint64_t from_ns) const
{
    if (damaged_ns != 0)
        return Committer::Rebuild{.until_ns = last.watermark_ns, .all_is_known = true};
    return pipeline::rebuild_after(*store, last, from_ns);
}

} // namespace sentra::pipeline
