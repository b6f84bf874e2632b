// SPDX-License-Identifier: MIT
#include "journal/import.h"

#include <algorithm>

#include <sentra/event/meta.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "event/build.h"
#include "journal/importer.h"

namespace sentra::journal {

namespace {

// Lines of a file may lie this far out of order and are still put in order by the merge.
constexpr std::uint64_t kDisorderNs = kMinuteNs;
constexpr std::size_t kMostNamedBad = 5;

enum class Format : std::uint8_t { json, export_, text, unreadable };

bool is_field_line(std::string_view line)
{
    const auto end = line.find('=');
    return end != std::string_view::npos && end > 0 &&
           std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

Format detect(std::string_view first)
{
    const auto begin = first.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return Format::text;
    first.remove_prefix(begin);
    if (first.starts_with("{\""))
        return Format::json;
    const std::string_view line = first.substr(0, first.find('\n'));
    if (is_field_line(line))
        return Format::export_;
    const bool has_nul = first.find('\0') != std::string_view::npos;
    return has_nul || first.starts_with("\x1f\x8b") || trim(line) == "{" ? Format::unreadable
                                                                         : Format::text;
}

Result<ImportReport> import(Input input, const ImportOptions &options, event::Sink &sink,
                            event::Losses &losses)
{
    const auto first = input.peek();
    if (!first)
        return tl::unexpected(first.error());
    const Format format = detect(*first);
    if (format == Format::unreadable)
        return failure("neither a text log nor `journalctl -o json` nor `-o export`; unpack it, or "
                       "write it with one of these two");
    Importer importer(options, format == Format::text ? SENTRA_SOURCE_LOG : SENTRA_SOURCE_JOURNAL,
                      sink, losses);
    switch (format) {
    case Format::json:
        importer.report().format = "journalctl -o json";
        import_json(input, importer);
        break;
    case Format::export_:
        importer.report().format = "journalctl -o export";
        import_export(input, importer);
        break;
    default:
        importer.report().format = "text log";
        import_text(input, importer);
        break;
    }
    if (input.has_failed())
        return failure("line " + std::to_string(input.line_number()) + ": reading failed");
    importer.report().lines = input.line_number();
    importer.finish();
    return importer.report();
}

} // namespace

bool Importer::put_records(std::vector<event::Record> &records)
{
    for (event::Record &record : records) {
        if (!sink_.put(std::move(record))) {
            report_.stopped = true;
            return false;
        }
        ++report_.records;
    }
    return true;
}

void Importer::put_host(const Entry &entry, std::vector<event::Record> &records)
{
    host_said_ = true;
    event::Build<sentra_host> host(SENTRA_META_HOST, source_, entry.realtime_ns,
                                   translator_.next_sequence(source_));
    host.text(host->name, entry.hostname).text(host->boot_id, entry.boot_id);
    if (!entry.machine_id.empty())
        host.text(host->machine_id, sha256_hex(entry.machine_id));
    host->pid_namespace = options_.pid_namespace;
    records.push_back(host.finish());
}

bool Importer::put(Entry entry)
{
    ++report_.entries;
    entry.pid_namespace = options_.pid_namespace;
    if (report_.first_ns == 0)
        report_.first_ns = entry.realtime_ns;
    report_.last_ns = std::max(report_.last_ns, entry.realtime_ns);
    std::vector<event::Record> records;
    if (options_.host_record && !host_said_)
        put_host(entry, records);
    translator_.translate(entry, source_, records);
    if (!put_records(records))
        return false;
    const std::uint64_t reached = report_.last_ns > kDisorderNs ? report_.last_ns - kDisorderNs : 0;
    if (reached > watermark_ns_) {
        watermark_ns_ = reached;
        sink_.watermark(reached);
    }
    return true;
}

void Importer::bad(std::uint64_t line, std::string what)
{
    ++report_.bad;
    if (report_.first_bad.size() < kMostNamedBad)
        report_.first_bad.push_back({line, std::move(what)});
}

void Importer::finish()
{
    std::vector<event::Record> records;
    translator_.flush(~std::uint64_t{0}, records);
    if (put_records(records) && report_.entries > 0)
        sink_.watermark(report_.last_ns + 1);
}

Result<ImportReport> import_file(const std::string &path, const ImportOptions &options,
                                 event::Sink &sink, event::Losses &losses)
{
    auto input = Input::open(path);
    if (!input)
        return tl::unexpected(std::move(input.error()));
    input->tell(options.reached);
    auto report = import(std::move(*input), options, sink, losses);
    if (!report)
        return tl::unexpected(std::move(report.error()).within(path));
    return report;
}

Result<ImportReport> import_bytes(std::string_view bytes, const ImportOptions &options,
                                  event::Sink &sink, event::Losses &losses)
{
    auto input = Input::over(bytes);
    if (!input)
        return tl::unexpected(std::move(input.error()));
    return import(std::move(*input), options, sink, losses);
}

bool is_importable(std::string_view first_bytes)
{
    return detect(first_bytes) != Format::unreadable;
}

} // namespace sentra::journal
