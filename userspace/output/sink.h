// SPDX-License-Identifier: MIT
// What the transports share: reading their settings, the document of a parcel, answers that are the
// same for every parcel. In: a sink's settings. Out: values that were checked, or a clause that
// names the key. Secrets come from files that nobody else can read, and never stand in an error.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "output/format.h"
#include "output/transport.h"

namespace sentra::output {

[[nodiscard]] bool has(const SinkSettings &settings, std::string_view key);
[[nodiscard]] std::string text_of(const SinkSettings &settings, std::string_view key,
                                  std::string_view otherwise = {});
// "true", "false"; absent: false.
[[nodiscard]] Result<bool> switch_of(const SinkSettings &settings, std::string_view key);
[[nodiscard]] Result<std::uint64_t> number_of(const SinkSettings &settings, std::string_view key,
                                              std::uint64_t otherwise, std::uint64_t most);
[[nodiscard]] Result<std::uint64_t> duration_ns_of(const SinkSettings &settings,
                                                   std::string_view key, std::uint64_t otherwise,
                                                   std::uint64_t most_ns = kMinuteNs);
// The format that "format" names, else the type's own. needs_json: its document is put into
// another.
[[nodiscard]] Result<const Format *> format_of(const SinkSettings &settings,
                                               bool needs_json = false);
// What the file named by the key holds, without the newline at its end; empty where the key is not
// set. A name without a slash is looked for in $CREDENTIALS_DIRECTORY. Refused: a file that others
// than its owner can read, one that belongs to neither root nor ourselves, an empty one.
[[nodiscard]] Result<std::string> credential_of(const SinkSettings &settings, std::string_view key);
// Where that file is, after the same checks: for libraries that want the path.
[[nodiscard]] Result<std::string> credential_path(const SinkSettings &settings,
                                                  std::string_view key);

// The signal of a parcel as it is shown: a test says that it is one in its title and its narrative.
[[nodiscard]] signal::Signal shown(const Parcel &parcel);
[[nodiscard]] std::string document_of(const Parcel &parcel, const Format &format);
// "<uid>-<revision>": names a form of a signal for ever.
[[nodiscard]] std::string key_of(const Parcel &parcel);

// The same for each of them.
[[nodiscard]] Handover all_alike(std::size_t count, Fate fate, std::string why, std::string code);
// Retry, and nothing before a person acts.
[[nodiscard]] Handover paused(std::size_t count, const std::string &why, std::string code);

// The bodies of messages that are no format: what each is sent, to the byte.
[[nodiscard]] std::string slack_message(const Parcel &parcel);
[[nodiscard]] std::string pagerduty_event(const Parcel &parcel, const std::string &routing_key);

// The rows' functions, one file each.
[[nodiscard]] Result<std::unique_ptr<Transport>> open_file(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_stdout(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_elastic(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_splunk(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_clickhouse(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_webhook(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_slack(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_pagerduty(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_syslog(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_journal(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_mail(const SinkSettings &settings);

} // namespace sentra::output
