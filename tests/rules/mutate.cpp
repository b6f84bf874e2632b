// SPDX-License-Identifier: MIT
// rules_mutate RULES_DIR [--rule ID]... [--others] [--search]
//
// Leaves one condition after another out of the rules (mutations.h says which) and runs the rule's
// proofs: at least one must fail. Each that none notices is a survivor, told with its place; if a
// key condition survives, the exit status is 1. --others looks at the others too. --search
// tells of each survivor which of the tests' streams would notice it.
//
// A rule is compiled alone, with the rules it yields to and the words it uses, so that a mutation
// costs what its own proofs cost. What cannot be proven carries its reason in the file, on the
// condition's line or the one above: "# unproven: the index asks for it first".
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/text.h"
#include "engine/render.h"
#include "engine/vocabulary.h"
#include "mutations.h"
#include "pipeline/proof.h"

namespace {

using namespace sentra;
using tests::Mutation;
using RulesPtr = std::shared_ptr<const engine::Rules>;
using StreamPtr = std::shared_ptr<const engine::Stream>;

struct Options {
    std::string directory;
    std::set<std::string> only;
    bool others = false, search = false;
};

// The rules as they are written; a tree's marks point into its source.
struct Pack {
    struct File {
        engine::Source source;
        std::string name; // below the directory
        engine::Node root;
    };
    std::vector<std::unique_ptr<File>> words; // lists, techniques, families
    std::map<std::string, std::unique_ptr<File>> rules;
    std::map<std::string, StreamPtr> streams;
};

struct Tally {
    std::size_t rules = 0, killed = 0, refused = 0, unproven = 0, survived = 0;
    std::vector<std::string> lines; // survivors, and what is wrong
    bool is_broken = false;

    void add(const Tally &other)
    {
        rules += other.rules;
        killed += other.killed;
        refused += other.refused;
        unproven += other.unproven;
        survived += other.survived;
        lines.insert(lines.end(), other.lines.begin(), other.lines.end());
        is_broken = is_broken || other.is_broken;
    }
};

Result<Pack> read_pack(const std::string &directory)
{
    Pack pack;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (entry.path().extension() != ".yaml")
            continue;
        auto text = read_file(entry.path().string());
        if (!text)
            return tl::unexpected(std::move(text.error()));
        auto file = std::make_unique<Pack::File>();
        file->source = {entry.path().string(), std::move(*text)};
        file->name = entry.path().lexically_relative(directory).string();
        engine::Complaints complaints;
        auto root = engine::read_yaml(file->source, engine::kRuleBytesMax, complaints);
        if (!root)
            return tl::unexpected(complaints.error());
        file->root = std::move(*root);
        const engine::Node *id = file->root.find("id");
        if (id == nullptr)
            pack.words.push_back(std::move(file));
        else
            pack.rules.emplace(id->text, std::move(file));
    }
    return pack;
}

Result<void> read_streams(const std::string &directory, Pack &pack)
{
    for (const auto &entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() != ".yaml")
            continue;
        auto stream = engine::read_stream(entry.path().string());
        if (!stream)
            return tl::unexpected(std::move(stream.error()));
        pack.streams.emplace(entry.path().stem().string(),
                             std::make_shared<const engine::Stream>(std::move(*stream)));
    }
    return {};
}

// Enough for the compiler, which wants a rule to be proven; the proofs are run from outside.
constexpr const char *kSomeProofs = "proof: [{name: speaks, stream: none, signals: [{}]}, "
                                    "{name: silent, stream: none, signals: []}]\n";

// Of the lists, techniques and families those whose name the text holds, and those that these name.
std::vector<engine::Rules::File> words_of(const Pack &pack, std::string text)
{
    std::vector<engine::Rules::File> files;
    std::map<const Pack::File *, engine::Node> kept;
    for (std::size_t before = 0; before != text.size();) {
        before = text.size();
        for (const auto &file : pack.words)
            for (const engine::Entry &entry : file->root.entries) {
                engine::Node &root = kept[file.get()];
                root.kind = engine::Node::Kind::map;
                if (root.find(entry.key) != nullptr || text.find(entry.key) == std::string::npos)
                    continue;
                root.entries.push_back(entry);
                text += engine::render(entry.value);
            }
    }
    for (const auto &[file, root] : kept)
        files.push_back({file->source.path, file->name, engine::render(root)});
    return files;
}

