// SPDX-License-Identifier: MIT
// What libbpf hands out, each held by one owner. Only this room knows libbpf.
#pragma once

#include <memory>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

namespace sentra::sensor {

struct DestroyLink {
    void operator()(bpf_link *link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

struct FreeBtf {
    void operator()(btf *types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, FreeBtf>;

} // namespace sentra::sensor
