// SPDX-License-Identifier: MIT
// The daemon's door: what anybody in group sentra may write there. A request that is understood
// must be written and understood again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pipeline/control.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size)
{
    using namespace sentra::pipeline;
    const auto request = parse_request({reinterpret_cast<const char *>(bytes), size});
    if (!request)
        return 0;
    const std::string line = to_line(*request);
    if (line.size() > kRequestBytesMost)
        return 0; // a body of other words for the same may be longer; nobody is sent it
    const auto again = parse_request(line);
    if (!again || again->verb != request->verb)
        std::abort();
    if (request->verb != Request::Verb::status &&
        (again->query.id_prefix != request->query.id_prefix ||
         again->query.most != request->query.most))
        std::abort();
    return 0;
}
