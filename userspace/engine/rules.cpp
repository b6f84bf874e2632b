// SPDX-License-Identifier: MIT
// Directories of rules: find the files, read the vocabulary first, then every rule, and put them
// together.
#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include "base/fd.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/compile.h"
#include "engine/engine.h"
#include "engine/render.h"
#include "engine/rule_files.h"
#include "engine/sigma.h"
#include "engine/site.h"

namespace sentra::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFilesMax = 10'000;

// In the order of reading: families name controls.
constexpr std::string_view kVocabularyFiles[] = {"attack.yaml", "controls.yaml", "playbooks.yaml",
                                                 "families.yaml", "lists.yaml"};

// By CatalogueEntry::Kind.
constexpr const char *kNobodyNames[] = {"no family and no rule names the control",
                                        "no rule names the playbook", "no rule names the family"};

Result<std::vector<Rules::File>> files_below(const std::string &directory)
{
    std::error_code error;
    std::vector<fs::path> paths;
    fs::recursive_directory_iterator walk(directory, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error))
        if ((walk->path().extension() == ".yaml" || walk->path().extension() == ".yml") &&
            walk->is_regular_file(error))
            paths.push_back(walk->path());
    if (error)
        return failure("open rules: " + directory + ": " + error.message());
    if (paths.size() > kFilesMax)
        return failure("open rules: " + directory + ": more than 10000 files");
    std::sort(paths.begin(), paths.end());
    std::vector<Rules::File> files;
    for (const fs::path &path : paths) {
        auto text = read_file(path.string());
        if (!text)
            return tl::unexpected(std::move(text.error()).within("open rules"));
        files.push_back(
            {path.string(), path.lexically_relative(directory).string(), std::move(*text)});
    }
    return files;
}

class Collector {
public:
    explicit Collector(std::vector<Rules::File> files)
    {
        for (Rules::File &file : files)
            sources_.push_back(
                {{std::move(file.path), std::move(file.text)}, std::move(file.name), file.layer});
    }

    Result<std::unique_ptr<Rules::Compiled>> collect()
    {
        for (const std::string_view name : kVocabularyFiles)
            for (const Named &file : sources_)
                if (base_name(file.name) == name)
                    read_vocabulary(file);
        vocabulary_.settle_lists(complaints_);
        for (const Named &file : sources_)
            if (!is_vocabulary(file))
                read_document(file);
        for (Document &document : documents_)
            read_rule(document);
        take_sigma();
        refuse_lost_changes();
        resolve_yields();
        if (!complaints_.empty())
            return tl::unexpected(complaints_.error());
        return put_together();
    }

private:
    struct Named {
        Source source;
        std::string name;
        std::size_t layer = 0;
    };
    struct Document {
        const Named &file;
        Node root;
    };

    static bool is_vocabulary(const Named &file)
    {
        return std::find(std::begin(kVocabularyFiles), std::end(kVocabularyFiles),
                         base_name(file.name)) != std::end(kVocabularyFiles);
    }

    void read_vocabulary(const Named &file)
    {
        const auto root = read_yaml(file.source, kRuleBytesMax, complaints_);
        if (!root)
            return;
        const std::string_view name = base_name(file.name);
        if (name == "lists.yaml" && file.layer > 0)
            note_lists(*root);
        if (name == "lists.yaml")
            vocabulary_.read_lists(*root, complaints_);
        else if (name == "attack.yaml")
            read_attack(*root, vocabulary_.catalogues, complaints_);
        else if (name == "controls.yaml")
            read_frameworks(*root, vocabulary_.catalogues, vocabulary_.written, complaints_);
        else if (name == "playbooks.yaml")
            read_playbooks(*root, vocabulary_.catalogues, vocabulary_.written, complaints_);
        else
            vocabulary_.read_families(*root, complaints_);
    }

    void note_lists(const Node &root)
    {
        Complaints said; // read_lists says them
        for (const Entry &entry : root.entries) {
            std::string name = entry.key;
            if (!name.empty() && name.front() == '$')
                name.erase(0, 1);
            const bool is_new = vocabulary_.lists.count(name) == 0;
            list_changes_.push_back({std::move(name), entry.mark.text(),
                                     read_texts(entry.value, entry.key, said), is_new});
        }
    }

