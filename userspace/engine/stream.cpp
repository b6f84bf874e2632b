// SPDX-License-Identifier: MIT
#include "engine/stream.h"

#include <algorithm>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/cast.h"
#include "engine/pattern.h"
#include "engine/vocabulary.h"

namespace sentra::engine {

namespace {

const std::vector<std::string_view> kKeys = {"host", "accounts", "processes", "start",
                                             "end",  "events",   "says"};
const std::vector<std::string_view> kEventKeys = {"at",    "event", "process",
                                                  "child", "of",    "repeat"};
constexpr std::uint64_t kRecordsMax = 200'000;
constexpr const char *kBoot = "3f5c9a7e6d4b4c0e9b1a2d3c4e5f6071";

// "250ms" as well as the times that rules know.
std::optional<std::uint64_t> parse_offset(std::string_view text)
{
    constexpr std::uint64_t millisecond_ns = 1'000'000;
    if (text.size() > 2 && text.substr(text.size() - 2) == "ms") {
        const auto count = parse_number<std::uint32_t>(text.substr(0, text.size() - 2));
        return count ? std::optional(*count * millisecond_ns) : std::nullopt;
    }
    if (text == "0")
        return 0;
    return parse_duration(text);
}

class StreamBuilder {
public:
    StreamBuilder(const Node &root, Complaints &complaints) : root_(root), complaints_(complaints)
    {}

    std::vector<event::Record> build()
    {
        expect("host", Node::Kind::map);
        expect("accounts", Node::Kind::list);
        expect("processes", Node::Kind::map);
        for (const Entry &entry : root_.entries)
            if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end())
                complaints_.add_unknown(entry.mark, "key of a stream", entry.key, kKeys);
        read_start();
        put_host();
        put_accounts();
        put_processes();
        put_events();
        put_end();
        std::stable_sort(records_.begin(), records_.end(),
                         [](const event::Record &a, const event::Record &b) {
                             return event::earlier(a.head(), b.head());
                         });
        return std::move(records_);
    }

private:
    void expect(std::string_view key, Node::Kind kind)
    {
        const Node *node = root_.find(key);
        if (node != nullptr && node->kind != kind)
            complaints_.add(node->mark, "\"" + std::string(key) + "\" must be " +
                                            (kind == Node::Kind::map ? "a map" : "a list") +
                                            ", and this is " + node->kind_name());
    }

    void read_start()
    {
        constexpr std::uint64_t standard_ns = 1'772'445'600ULL * kSecondNs; // 2026-03-02T10:00:00Z
        start_ns_ = standard_ns;
        if (const Node *start = root_.find("start")) {
            const auto time_ns = parse_rfc3339(start->text);
            if (!time_ns || *time_ns < kDayNs)
                complaints_.add(start->mark, "not a time; write \"2026-03-02T10:11:00Z\"");
            else
                start_ns_ = *time_ns;
        }
        last_ns_ = start_ns_;
    }

    void put(std::string_view type_name, std::uint64_t time_ns, const Facts &facts,
             const Mark &mark)
    {
        const event::Type &type = *event::Catalogue::get().find_type(type_name);
        std::vector<event::Assignment> assignments;
        for (const auto &[field, values] : facts)
            if (!values.empty())
                assignments.push_back({field, values});
        auto record = event::encode(type, SENTRA_SOURCE_STREAM, time_ns, ++sequence_, assignments);
        if (!record)
            complaints_.add(mark, record.error().text);
        else
            records_.push_back(std::move(*record));
    }

    // Every "field: value" of a map; keys of the stream's own are left out.
    Facts read_facts(const Node &map, const event::Type &type,
                     const std::vector<std::string_view> &own_keys)
    {
        Facts facts;
        for (const Entry &entry : map.entries) {
            if (std::find(own_keys.begin(), own_keys.end(), entry.key) != own_keys.end())
                continue;
            const auto field = event::Catalogue::get().find_field(entry.key);
            if (!field || type.slot(*field) == nullptr) {
                std::vector<std::string_view> known;
                for (const event::Slot &slot : type.slots)
                    known.push_back(slot.name);
                known.insert(known.end(), own_keys.begin(), own_keys.end());
                complaints_.add_unknown(entry.mark, "field of " + std::string(type.name), entry.key,
                                        known);
                continue;
            }
            if (entry.value.is_null())
                facts[entry.key] = {}; // as if it had never been said
            else
                facts[entry.key] = read_texts(entry.value, entry.key, complaints_);
            for (std::string &value : facts[entry.key])
                if (value.rfind("0o", 0) == 0) // file modes
                    if (const auto mode = Number::parse(value))
                        value = std::to_string(mode->magnitude);
        }
        return facts;
    }

    const event::Type &type_of(std::string_view name)
    {
        return *event::Catalogue::get().find_type(name);
    }

