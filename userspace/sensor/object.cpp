// SPDX-License-Identifier: MIT
#include "sensor/object.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include <sentra.skel.h>

namespace sentra::sensor {

namespace {

// libbpf says what went wrong only to a process-wide printer: the last warnings are kept for the
// error.
std::string &last_words()
{
    thread_local std::string words;
    return words;
}

__attribute__((format(printf, 2, 0))) int keep_warning(libbpf_print_level level, const char *format,
                                                       va_list arguments)
{
    if (level != LIBBPF_WARN)
        return 0;
    std::array<char, 512> line{};
    std::vsnprintf(line.data(), line.size(), format, arguments);
    std::string &words = last_words();
    if (words.size() > 8192)
        words.clear();
    words += line.data();
    return 0;
}

// "libbpf: prog 'file_opened': failed to load: -13" -> file_opened
std::string refused_program(std::string_view words)
{
    const auto failed = words.rfind("': failed to load");
    if (failed == std::string_view::npos)
        return {};
    const auto quote = words.rfind('\'', failed - 1);
    return quote == std::string_view::npos
               ? std::string()
               : std::string(words.substr(quote + 1, failed - quote - 1));
}

// The verifier's last sentence before its figures.
std::string verdict_in(std::string_view log)
{
    log = log.substr(0, std::min(log.find("verification time"), log.find("processed ")));
    while (!log.empty() && log.back() == '\n')
        log.remove_suffix(1);
    const auto begin = log.rfind('\n');
    return std::string(begin == std::string_view::npos ? log : log.substr(begin + 1));
}

} // namespace

void Object::Destroy::operator()(sentra_kernel *skeleton) const
{
    sentra_kernel__destroy(skeleton);
}

Object::Object(Object &&) noexcept = default;
Object &Object::operator=(Object &&) noexcept = default;
Object::~Object() = default;

Result<Object> Object::load(const std::vector<std::string_view> &unneeded, const Prepare &prepare,
                            Refusal &refusal)
{
    libbpf_set_print(keep_warning);
    Object object;
    object.skeleton_.reset(sentra_kernel__open());
    if (!object.skeleton_)
        return system_failure("open the BPF object", errno);
    if (auto prepared = prepare(*object.skeleton_); !prepared)
        return tl::unexpected(prepared.error());
    for (const std::string_view name : unneeded)
        if (bpf_program *program = object.program(name))
            bpf_program__set_autoload(program, false);
    // The verifier's sentence and figures, asked for at once: left to itself libbpf loads a refused
    // program again and again until the verifier's whole way fits, which takes minutes on 5.10.
    constexpr unsigned kFigures = 4;
    std::array<char, 16384> log{};
    bpf_program *program = nullptr;
    bpf_object__for_each_program(program, object.all()) {
        bpf_program__set_log_level(program, kFigures);
        bpf_program__set_log_buf(program, log.data(), log.size());
    }
    last_words().clear();
    const int error = sentra_kernel__load(object.skeleton_.get());
    bpf_object__for_each_program(program, object.all())
        bpf_program__set_log_buf(program, nullptr, 0);
    if (error == 0)
        return object;
    refusal.program = refused_program(last_words());
    refusal.reason = "refused by this kernel: " + std::string(std::strerror(-error));
    if (const std::string verdict = verdict_in(log.data()); !verdict.empty())
        refusal.reason += " (" + verdict + ")";
    return system_failure("load the BPF programs", -error);
}

bpf_program *Object::program(std::string_view name) const
{
    return bpf_object__find_program_by_name(all(), std::string(name).c_str());
}

int Object::map_fd(const char *name) const
{
    return bpf_object__find_map_fd_by_name(all(), name);
}

bpf_object *Object::all() const
{
    return skeleton_->obj;
}

} // namespace sentra::sensor
