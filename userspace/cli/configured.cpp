// SPDX-License-Identifier: MIT
#include "cli/configured.h"

#include <cerrno>
#include <filesystem>

#include <unistd.h>

#include "cli/fetch.h"

namespace sentra::cli {

namespace {

constexpr const char *kCommandLine = "command line";

std::string first_file(const Arguments &arguments, const std::string &file)
{
    return file.empty() ? arguments.text("--config", pipeline::kDefaultConfigFile) : file;
}

// A file that is named must be there; the host's own need not.
std::vector<std::string> files_of(const Arguments &arguments, const std::string &file)
{
    auto files = pipeline::config_files(first_file(arguments, file));
    const bool is_named = !file.empty() || arguments.has("--config");
    std::error_code error;
    if (!is_named && !std::filesystem::exists(files.front(), error) && !error)
        files.erase(files.begin());
    return files;
}

} // namespace

Result<pipeline::LoadedConfig> loaded_config(const Arguments &arguments, const std::string &file)
{
    auto loaded = pipeline::load_config(files_of(arguments, file));
    if (!loaded)
        return loaded;
    pipeline::Config &config = loaded->config;
    const auto over = [&](const char *option, const char *key, auto set) {
        if (!arguments.has(option))
            return;
        set();
        loaded->origins[key] = {kCommandLine, 0, 0};
    };
    over("--state-dir", "state_dir",
         [&] { config.state_dir = absolute_path(arguments.text("--state-dir")); });
    over("--socket", "socket", [&] { config.socket = arguments.text("--socket"); });
    over("--rules", "rules", [&] { config.rules = arguments.all("--rules"); });
    return loaded;
}

Result<pipeline::Config> configured(const Arguments &arguments)
{
    auto loaded = loaded_config(arguments, "");
    if (!loaded)
        return tl::unexpected(std::move(loaded.error()));
    return std::move(loaded->config);
}

Exit status_of_config(const Arguments &arguments)
{
    const std::string file = first_file(arguments, "");
    return ::access(file.c_str(), R_OK) != 0 && (errno == EACCES || errno == EPERM) ? kNotAllowed
                                                                                    : kFinding;
}

} // namespace sentra::cli