    void read_document(const Named &file)
    {
        // SigmaHQ's files end in .yml, and may hold several documents.
        if (fs::path(file.name).extension() == ".yml")
            return sigma_.read(file.source.path, file.source.text);
        auto root = read_yaml(file.source, kRuleBytesMax, complaints_);
        if (!root)
            return;
        if (SigmaReader::is_sigma(*root)) {
            sigma_.read(file.source.path, file.source.text);
        } else if (is_site_change(*root)) {
            changing_.push_back(std::move(*root));
            for (SiteChange &change : read_site_changes(changing_.back(), complaints_))
                changes_.push_back(std::move(change));
        } else {
            documents_.push_back({file, std::move(*root)});
        }
    }

    void read_rule(Document &document)
    {
        const Named &file = document.file;
        Node &root = document.root;
        note_id(root);
        const std::string id = root.find("id") == nullptr ? "" : root.find("id")->text;
        std::vector<Change> told;
        for (SiteChange &change : changes_) {
            if (id.empty() || change.rule != id)
                continue;
            apply(change, root, complaints_);
            told.push_back(change.told);
        }
        const std::string pack(base_name(directory_name(file.name)));
        auto draft = compile_rule(root, file.source.path, pack, vocabulary_, complaints_);
        if (!draft)
            return;
        Rule &rule = *draft->made.rule;
        rule.is_of_site = file.layer > 0;
        rule.is_disabled = std::any_of(told.begin(), told.end(),
                                       [](const Change &change) { return change.disables; });
        rule.changes = std::move(told);
        rule.effective = render(root, "proof");
        rule.digest = sha256_hex(rule.effective);
        drafts_.push_back(std::move(*draft));
    }

    void take_sigma()
    {
        for (CompiledRule &made : sigma_.rules()) {
            Rule &rule = *made.rule;
            rule.is_of_site = true;
            if (!ids_.emplace(rule.id, Mark{}).second)
                continue; // a rule of ours has the id
            for (const SiteChange &change : changes_) {
                if (change.rule != rule.id)
                    continue;
                if (!change.told.disables)
                    complaints_.add(change.mark, "a Sigma rule can be disabled and not changed");
                rule.is_disabled = true;
                rule.changes.push_back(change.told);
            }
            sigma_rules_.push_back(std::move(made));
        }
    }

    void refuse_lost_changes()
    {
        for (const SiteChange &change : changes_)
            if (!change.rule.empty() && ids_.count(change.rule) == 0)
                complaints_.add_unknown(change.mark, "rule", change.rule, keys_of(ids_));
    }

    // Ids of refused rules count too: a rule that yields to one of them is not wrong itself.
    void note_id(const Node &root)
    {
        const Node *id = root.find("id");
        if (id == nullptr || !id->is_scalar() || id->text.empty())
            return;
        const auto [at, made] = ids_.emplace(id->text, id->mark);
        if (!made)
            complaints_.add(id->mark, "rule \"" + printable(id->text, 80) + "\" is already in " +
                                          at->second.text());
    }

    void resolve_yields()
    {
        for (const Draft &draft : drafts_)
            for (const auto &[id, mark] : draft.yields_to)
                if (ids_.count(id) == 0)
                    complaints_.add_unknown(mark, "rule", id, keys_of(ids_));
                else if (id == draft.made.rule->id)
                    complaints_.add(mark, "a rule cannot yield to itself");
    }

    std::unique_ptr<Rules::Compiled> put_together()
    {
        std::map<std::string, Draft *> in_order;
        for (Draft &draft : drafts_)
            in_order.emplace(draft.made.rule->id, &draft);
        std::map<std::string, std::size_t> numbers;
        for (const auto &[id, draft] : in_order)
            if (!draft->made.rule->is_disabled)
                numbers.emplace(id, numbers.size());
        auto set = std::make_shared<RuleSet>();
        auto compiled = std::make_unique<Rules::Compiled>();
        for (const auto &[own_id, draft] : in_order) {
            for (const auto &[id, mark] : draft->yields_to) {
                if (const auto number = numbers.find(id); number != numbers.end())
                    draft->made.yields_to.push_back(number->second);
                draft->made.rule->yields_to.push_back(id);
            }
            compiled->known.push_back(draft->made.rule);
            if (draft->made.rule->is_disabled)
                continue;
            compiled->all.push_back(draft->made.rule);
            set->rules.push_back(std::move(draft->made));
        }
        for (CompiledRule &made : sigma_rules_) {
            compiled->known.push_back(made.rule);
            if (made.rule->is_disabled)
                continue;
            compiled->all.push_back(made.rule);
            set->rules.push_back(std::move(made));
        }
        for (auto *rules : {&compiled->all, &compiled->known})
            std::sort(rules->begin(), rules->end(),
                      [](const auto &a, const auto &b) { return a->id < b->id; });
        compiled->sigma = sigma_.reports();
        set->build_index();
        compiled->set = std::move(set);
        compiled->bundle = bundle();
        compiled->list_changes = std::move(list_changes_);
        compiled->unnamed = unnamed(compiled->known);
        compiled->catalogues = std::move(vocabulary_.catalogues);
        return compiled;
    }

