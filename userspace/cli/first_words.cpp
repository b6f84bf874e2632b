// SPDX-License-Identifier: MIT
#include "cli/first_words.h"

#include <filesystem>

namespace sentra::cli {

namespace {

std::string watched(const pipeline::Config &config)
{
    std::string words = "Watches ";
    if (config.sensor.enabled)
        words += "programs, users' rights, files, connections and the kernel";
    if (config.sensor.enabled && config.journal.enabled)
        words += "; and ";
    if (config.journal.enabled)
        words += "sign-ins, sudo, accounts, jobs and services in the journal";
    if (!config.sensor.enabled && !config.journal.enabled)
        words += "nothing: both sensor and journal are switched off";
    return words + ". It changes and stops nothing.";
}

std::string places(const pipeline::Config &config, const pipeline::Print &print)
{
    std::string words = print.for_people ? "Signals come here, "
                        : print.text     ? "Signals come here as lines of JSON, "
                                         : "Signals ";
    words += "are kept in " + pipeline::store_path(config.state_dir);
    if (config.sinks.empty())
        return words + ", and leave this host for nowhere: no sink is configured.";
    words += ", and go to ";
    for (const output::SinkSettings &sink : config.sinks)
        words += (&sink == config.sinks.data() ? "" : ", ") + sink.name + " (" + sink.type + ")";
    return words + ".";
}

} // namespace

std::vector<std::string> first_words(const pipeline::Config &config, const std::string &sentra,
                                     const pipeline::Print &print)
{
    std::string where;
    if (config.state_dir != pipeline::kDefaultStateDirectory)
        where = " --state-dir " + config.state_dir;
    else if (!config.socket.empty())
        where = " --socket " + config.socket;
    return {watched(config), places(config, print),
            "Look at them in another terminal: " + sentra + " watch" + where +
                ", then explain ID; " + sentra + " doctor" + where +
                " says what is not seen. Ctrl-C ends this."};
}

std::string sentra_beside()
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (!error && folder != "/usr/sbin" && folder != "/usr/bin" &&
        fs::exists(folder / "sentra", error))
        return (folder / "sentra").string();
    return "sentra";
}

} // namespace sentra::cli