// One rule by itself, with what it needs to be compiled, and what it must be seen to do.
class Bench {
public:
    struct Try {
        engine::Proof proof;
        StreamPtr stream;
    };

    Bench(const Pack &pack, const Pack::File &file) : file_(file)
    {
        std::set<std::string> known;
        add_rivals(pack, file.root, known);
        std::string text = file.source.text;
        for (const engine::Rules::File &rival : beside_)
            text += rival.text;
        for (engine::Rules::File &words : words_of(pack, text))
            beside_.push_back(std::move(words));
    }

    [[nodiscard]] Result<RulesPtr> compile(std::string text) const
    {
        std::vector<engine::Rules::File> files = beside_;
        files.push_back({file_.source.path, file_.name, std::move(text)});
        return engine::Rules::compile(std::move(files));
    }

    // The rule as it is, with its proofs.
    Result<RulesPtr> whole(const Pack &pack, const std::string &streams)
    {
        auto rules = compile(file_.source.text);
        if (!rules)
            return rules;
        for (const auto &rule : (*rules)->all())
            for (const engine::Proof &proof : rule->proofs) {
                if (rule->file != file_.source.path)
                    continue;
                const auto named = pack.streams.find(proof.stream);
                auto stream = named == pack.streams.end() ? pipeline::stream_of(proof, streams)
                                                          : Result<StreamPtr>(named->second);
                if (!stream)
                    return tl::unexpected(std::move(stream.error()));
                tries_.push_back({proof, std::move(*stream)});
            }
        // Short ones first: the first that fails is enough.
        std::stable_sort(tries_.begin(), tries_.end(), [](const Try &a, const Try &b) {
            return a.stream->records.size() < b.stream->records.size();
        });
        return rules;
    }

    // The proof that does not hold; null: they all do.
    [[nodiscard]] const Try *failing(const RulesPtr &rules, const std::string &id) const
    {
        for (const Try &one : tries_)
            if (!pipeline::differences(one.proof.signals,
                                       pipeline::signals_of(rules, id, *one.stream))
                     .empty())
                return &one;
        return nullptr;
    }

private:
    void add_rivals(const Pack &pack, const engine::Node &root, std::set<std::string> &known)
    {
        const engine::Node *yields = root.find("yields_to");
        engine::Complaints said; // the rules were compiled before
        for (const std::string &id : yields == nullptr
                                         ? std::vector<std::string>()
                                         : engine::read_texts(*yields, "yields_to", said)) {
            const auto rival = pack.rules.find(id);
            if (rival == pack.rules.end() || rival->second.get() == &file_ ||
                !known.insert(id).second)
                continue;
            const Pack::File &file = *rival->second;
            beside_.push_back(
                {file.source.path, file.name, engine::render(file.root, "proof") + kSomeProofs});
            add_rivals(pack, file.root, known);
        }
    }

    const Pack::File &file_;
    std::vector<engine::Rules::File> beside_;
    std::vector<Try> tries_;
};

bool is_unproven(const Mutation &mutation)
{
    const engine::Mark &mark = mutation.mark;
    for (const std::uint32_t line : {mark.line, mark.line - 1})
        if (line > 0 && mark.source->line(line).find("# unproven: ") != std::string_view::npos)
            return true;
    return false;
}

std::string told(const std::vector<signal::Signal> &signals)
{
    std::string text;
    for (const signal::Signal &one : signals)
        text +=
            fmt::format("{}\x1f{:.2f}\x1f{}\x1f{}\n", one.state, one.score, one.intent, one.count);
    return text;
}