    // Of rules that a site disabled, what they name counts too.
    std::vector<std::string> unnamed(const std::vector<std::shared_ptr<const Rule>> &known) const
    {
        std::set<std::pair<CatalogueEntry::Kind, std::string>> named;
        const auto add = [&](const Controls &controls) {
            for (const auto &[framework, ids] : controls)
                for (const std::string &id : ids)
                    named.emplace(CatalogueEntry::Kind::control,
                                  std::string(framework).append(" ").append(id));
        };
        for (const auto &[family, controls] : vocabulary_.families)
            add(controls);
        for (const auto &rule : known) {
            add(rule->controls);
            named.emplace(CatalogueEntry::Kind::playbook, rule->playbook);
            named.emplace(CatalogueEntry::Kind::family, rule->family);
        }
        std::vector<std::string> places;
        for (const CatalogueEntry &one : vocabulary_.written)
            if (named.count({one.kind, one.id}) == 0)
                places.push_back(one.mark.text() + ": " + kNobodyNames[static_cast<int>(one.kind)] +
                                 " \"" + printable(one.id, 80) + "\"");
        return places;
    }

    // The same rules give the same digest wherever they are installed.
    std::string bundle() const
    {
        std::map<std::string_view, std::string> digests;
        for (const Named &file : sources_)
            digests[file.name] += sha256_hex(file.source.text);
        std::string text;
        for (const auto &[name, digest] : digests)
            text.append(name).append(" ").append(digest).append("\n");
        return sha256_hex(text);
    }

    std::deque<Named> sources_; // marks point into them
    Complaints complaints_;
    Vocabulary vocabulary_;
    SigmaReader sigma_{vocabulary_};
    std::vector<CompiledRule> sigma_rules_;
    std::deque<Document> documents_;
    std::deque<Node> changing_;
    std::vector<SiteChange> changes_; // nodes are in changing_
    std::vector<Rules::ListChange> list_changes_;
    std::deque<Draft> drafts_;
    std::map<std::string, Mark, std::less<>> ids_;
};

} // namespace

Rules::Rules(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Rules::~Rules() = default;

const std::vector<std::shared_ptr<const Rule>> &Rules::all() const
{
    return compiled_->all;
}

const std::vector<std::shared_ptr<const Rule>> &Rules::known() const
{
    return compiled_->known;
}

const std::vector<Rules::ListChange> &Rules::list_changes() const
{
    return compiled_->list_changes;
}

const Catalogues &Rules::catalogues() const
{
    return compiled_->catalogues;
}

const std::vector<std::string> &Rules::unnamed() const
{
    return compiled_->unnamed;
}

const std::vector<SigmaReport> &Rules::sigma() const
{
    return compiled_->sigma;
}

const std::string &Rules::bundle() const
{
    return compiled_->bundle;
}

Result<std::shared_ptr<const Rules>> Rules::compile(std::vector<File> files)
{
    auto compiled = Collector(std::move(files)).collect();
    if (!compiled)
        return tl::unexpected(std::move(compiled.error()));
    return std::shared_ptr<const Rules>(new Rules(std::move(*compiled)));
}

Result<std::shared_ptr<const Rules>> Rules::load(const std::vector<std::string> &directories)
{
    std::vector<File> files;
    for (std::size_t layer = 0; layer < directories.size(); ++layer) {
        auto below = files_below(directories[layer]);
        if (!below)
            return tl::unexpected(std::move(below.error()));
        for (File &file : *below)
            file.layer = layer;
        std::move(below->begin(), below->end(), std::back_inserter(files));
    }
    return compile(std::move(files));
}

} // namespace sentra::engine
