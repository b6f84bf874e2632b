// SPDX-License-Identifier: MIT
// The BPF object: opened, cut down to the programs that are wanted, loaded. It loads as a whole or
// not at all: a program that the verifier of this kernel refuses is left out and the rest loaded
// again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sensor/handles.h"

struct sentra_kernel; // the skeleton

namespace sentra::sensor {

using Reasons = std::map<std::string, std::string, std::less<>>; // program -> why it is not there

class Object {
public:
    struct Request {
        // Called with the opened object before every try: sizes, constants, maps to be reused.
        std::function<Result<void>(sentra_kernel &)> prepare;
        Reasons left_out; // not even tried
    };
    [[nodiscard]] static Result<Object> load(const Request &request);
    Object(Object &&) noexcept;
    Object &operator=(Object &&) noexcept;
    ~Object();

    // nullptr: no such program.
    [[nodiscard]] bpf_program *program(std::string_view name) const;
    // Of a map by its name in bpf/; -1: there is none.
    [[nodiscard]] int map_fd(const char *name) const;
    [[nodiscard]] bpf_object *all() const;
    // The words that programs and user space share.
    [[nodiscard]] sentra_kernel &words() const { return *skeleton_; }
    [[nodiscard]] const Reasons &left_out() const { return left_out_; }

private:
    struct Destroy {
        void operator()(sentra_kernel *skeleton) const;
    };
    Object() = default;
    std::unique_ptr<sentra_kernel, Destroy> skeleton_;
    Reasons left_out_;
};

} // namespace sentra::sensor
