// SPDX-License-Identifier: MIT
#include <iostream>

#include "base/time.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "pipeline/record_run.h"

namespace sentra::cli {

int verb_record(const Arguments &arguments)
{
    const auto config = configured(arguments);
    if (!config)
        return complain(kUsage, config.error().text);
    pipeline::RecordOptions options{.path = arguments.text("file")};
    if (arguments.has("--pins"))
        options.pins = arguments.text("--pins");
    if (arguments.has("--for")) {
        const auto duration = parse_duration(arguments.text("--for"));
        if (!duration || *duration == 0)
            return complain(kUsage, "--for: \"" + arguments.text("--for") +
                                        "\" is no duration; write 30s or 5m");
        options.for_ns = *duration;
    }
    const auto say = [](const std::string &text) { std::cerr << "sentra: " + text + "\n"; };
    const auto recorded = pipeline::record_live(*config, options, say);
    if (!recorded)
        return complain(kFinding, recorded.error().text);
    say(std::to_string(recorded->records) + " records, " + std::to_string(recorded->lost) +
        " events lost");
    return kOk;
}

} // namespace sentra::cli
