// SPDX-License-Identifier: MIT
// The verbs of sentra, one file each. Each is handed what the table let through and says how it
// ended.
#pragma once

#include "cli/options.h"

namespace sentra::cli {

[[nodiscard]] int verb_sessions(const Arguments &arguments);
[[nodiscard]] int verb_signals(const Arguments &arguments);
[[nodiscard]] int verb_review(const Arguments &arguments);
[[nodiscard]] int verb_reviews_export(const Arguments &arguments);
[[nodiscard]] int verb_reviews_import(const Arguments &arguments);
[[nodiscard]] int verb_override_add(const Arguments &arguments);
[[nodiscard]] int verb_override_list(const Arguments &arguments);
[[nodiscard]] int verb_override_check(const Arguments &arguments);
[[nodiscard]] int verb_override_end(const Arguments &arguments);
[[nodiscard]] int verb_ledger(const Arguments &arguments);
[[nodiscard]] int verb_sink_list(const Arguments &arguments);
[[nodiscard]] int verb_sink_test(const Arguments &arguments);
[[nodiscard]] int verb_sink_pause(const Arguments &arguments);
[[nodiscard]] int verb_sink_resume(const Arguments &arguments);
[[nodiscard]] int verb_sink_requeue(const Arguments &arguments);
[[nodiscard]] int verb_sink_dead_letter(const Arguments &arguments);
[[nodiscard]] int verb_audit_bundle(const Arguments &arguments);
[[nodiscard]] int verb_audit_verify(const Arguments &arguments);
[[nodiscard]] int verb_watch(const Arguments &arguments);
[[nodiscard]] int verb_show(const Arguments &arguments);
[[nodiscard]] int verb_explain(const Arguments &arguments);
[[nodiscard]] int verb_status(const Arguments &arguments);
[[nodiscard]] int verb_doctor(const Arguments &arguments);
[[nodiscard]] int verb_record(const Arguments &arguments);
[[nodiscard]] int verb_replay(const Arguments &arguments);
[[nodiscard]] int verb_report_weekly(const Arguments &arguments);
[[nodiscard]] int verb_report_fleet(const Arguments &arguments);
[[nodiscard]] int verb_rules_add(const Arguments &arguments);
[[nodiscard]] int verb_rules_list(const Arguments &arguments);
[[nodiscard]] int verb_rules_show(const Arguments &arguments);
[[nodiscard]] int verb_rules_diff(const Arguments &arguments);
[[nodiscard]] int verb_rules_reload(const Arguments &arguments);
[[nodiscard]] int verb_rules_check(const Arguments &arguments);
[[nodiscard]] int verb_rules_test(const Arguments &arguments);
[[nodiscard]] int verb_config_check(const Arguments &arguments);
[[nodiscard]] int verb_config_show(const Arguments &arguments);
[[nodiscard]] int verb_config_schema(const Arguments &arguments);
[[nodiscard]] int verb_support_dump(const Arguments &arguments);
[[nodiscard]] int verb_man(const Arguments &arguments);
[[nodiscard]] int verb_completion(const Arguments &arguments);
[[nodiscard]] int run_daemon(const Arguments &arguments); // sentrad itself

} // namespace sentra::cli
