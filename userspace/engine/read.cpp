// SPDX-License-Identifier: MIT
#include "engine/read.h"

#include <exception>
#include <set>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace sentra::engine {

namespace {

constexpr std::size_t kDepthMax = 24; // the deepest rule needs 9
constexpr std::size_t kNodesMax = 500'000;

class Builder : public YAML::EventHandler {
public:
    Builder(const Source &source, Complaints &complaints) : source_(source), complaints_(complaints)
    {}
    Builder(const Builder &) = delete;
    Builder &operator=(const Builder &) = delete;
    ~Builder() override = default;

    void OnDocumentStart(const YAML::Mark & /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &at, YAML::anchor_t anchor) override
    {
        Node node;
        node.mark = mark(at, 1);
        refuse_anchor(node.mark, anchor);
        put(std::move(node));
    }
    void OnAlias(const YAML::Mark &at, YAML::anchor_t anchor) override { OnNull(at, anchor); }
    void OnScalar(const YAML::Mark &at, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override
    {
        Node node;
        node.kind = Node::Kind::scalar;
        node.text = value;
        node.quoted = tag == "!";
        node.mark = mark(at, value.size() + (node.quoted ? 2 : 0));
        refuse_anchor(node.mark, anchor);
        refuse_tag(node.mark, tag);
        put(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark &at, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override
    {
        begin(Node::Kind::list, at, tag, anchor);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark &at, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override
    {
        begin(Node::Kind::map, at, tag, anchor);
    }
    void OnMapEnd() override { end(); }

    Node root;

private:
    struct Open {
        Node node;
        bool has_key = false; // of a map: a key waits for its value
        Entry entry;
        std::set<std::string, std::less<>> keys;
    };

    Mark mark(const YAML::Mark &at, std::size_t width) const
    {
        return {&source_, static_cast<std::uint32_t>(at.line + 1),
                static_cast<std::uint32_t>(at.column + 1), static_cast<std::uint32_t>(width)};
    }
    void refuse_anchor(const Mark &at, YAML::anchor_t anchor)
    {
        if (anchor != 0)
            complaints_.add(at, "anchors and aliases (& and *) are not used here; write it out, "
                                "or quote a text that begins with one");
    }
    void refuse_tag(const Mark &at, const std::string &tag)
    {
        if (!tag.empty() && tag != "?" && tag != "!")
            complaints_.add(at, "YAML tags are not used here; quote a text that begins with \"!\"");
    }
    void begin(Node::Kind kind, const YAML::Mark &at, const std::string &tag, YAML::anchor_t anchor)
    {
        Open open;
        open.node.kind = kind;
        open.node.mark = mark(at, 1);
        refuse_anchor(open.node.mark, anchor);
        refuse_tag(open.node.mark, tag);
        if (open_.size() == kDepthMax)
            complaints_.add(open.node.mark, "nested too deeply");
        open_.push_back(std::move(open));
    }
    void end()
    {
        Open closed = std::move(open_.back());
        open_.pop_back();
        put(std::move(closed.node));
    }
    void put(Node node)
    {
        if (++nodes_ == kNodesMax)
            complaints_.add(node.mark, "too many values in one file");
        // What is beyond the bounds is not kept: the complaint above refuses the file anyway.
        if (nodes_ >= kNodesMax || open_.size() > kDepthMax)
            return;
        if (open_.empty()) {
            root = std::move(node);
            return;
        }
        Open &open = open_.back();
        if (open.node.is_list()) {
            open.node.items.push_back(std::move(node));
        } else if (!open.has_key) {
            take_key(open, std::move(node));
        } else {
            open.entry.value = std::move(node);
            open.node.entries.push_back(std::exchange(open.entry, Entry{}));
            open.has_key = false;
        }
    }
    void take_key(Open &open, Node node)
    {
        if (!node.is_scalar())
            complaints_.add(node.mark, "a key must be a text");
        else if (!open.keys.insert(node.text).second)
            complaints_.add(node.mark, "\"" + node.text.substr(0, 80) + "\" is here twice");
        open.entry.key = std::move(node.text);
        open.entry.mark = node.mark;
        open.has_key = true;
    }

    const Source &source_;
    Complaints &complaints_;
    std::vector<Open> open_;
    std::size_t nodes_ = 0;
};

// yaml-cpp reads bytes it cannot place as U+FFFD; a rule with such bytes is not what its author
// meant.
bool is_plain_text(const std::string &text)
{
    return text.find('\0') == std::string::npos;
}

void parse(Builder &builder, const Source &source, Complaints &complaints)
{
    std::istringstream in(source.text);
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder))
        return;
    Complaints ignored;
    Builder second(source, ignored);
    if (parser.HandleNextDocument(second))
        complaints.add({&source, 1, 1, 1},
                       "a file holds one document; \"---\" begins a second one");
}

} // namespace

const Node *Node::find(std::string_view key) const
{
    for (const Entry &entry : entries)
        if (entry.key == key)
            return &entry.value;
    return nullptr;
}

const char *Node::kind_name() const
{
    switch (kind) {
    case Kind::null:
        return "nothing";
    case Kind::scalar:
        return "a text";
    case Kind::list:
        return "a list";
    case Kind::map:
        return "a map";
    }
    return "nothing";
}

std::optional<Node> read_yaml(const Source &source, std::size_t max_bytes, Complaints &complaints)
{
    const std::size_t before = complaints.size();
    const Mark top{&source, 1, 1, 1};
    if (source.text.size() > max_bytes) {
        complaints.add(top, "larger than " + std::to_string(max_bytes / 1024) + " KiB");
        return std::nullopt;
    }
    if (!is_plain_text(source.text)) {
        complaints.add(top, "not a text file: it holds a NUL byte");
        return std::nullopt;
    }
    Builder builder(source, complaints);
    try {
        parse(builder, source, complaints);
    } catch (const YAML::Exception &error) {
        Mark at = top;
        if (error.mark.line >= 0) {
            at.line = static_cast<std::uint32_t>(error.mark.line + 1);
            at.column = static_cast<std::uint32_t>(error.mark.column + 1);
        }
        complaints.add(at, "not YAML: " + error.msg);
    } catch (const std::exception &error) {
        // yaml-cpp lets a few of the standard library's own exceptions through on hostile bytes.
        complaints.add(top, std::string("not YAML: ") + error.what());
    }
    if (complaints.size() != before)
        return std::nullopt;
    return std::move(builder.root);
}

} // namespace sentra::engine
