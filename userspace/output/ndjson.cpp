// SPDX-License-Identifier: MIT
// The house's own line (signal/signal.schema.json): nothing is left out, so nothing is added.
#include "output/format.h"

namespace sentra::output {

std::string to_ndjson(const signal::Signal &signal, const Delivery & /*delivery*/)
{
    return signal::to_json(signal);
}

} // namespace sentra::output
