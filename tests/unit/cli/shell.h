// SPDX-License-Identifier: MIT
// What a program of this host says to a text, for tests of texts that are made for it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <unistd.h>

namespace sentra::cli {

// A file of its own, gone with it.
class ScratchFile {
public:
    explicit ScratchFile(const std::string &text)
    {
        char name[] = "/tmp/sentra-cli-XXXXXX";
        const int descriptor = ::mkstemp(name);
        if (descriptor >= 0)
            ::close(descriptor);
        path_ = name;
        std::ofstream(path_) << text;
    }
    ~ScratchFile() { ::unlink(path_.c_str()); }
    ScratchFile(const ScratchFile &) = delete;
    ScratchFile &operator=(const ScratchFile &) = delete;
    [[nodiscard]] const std::string &path() const { return path_; }

private:
    std::string path_;
};

struct Said {
    int status = -1;
    std::string words; // stdout and stderr
};

inline Said run_shell(const std::string &command)
{
    Said said;
    FILE *pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    if (pipe == nullptr)
        return said;
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        said.words.append(buffer, got);
    const int status = ::pclose(pipe);
    said.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return said;
}

inline bool has_program(const std::string &name)
{
    return run_shell("command -v " + name + " >/dev/null").status == 0;
}

} // namespace sentra::cli
