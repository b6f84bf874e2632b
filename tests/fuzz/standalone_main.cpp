// SPDX-License-Identifier: MIT
// Runs a fuzz target over the seeds named on the command line (files, or folders of files), in
// place of libFuzzer. No seed is a failure: a test that ran nothing has proved nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> seeds_below(const fs::path &path)
{
    if (!fs::is_directory(path))
        return {path};
    std::vector<fs::path> seeds;
    for (const auto &entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file())
            seeds.push_back(entry.path());
    std::sort(seeds.begin(), seeds.end());
    return seeds;
}

bool run_seed(const fs::path &seed)
{
    std::ifstream in(seed, std::ios::binary);
    if (!in)
        return false;
    const std::vector<char> text{std::istreambuf_iterator<char>(in), {}};
    // An exact copy, so that reading one byte too far is seen by AddressSanitizer.
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const fs::path &seed : seeds_below(argv[i])) {
            // Named before it runs: the last name printed is the one that crashed.
            std::printf("seed %s\n", seed.c_str());
            std::fflush(stdout);
            if (!run_seed(seed)) {
                std::fprintf(stderr, "open seed: %s\n", seed.c_str());
                return 1;
            }
            ++count;
        }
    }
    std::printf("%zu seeds\n", count);
    return count == 0 ? 1 : 0;
}
