// SPDX-License-Identifier: MIT
// Runs a fuzz target in place of libFuzzer, over the seeds named on the command line (files, or
// folders of files) and over a fixed number of damaged copies of them: the same ones every time. No
// seed is a failure: a test that ran nothing has proved nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kDamagedCopies = 1000; // of all seeds together
constexpr const char *kDamaged = "damaged-seed";

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

// Random numbers that are the same with every standard library, as the distributions' are not.
class Chance {
public:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : engine_() % bound; }

private:
    std::mt19937 engine_{20'260'301};
};

// What files and networks do to bytes, and what an attacker does: one to four of them.
void damage(Bytes &bytes, const Bytes &other, Chance &chance)
{
    constexpr std::uint8_t kOdd[] = {0x00, 0xff, 0x7f, 0x80, '"', '\\', '\n', '{', '=', ' '};
    for (std::size_t times = 1 + chance.below(4); times > 0; --times) {
        const std::size_t at = chance.below(bytes.size());
        const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        switch (bytes.empty() ? 3 : chance.below(5)) {
        case 0:
            *place = static_cast<std::uint8_t>(*place ^ (1U << chance.below(8)));
            break;
        case 1:
            *place = kOdd[chance.below(std::size(kOdd))];
            break;
        case 2:
            bytes.resize(at);
            break;
        case 3: { // a piece of another seed, put in here
            const std::size_t from = chance.below(other.size());
            const std::size_t count = std::min<std::size_t>(chance.below(64), other.size() - from);
            bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         other.begin() + static_cast<std::ptrdiff_t>(from),
                         other.begin() + static_cast<std::ptrdiff_t>(from + count));
            break;
        }
        default: { // a piece left out
            const std::size_t count =
                1 + chance.below(std::min<std::size_t>(64, bytes.size() - at));
            bytes.erase(place, place + static_cast<std::ptrdiff_t>(count));
        }
        }
    }
}

// Written down before it runs: the file that is left behind is the one that crashed.
void run_damaged(const std::vector<Bytes> &seeds, const std::string &name)
{
    Chance chance;
    const std::string kept = name + "." + kDamaged;
    for (std::size_t copy = 0; copy < kDamagedCopies; ++copy) {
        Bytes bytes = seeds[copy % seeds.size()];
        damage(bytes, seeds[chance.below(seeds.size())], chance);
        bytes.shrink_to_fit();
        std::ofstream(kept, std::ios::binary)
            .write(reinterpret_cast<const char *>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    fs::remove(kept);
}

} // namespace

int main(int argc, char **argv)
{
    std::vector<Bytes> seeds;
    for (int i = 1; i < argc; ++i) {
        for (const fs::path &seed : seeds_below(argv[i])) {
            // Named before it runs: the last name printed is the one that crashed.
            std::printf("seed %s\n", seed.c_str());
            std::fflush(stdout);
            std::ifstream in(seed, std::ios::binary);
            if (!in) {
                std::fprintf(stderr, "open seed: %s\n", seed.c_str());
                return 1;
            }
            const std::vector<char> text{std::istreambuf_iterator<char>(in), {}};
            // An exact copy, so that reading one byte too far is seen by AddressSanitizer.
            const Bytes &bytes = seeds.emplace_back(text.begin(), text.end());
            LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        }
    }
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds\n");
        return 1;
    }
    std::printf("%zu seeds, and damaged copies: the one at work is %s.%s\n", seeds.size(), argv[0],
                kDamaged);
    std::fflush(stdout);
    run_damaged(seeds, argv[0]);
    return 0;
}
