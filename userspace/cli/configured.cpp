// SPDX-License-Identifier: MIT
#include "cli/configured.h"

#include "cli/fetch.h"

namespace sentra::cli {

Result<pipeline::Config> configured(const Arguments &arguments)
{
    pipeline::Config config;
    if (arguments.has("--config")) {
        auto read = pipeline::read_config(arguments.text("--config"));
        if (!read)
            return read;
        config = std::move(*read);
    }
    if (arguments.has("--state-dir"))
        config.state_dir = state_dir_of(arguments);
    if (arguments.has("--socket"))
        config.socket = arguments.text("--socket");
    if (arguments.has("--rules"))
        config.rules = arguments.all("--rules");
    return config;
}

} // namespace sentra::cli
