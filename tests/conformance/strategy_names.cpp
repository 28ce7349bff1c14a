// Prints the names of all strategies, one a line, for those who test them all.

#include "common/strategy/registry.h"

#include <iostream>

int main() {
    for (const std::string_view name : tern::strategy::names())
        std::cout << name << '\n';
}