// The streams in which the two say different things.
std::string noticing(const Pack &pack, const std::string &id, const RulesPtr &whole,
                     const RulesPtr &less)
{
    std::string names;
    for (const auto &[name, stream] : pack.streams)
        if (told(pipeline::signals_of(whole, id, *stream)) !=
            told(pipeline::signals_of(less, id, *stream)))
            names += " " + name;
    return names;
}

Tally mutate(const Pack &pack, const std::string &id, const Options &options)
{
    const Pack::File &file = *pack.rules.at(id);
    Tally tally;
    tally.rules = 1;
    Bench bench(pack, file);
    const auto whole = bench.whole(pack, pipeline::streams_beside(options.directory));
    const Bench::Try *wrong = whole ? bench.failing(*whole, id) : nullptr;
    if (!whole || wrong != nullptr) {
        tally.is_broken = true;
        tally.lines.push_back(whole ? fmt::format("{}:{}: {}: \"{}\" fails as it is, alone",
                                                  file.source.path, wrong->proof.line, id,
                                                  wrong->proof.name)
                                    : whole.error().text);
        return tally;
    }
    for (const Mutation &mutation : tests::mutations_of(file.root)) {
        if (!mutation.is_key && !options.others)
            continue;
        const auto less = bench.compile(engine::render(mutation.rule) + kSomeProofs);
        if (!less) {
            tally.refused += 1;
        } else if (bench.failing(*less, id) != nullptr) {
            tally.killed += 1;
        } else if (is_unproven(mutation)) {
            tally.unproven += 1;
        } else {
            tally.survived += 1;
            tally.lines.push_back(fmt::format(
                "{}: {}: {}{}", mutation.mark.text(), id, mutation.what,
                options.search ? "; noticed by:" + noticing(pack, id, *whole, *less) : ""));
        }
    }
    return tally;
}

// The rules shared out among the processors; told in the order of their ids.
Tally mutate_all(const Pack &pack, const Options &options)
{
    std::vector<std::string> ids;
    for (const auto &[id, file] : pack.rules)
        if (options.only.empty() || options.only.count(id) > 0)
            ids.push_back(id);
    std::vector<Tally> tallies(ids.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t at = next++; at < ids.size(); at = next++)
            tallies[at] = mutate(pack, ids[at], options);
    };
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
        workers.emplace_back(work);
    for (std::thread &worker : workers)
        worker.join();
    Tally all;
    for (const Tally &tally : tallies)
        all.add(tally);
    return all;
}

std::optional<Options> read_options(const std::vector<std::string> &words)
{
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--rule" && i + 1 < words.size())
            options.only.insert(words[++i]);
        else if (words[i] == "--others")
            options.others = true;
        else if (words[i] == "--search")
            options.search = true;
        else if (options.directory.empty() && words[i].front() != '-')
            options.directory = words[i];
        else
            return std::nullopt;
    }
    return options.directory.empty() ? std::nullopt : std::optional(options);
}

} // namespace

int main(int count, char **arguments)
{
    const auto options = read_options({arguments + 1, arguments + count});
    if (!options) {
        std::cerr << "rules_mutate RULES_DIR [--rule ID]... [--others] [--search]\n";
        return 2;
    }
    auto pack = read_pack(options->directory);
    const auto streams =
        pack ? read_streams(pipeline::streams_beside(options->directory), *pack) : Result<void>();
    if (!pack || !streams) {
        std::cerr << (pack ? streams.error() : pack.error()).text << "\n";
        return 2;
    }
    const Tally tally = mutate_all(*pack, *options);
    for (const std::string &line : tally.lines)
        std::cout << line << "\n";
    std::cout << fmt::format("{} rules, {} mutations: {} noticed by a proof, {} refused by the "
                             "compiler, {} said to be beyond proof, {} survived\n",
                             tally.rules,
                             tally.killed + tally.refused + tally.unproven + tally.survived,
                             tally.killed, tally.refused, tally.unproven, tally.survived);
    return tally.survived > 0 || tally.is_broken || tally.killed == 0 ? 1 : 0;
}
