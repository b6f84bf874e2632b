// SPDX-License-Identifier: MIT
#include "cli/options.h"

int main(int count, char **words)
{
    return sentra::cli::run_program(sentra::cli::sentra_program(), count, words);
}
