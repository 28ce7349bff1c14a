#include "common/strategy/inheritance.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>

namespace tern::strategy {

Inheritance::Inheritance() {
    // By what is open, not by number up to the limit: that may be a thousand million.
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        kept_.push_back(std::atoi(entry.path().filename().c_str()));
    // Now the descriptor that listed them is closed again.
    std::erase_if(kept_, [](int descriptor) { return ::fcntl(descriptor, F_GETFD) < 0; });
    std::sort(kept_.begin(), kept_.end());
}

void Inheritance::exclude(int descriptor) { std::erase(kept_, descriptor); }

void Inheritance::close_others(std::initializer_list<int> own) const {
    std::vector<int> kept = kept_;
    for (const int descriptor : own)
        if (descriptor >= 0)
            kept.push_back(descriptor);
    std::sort(kept.begin(), kept.end());
    unsigned next = 0;
    for (const int descriptor : kept) {
        const auto number = static_cast<unsigned>(descriptor);
        if (number > next)
            ::close_range(next, number - 1, 0);
        next = std::max(next, number + 1);
    }
    ::close_range(next, std::numeric_limits<unsigned>::max(), 0);
}

} // namespace tern::strategy
