// SPDX-License-Identifier: MIT
// Which texts of a signal are redacted: all that quote the host's users, programs and files. What
// the rules and the house wrote themselves (ids, intent, state, controls) is left as it is.
#include <algorithm>

#include "output/redact.h"

namespace sentra::output {

namespace {

// Shorter ones are words too often.
constexpr std::size_t kSecretLeast = 6;

// Sentences show arguments with blanks between them: where a secret that has blanks itself ends is
// known from the list alone.
class Sentences {
public:
    Sentences(std::vector<std::string> secrets, Removed &removed)
        : secrets_(std::move(secrets)), removed_(removed)
    {
        std::sort(secrets_.begin(), secrets_.end(),
                  [](const std::string &one, const std::string &other) {
                      return one.size() != other.size() ? one.size() > other.size() : one < other;
                  });
    }

    void clean(std::string &text)
    {
        for (const std::string &secret : secrets_) {
            if (secret.size() < kSecretLeast || secret.find(' ') == std::string::npos)
                continue;
            for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
                text.replace(at, secret.size(), kRedacted);
                removed_["argument"] += 1;
                at += kRedacted.size();
            }
        }
        text = redact(text, removed_);
    }

private:
    std::vector<std::string> secrets_;
    Removed &removed_;
};

void clean(std::string &text, Removed &removed)
{
    text = redact(text, removed);
}

// Names stay sorted and each once.
void clean(std::vector<std::string> &names, Removed &removed)
{
    for (std::string &name : names)
        clean(name, removed);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

void clean(session::Actor &actor, Removed &removed)
{
    for (std::string *text :
         {&actor.canonical, &actor.user.name, &actor.effective.name, &actor.tty, &actor.unit,
          &actor.job, &actor.container, &actor.broker, &actor.unknown_reason})
        clean(*text, removed);
    if (actor.login) {
        clean(actor.login->user.name, removed);
        clean(actor.login->source_name, removed);
    }
}

} // namespace

signal::Signal redact(signal::Signal signal, Removed &removed)
{
    std::vector<std::string> secrets;
    signal.process_args = redact(std::move(signal.process_args), removed, &secrets);
    clean(signal.process_executable, removed);
    clean(signal.actor, removed);
    for (auto *names : {&signal.files, &signal.ips, &signal.users})
        clean(*names, removed);
    Sentences sentences(std::move(secrets), removed);
    for (std::string *text : {&signal.title, &signal.narrative, &signal.action_text})
        sentences.clean(*text);
    for (engine::RiskTerm &term : signal.terms)
        sentences.clean(term.why);
    if (signal.decision)
        for (std::string *text :
             {&signal.decision->note, &signal.decision->text, &signal.decision->action})
            sentences.clean(*text);
    for (signal::Evidence &item : signal.evidence)
        sentences.clean(item.text);
    for (signal::Chapter &chapter : signal.story) {
        sentences.clean(chapter.title);
        sentences.clean(chapter.text);
    }
    for (signal::Tag &tag : signal.tags)
        sentences.clean(tag.title);
    return signal;
}

} // namespace sentra::output
