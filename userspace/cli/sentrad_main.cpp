// SPDX-License-Identifier: MIT
#include "cli/options.h"

int main(int count, char **words)
{
    return sentra::cli::run_program(sentra::cli::sentrad_program(), count, words);
}