    void put_host()
    {
        Facts facts = {{"host.name", {"web-01"}},
                       {"host.id", {std::string(64, '7')}},
                       {"host.boot.id", {kBoot}},
                       {"organization.name", {"acme"}},
                       {"host.pid_namespace", {"4026531836"}},
                       {"host.mount_namespace", {"4026531841"}}};
        if (const Node *host = root_.find("host")) {
            for (const Entry &entry : host->entries) {
                const std::string field = entry.key == "boot"     ? "host.boot.id"
                                          : entry.key == "tenant" ? "organization.name"
                                                                  : "host." + entry.key;
                if (facts.count(field) == 0)
                    complaints_.add_unknown(entry.mark, "key of host", entry.key,
                                            {"name", "id", "boot", "tenant"});
                else
                    facts[field] = {entry.value.text};
            }
        }
        boot_ = facts["host.boot.id"];
        host_name_ = facts["host.name"];
        put("meta.host", start_ns_, facts, root_.mark);
        const std::string offset = std::to_string(start_ns_ - kUptimeNs);
        put("meta.clock", start_ns_, {{"clock.boot_to_unix_ns", {offset}}}, root_.mark);
    }

    void put_accounts()
    {
        const Node *accounts = root_.find("accounts");
        if (accounts == nullptr) {
            put("meta.account", start_ns_,
                {{"account.name", {"root"}}, {"account.home", {"/root"}}}, root_.mark);
            return;
        }
        for (const Node &account : accounts->items) {
            Facts facts;
            for (const Entry &entry : account.entries) {
                const std::string field =
                    entry.key == "group" ? "account.is_group" : "account." + entry.key;
                if (!event::Catalogue::get().find_field(field))
                    complaints_.add_unknown(entry.mark, "key of an account", entry.key,
                                            {"name", "id", "group_id", "home", "shell", "group"});
                else
                    facts[field] = {entry.value.text};
            }
            put("meta.account", start_ns_, facts, account.mark);
        }
    }

    const Member *find_member(const Node &name)
    {
        const Member *found = cast_.find(name.text);
        if (found == nullptr)
            complaints_.add_unknown(name.mark, "process", name.text, cast_.names());
        return found;
    }

    void put_processes()
    {
        const Node *processes = root_.find("processes");
        if (processes == nullptr)
            return;
        std::uint64_t start_boot_ns = kSecondNs;
        const event::Type &type = type_of("process.snapshot");
        for (const Entry &entry : processes->entries) {
            const Node *from = entry.value.find("from");
            const Member *parent = from == nullptr ? nullptr : find_member(*from);
            Facts facts = read_facts(entry.value, type, {"from"});
            Member &member = cast_.add(entry.key, parent, start_boot_ns);
            cast_.learn(member, type, facts);
            Cast::fill(member, type, facts);
            put(type.name, start_ns_, facts, entry.mark);
            start_boot_ns += kSecondNs;
        }
    }

    std::optional<std::uint64_t> time_of(const Node &event)
    {
        const Node *at = event.find("at");
        if (at == nullptr)
            return last_ns_ + kSecondNs;
        const auto offset_ns = parse_offset(at->text);
        if (offset_ns)
            return start_ns_ + *offset_ns;
        const auto time_ns = parse_rfc3339(at->text);
        if (time_ns && *time_ns >= start_ns_)
            return time_ns;
        complaints_.add(at->mark, "not a time after the start; write \"20s\" or \"5m\"");
        return std::nullopt;
    }

    // What a line of the journal has when nothing else is said of it.
    void fill_origin(Facts &facts, const Member *writer, const event::Type &type)
    {
        facts.emplace("event.trust", std::vector<std::string>{"journal"});
        facts.emplace("log.user.id", std::vector<std::string>{"0"});
        facts.emplace("log.boot", boot_);
        facts.emplace("log.syslog.hostname", host_name_);
        facts.emplace("log.pid_namespace", std::vector<std::string>{"4026531836"});
        if (type.slot(*event::Catalogue::get().find_field("event.count")) != nullptr)
            facts.emplace("event.count", std::vector<std::string>{"1"});
        if (writer == nullptr)
            return;
        facts.emplace("log.pid", writer->facts.at("process.pid"));
        const auto executable = writer->facts.find("process.executable");
        if (executable == writer->facts.end() || executable->second.size() != 1)
            return;
        facts.emplace("log.executable", executable->second);
        facts.emplace("log.comm",
                      std::vector<std::string>{std::string(base_name(executable->second.front()))});
    }

    Member *member_of(const Node &event, const event::Type &type, std::uint64_t time_ns)
    {
        if (type.id == SENTRA_PROCESS_FORK) {
            const Node *child = event.find("child");
            const Node *of = event.find("of");
            if (child == nullptr || of == nullptr || !child->is_scalar()) {
                complaints_.add(event.mark, "a fork names its \"child\" and whose it is: \"of\"");
                return nullptr;
            }
            const Member *parent = find_member(*of);
            if (parent == nullptr)
                return nullptr;
            const Member copy = *parent;
            return &cast_.add(child->text, &copy, kUptimeNs + (time_ns - start_ns_));
        }
        const Node *process = event.find("process");
        return process == nullptr || find_member(*process) == nullptr ? nullptr
                                                                      : cast_.find(process->text);
    }

