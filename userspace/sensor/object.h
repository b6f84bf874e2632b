// SPDX-License-Identifier: MIT
// The BPF object: opened, cut down to the programs that are wanted, loaded as a whole or not at
// all.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sensor/handles.h"

struct sentra_kernel; // the skeleton

namespace sentra::sensor {

class Object {
public:
    // Called with the opened object before it is loaded: sizes, constants, maps to be reused.
    using Prepare = std::function<Result<void>(sentra_kernel &)>;
    // The program at which this kernel's verifier gave up, if the failure was one program's.
    struct Refusal {
        std::string program, reason;
    };
    [[nodiscard]] static Result<Object> load(const std::vector<std::string_view> &unneeded,
                                             const Prepare &prepare, Refusal &refusal);
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

private:
    struct Destroy {
        void operator()(sentra_kernel *skeleton) const;
    };
    Object() = default;
    std::unique_ptr<sentra_kernel, Destroy> skeleton_;
};

} // namespace sentra::sensor
