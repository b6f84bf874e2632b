// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"
#include "engine/sigma.h"

namespace sentra::cli {

namespace {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> sigma_files(const std::string &directory)
{
    std::error_code error;
    std::vector<fs::path> files;
    fs::recursive_directory_iterator walk(directory, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error))
        if (walk->path().extension() == ".yml" && walk->is_regular_file(error))
            files.push_back(walk->path());
    if (error)
        return failure("open " + directory + ": " + error.message());
    if (files.empty())
        return failure(directory + ": there are no Sigma rules (*.yml)");
    std::sort(files.begin(), files.end());
    return files;
}

// What would be loaded with them, so that nothing is put in place that would keep sentrad from
// starting. Beside the shipped rules only: what was added before may be replaced by them.
Result<std::vector<engine::SigmaReport>> tried(const std::vector<std::string> &given,
                                               const std::string &directory)
{
    auto directories = rules_directories(given);
    if (!directories)
        return tl::unexpected(std::move(directories.error()));
    directories->resize(1);
    directories->push_back(directory);
    const auto rules = engine::Rules::load(*directories);
    if (!rules)
        return tl::unexpected(rules.error());
    return (*rules)->sigma();
}

} // namespace

int verb_rules_add(const Arguments &arguments)
{
    if (arguments.text("kind") != "sigma")
        return complain(kUsage, "only \"sigma\" can be added: sentra rules add sigma DIR");
    const std::string from = arguments.text("dir");
    const auto files = sigma_files(from);
    if (!files)
        return complain(kFinding, files.error().text);
    const auto reports = tried(arguments.all("--rules"), from);
    if (!reports)
        return complain(kFinding, reports.error().text);
    const fs::path to = fs::path(arguments.text("--to", "/etc/sentra/rules.d")) / "sigma";
    std::error_code error;
    for (const fs::path &file : *files) {
        const fs::path target = to / file.lexically_relative(from);
        fs::create_directories(target.parent_path(), error);
        if (!error)
            fs::copy_file(file, target, fs::copy_options::overwrite_existing, error);
        if (error)
            return complain(error == std::errc::permission_denied ? kNotAllowed : kFinding,
                            "copy " + file.string() + " to " + target.string() + ": " +
                                error.message());
    }
    const auto without = static_cast<std::size_t>(
        std::count_if(reports->begin(), reports->end(), [](const engine::SigmaReport &report) {
            return report.state == engine::SigmaReport::State::none;
        }));
    if (arguments.has("--json")) {
        std::cout << nlohmann::ordered_json{{"files", files->size()},
                                            {"to", to.string()},
                                            {"sigma_rules", reports->size()},
                                            {"not_evaluated", without}}
                         .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                  << "\n";
        return kOk;
    }
    std::cout << fmt::format("{} files copied to {}: {} Sigma rules, {} of them not evaluated "
                             "(sentra rules check says why). They count from the next start or "
                             "reload of sentrad.\n",
                             files->size(), to.string(), reports->size(), without);
    return kOk;
}

} // namespace sentra::cli
