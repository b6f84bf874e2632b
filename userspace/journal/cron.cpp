// SPDX-License-Identifier: MIT
// cron (Vixie's and cronie), crontab, anacron and at: "(USER) WORDS (ARGUMENT)".
#include "journal/line.h"

namespace sentra::journal {

namespace {

Verdict emit(Line &line, sentra_type type, sentra_job_action action, std::string_view user,
             std::string_view target, std::string_view command, const char *wording)
{
    auto job = line.begin<sentra_job>(type);
    job.text(job->user, user).text(job->target, target).text(job->command, command);
    job->action = action;
    return line.emit(job, wording);
}

struct Words {
    std::string_view text;
    sentra_type type;
    sentra_job_action action;
    const char *wording;
};

// The argument of the first kind is a command, that of the second the schedule's owner.
constexpr Words kJobs[] = {
    {"CMD", SENTRA_JOB_RUN, SENTRA_JOB_STARTED, "cron.command"},
    {"CMDEND", SENTRA_JOB_RUN, SENTRA_JOB_ENDED, "cron.command-end"},
};
constexpr Words kChanges[] = {
    {"LIST", SENTRA_JOB_CHANGE, SENTRA_JOB_LISTED, "crontab.list"},
    {"BEGIN EDIT", SENTRA_JOB_CHANGE, SENTRA_JOB_EDITED, "crontab.edit"},
    {"REPLACE", SENTRA_JOB_CHANGE, SENTRA_JOB_REPLACED, "crontab.replace"},
    {"DELETE", SENTRA_JOB_CHANGE, SENTRA_JOB_DELETED, "crontab.delete"},
};

// What the daemon says about itself and its files.
constexpr Prefix kKnown[] = {
    {"END EDIT", "crontab.end-edit"},
    {"CMDOUT", "cron.output"},
    {"MAIL", "cron.mail"},
    {"STARTUP", "cron.daemon"},
    {"INFO", "cron.daemon"},
    {"DEATH", "cron.daemon"},
    {"SHUTDOWN", "cron.daemon"},
    {"INSECURE MODE", "cron.refused-file"},
    {"WRONG ", "cron.refused-file"},
    {"WRONG INODE", "cron.refused-file"},
    {"ORPHAN", "cron.refused-file"},
    {"BAD ", "cron.refused-file"},
    {"bad ", "cron.refused-file"},
    {"SYMLINK", "cron.refused-file"},
    {"NOT A ", "cron.refused-file"},
    {"NOT REGULAR", "cron.refused-file"},
    {"error", "cron.error"},
    {"Error", "cron.error"},
    {"ERROR", "cron.error"},
    {"FAILED", "cron.error"},
    {"CAN'T", "cron.error"},
    {"can't", "cron.error"},
    {"PAM ERROR", "cron.error"},
    {"failed", "cron.error"},
    {"UNSAFE", "cron.error"},
    {"SKIPPED", "cron.error"},
    {"time disparity", "cron.clock"},
    {"(", "cron.nested"},
    {"No ", "cron.error"},
    {"OUT OF MEMORY", "cron.error"},
    {"STAT FAILED", "cron.error"},
    {"ENTRYPOINT", "cron.error"},
    {"LOG", "cron.error"},
    {"CROND_", "cron.daemon"},
};

// "RELOAD (/etc/crontab)" or "RELOAD (crontabs/alice)".
Verdict read_reload(Line &line, std::string_view user, std::string_view file)
{
    return emit(line, SENTRA_JOB_CHANGE, SENTRA_JOB_RELOADED, user,
                file.starts_with("crontabs/") ? base_name(file) : std::string_view{}, {},
                "cron.reload");
}

Verdict read_cron(Line &line)
{
    Scan scan(line.text);
    if (!scan.take("("))
        return unknown();
    const auto user = scan.until(") ");
    if (!user)
        return unknown();
    const std::string_view rest = scan.rest();
    const auto open = rest.find(" (");
    const std::string_view words = rest.substr(0, open);
    std::string_view argument;
    if (open != std::string_view::npos && rest.ends_with(')'))
        argument = rest.substr(open + 2, rest.size() - open - 3);
    for (const Words &row : kJobs)
        if (row.text == words)
            return emit(line, row.type, row.action, *user, {}, argument, row.wording);
    for (const Words &row : kChanges)
        if (row.text == words)
            return emit(line, row.type, row.action, *user, argument, {}, row.wording);
    if (words == "RELOAD")
        return read_reload(line, *user, argument);
    if (words == "AUTH")
        return emit(line, SENTRA_JOB_CHANGE, SENTRA_JOB_REFUSED, *user, {}, argument,
                    "crontab.auth");
    return known_prefix(rest, kKnown);
}

// anacron: "Job `cron.daily' started", "... terminated[ (exit status: 1)]".
Verdict read_anacron(Line &line)
{
    Scan scan(line.text);
    if (scan.take("Job `")) {
        const auto job = scan.until("' ");
        if (job && scan.take("started"))
            return emit(line, SENTRA_JOB_RUN, SENTRA_JOB_STARTED, "root", {}, *job,
                        "anacron.started");
        if (job && scan.take("terminated"))
            return emit(line, SENTRA_JOB_RUN, SENTRA_JOB_ENDED, "root", {}, *job, "anacron.ended");
        return known("anacron.other");
    }
    constexpr Prefix rows[] = {
        {"Anacron ", "anacron.daemon"},          {"Normal exit", "anacron.daemon"},
        {"Will run job", "anacron.plan"},        {"Jobs will be executed", "anacron.plan"},
        {"Updated timestamp", "anacron.daemon"}, {"Received SIG", "anacron.daemon"},
        {"Checking against ", "anacron.plan"},   {"Can't ", "anacron.error"},
        {"Tried to mail ", "anacron.error"},     {"Invoking ", "anacron.daemon"},
    };
    return known_prefix(line.text, rows);
}

// at: "Starting job 1 (a00001019e9a5c) for user 'alice' (1000)".
Verdict read_at(Line &line)
{
    Scan scan(line.text);
    if (scan.take("Starting job ")) {
        const auto number = scan.until(" ");
        const auto user_at = scan.rest().find("for user '");
        if (!number || user_at == std::string_view::npos)
            return unknown();
        const std::string_view user = scan.rest().substr(user_at + 10);
        return emit(line, SENTRA_JOB_RUN, SENTRA_JOB_STARTED, user.substr(0, user.find('\'')), {},
                    {}, "at.started");
    }
    constexpr Prefix rows[] = {{"File ", "at.other"},
                               {"Cannot ", "at.other"},
                               {"Userid ", "at.other"},
                               {"Exec failed ", "at.other"},
                               {"Lock", "at.other"}};
    return known_prefix(line.text, rows);
}

} // namespace

Verdict parse_cron(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    if (line.identifier == "anacron")
        return read_anacron(line);
    if (line.identifier == "atd")
        return read_at(line);
    if (line.text.starts_with("("))
        return read_cron(line);
    // crontab and cron about trouble of their own.
    constexpr Prefix rows[] = {{"can't ", "cron.error"},
                               {"cannot ", "cron.error"},
                               {"pam_", "cron.error"},
                               {"No such ", "cron.error"},
                               {"Authentication ", "cron.error"}};
    return known_prefix(line.text, rows);
}

} // namespace sentra::journal
