// SPDX-License-Identifier: MIT
#include "base/result.h"

#include <system_error>

namespace sentra {

tl::unexpected<Error> system_failure(std::string_view what, int error_number)
{
    return failure(std::string(what) + ": " + std::generic_category().message(error_number));
}

} // namespace sentra