    void put_event(const Node &event)
    {
        const Node *name = event.find("event");
        const event::Type *type =
            name == nullptr ? nullptr
                            : event::Catalogue::get().find_type(std::string_view(name->text));
        if (type == nullptr) {
            std::vector<std::string_view> known;
            for (const event::Type &one : event::Catalogue::get().types())
                known.push_back(one.name);
            complaints_.add_unknown(name == nullptr ? event.mark : name->mark, "event",
                                    name == nullptr ? "" : name->text, known);
            return;
        }
        const auto time_ns = time_of(event);
        if (!time_ns)
            return;
        Facts facts = read_facts(event, *type, kEventKeys);
        Member *member = member_of(event, *type, *time_ns);
        constexpr std::uint16_t first_of_journal = 0x0600;
        constexpr std::uint16_t first_of_meta = 0x0f00;
        if (type->id >= first_of_journal && type->id < first_of_meta) {
            fill_origin(facts, member, *type);
        } else if (member != nullptr) {
            cast_.learn(*member, *type, facts);
            Cast::fill(*member, *type, facts);
        }
        put_repeated(event, *type, *time_ns, facts);
    }

    // "/srv/data/{n}.jpg", repeated: /srv/data/1.jpg, /srv/data/2.jpg, ...
    static Facts numbered(Facts facts, std::uint64_t number)
    {
        constexpr std::string_view hole = "{n}";
        for (auto &[field, values] : facts)
            for (std::string &value : values)
                if (const auto at = value.find(hole); at != std::string::npos)
                    value.replace(at, hole.size(), std::to_string(number));
        return facts;
    }

    void put_repeated(const Node &event, const event::Type &type, std::uint64_t time_ns,
                      const Facts &facts)
    {
        std::uint64_t times = 1;
        std::uint64_t every_ns = kSecondNs;
        if (const Node *repeat = event.find("repeat")) {
            const Node *count = repeat->find("times");
            const Node *every = repeat->find("every");
            times = parse_number<std::uint64_t>(count == nullptr ? "" : count->text).value_or(0);
            if (every != nullptr)
                every_ns = parse_offset(every->text).value_or(0);
            if (times == 0 || every_ns == 0 || records_.size() + times > kRecordsMax) {
                complaints_.add(repeat->mark,
                                "repeat is {times: 5, every: 2s}, up to 200000 events");
                return;
            }
        }
        for (std::uint64_t i = 0; i < times; ++i)
            put(type.name, time_ns + i * every_ns, times == 1 ? facts : numbered(facts, i + 1),
                event.mark);
        last_ns_ = time_ns + (times - 1) * every_ns;
        end_ns_ = std::max(end_ns_, last_ns_);
    }

    void put_events()
    {
        end_ns_ = start_ns_;
        const Node *events = root_.find("events");
        if (events == nullptr || !events->is_list()) {
            complaints_.add(root_.mark, "\"events\" must be a list");
            return;
        }
        for (const Node &event : events->items) {
            if (records_.size() > kRecordsMax)
                return;
            if (event.is_map())
                put_event(event);
            else
                complaints_.add(event.mark, "an event is a map");
        }
    }

    void put_end()
    {
        std::uint64_t after_ns = 25 * kHourNs; // longer than the longest merge window
        if (const Node *end = root_.find("end")) {
            const auto said_ns = parse_offset(end->text);
            if (!said_ns)
                complaints_.add(end->mark, "not a time; write \"25h\"");
            after_ns = said_ns.value_or(after_ns);
        }
        put("meta.tick", end_ns_ + after_ns, {{"tick.last", {"true"}}}, root_.mark);
    }

    const Node &root_;
    Complaints &complaints_;
    Cast cast_;
    std::vector<event::Record> records_;
    std::vector<std::string> boot_, host_name_;
    std::uint64_t start_ns_ = 0, last_ns_ = 0, end_ns_ = 0, sequence_ = 0;
};

} // namespace

std::optional<Stream> build_stream(const Node &root, std::string name, Complaints &complaints)
{
    const std::size_t before = complaints.size();
    if (!root.is_map()) {
        complaints.add(root.mark, "a stream must be a map with \"events\"");
        return std::nullopt;
    }
    Stream stream{std::move(name), StreamBuilder(root, complaints).build()};
    if (complaints.size() != before)
        return std::nullopt;
    return stream;
}

Result<Stream> parse_stream(std::string path, std::string text)
{
    const Source source{std::move(path), std::move(text)};
    Complaints complaints;
    std::string_view name = base_name(source.path);
    name = name.substr(0, name.rfind('.'));
    const auto root = read_yaml(source, kStreamBytesMax, complaints);
    if (!root)
        return tl::unexpected(complaints.error());
    auto stream = build_stream(*root, std::string(name), complaints);
    if (!stream)
        return tl::unexpected(complaints.error());
    return std::move(*stream);
}

Result<Stream> read_stream(const std::string &path)
{
    auto text = read_file(path);
    if (!text)
        return tl::unexpected(std::move(text.error()).within("open stream"));
    return parse_stream(path, std::move(*text));
}

} // namespace sentra::engine
