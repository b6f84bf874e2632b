// SPDX-License-Identifier: MIT
// Every signal that a proof of the rules makes, alone and as a part of its actor's story, in every
// format: the documents that formats.sh then holds against the schemas of those who receive them.
// every_format RULES STREAMS OUT writes OUT/<format>.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "output/format.h"
#include "output/redact.h"
#include "pipeline/loop.h"
#include "pipeline/playback.h"
#include "pipeline/proof.h"

namespace {

using namespace sentra;

std::vector<signal::Signal> told(const std::shared_ptr<const engine::Rules> &rules,
                                 const engine::Stream &stream, pipeline::Loop::Tell tell)
{
    event::Losses losses;
    pipeline::Loop loop(rules, losses, tell);
    pipeline::FinalForms forms;
    std::vector<signal::Signal> signals;
    for (const event::Record &record : stream.records) {
        loop.take(record, signals);
        forms.take(signals);
    }
    return std::move(forms).in_order();
}

class Written {
public:
    explicit Written(const std::filesystem::path &folder)
    {
        for (const output::Format &format : output::formats())
            files_.emplace(format.name, std::ofstream(folder / format.name, std::ios::binary));
    }
    void add(const signal::Signal &signal)
    {
        count_ += 1;
        output::Removed removed;
        const signal::Signal safe = output::redact(signal, removed);
        for (const output::Format &format : output::formats())
            files_.at(format.name) << format.write(safe, {count_, count_ % 2 == 0}) << "\n";
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    std::map<std::string_view, std::ofstream> files_;
    std::uint64_t count_ = 0;
};

int fail(const std::string &text)
{
    std::fprintf(stderr, "every_format: %s\n", text.c_str());
    return 1;
}

} // namespace

int main(int count, char **words)
{
    if (count != 4)
        return fail("RULES STREAMS OUT");
    const auto rules = engine::Rules::load({words[1]});
    if (!rules)
        return fail(rules.error().text);
    Written out(words[3]);
    std::set<std::string> seen; // named streams prove several rules
    for (const auto &rule : (*rules)->all())
        for (const engine::Proof &proof : rule->proofs) {
            if (!proof.stream.empty() && !seen.insert(proof.stream).second)
                continue;
            const auto stream = pipeline::stream_of(proof, words[2]);
            if (!stream)
                return fail(stream.error().text);
            for (const auto tell :
                 {pipeline::Loop::Tell::behaviours, pipeline::Loop::Tell::stories})
                for (const signal::Signal &signal : told(*rules, **stream, tell))
                    out.add(signal);
        }
    std::printf("%llu signals\n", static_cast<unsigned long long>(out.count()));
    return 0;
}
